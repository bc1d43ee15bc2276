"""What several unit tests share."""

import zipfile
from pathlib import Path

import pytest

from appliance_build import photos


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """A folder with a tiny wheel that has a file of each photo's name, and more."""
    folder = tmp_path / "wheel"
    folder.mkdir()
    with zipfile.ZipFile(folder / "scikit_image-1.0-py3-none-any.whl", "w") as archive:
        for photo, packed in zip(photos.PHOTOS, (8, 0, 0, 0), strict=True):  # 8: compressed
            archive.writestr(photo.inside, f"bytes of {photo.inside}", compress_type=packed)
        archive.writestr("skimage/__init__.py", "")
    return folder
