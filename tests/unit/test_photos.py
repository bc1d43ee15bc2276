"""Photos come out of scikit-image's wheel, or the build stops with one sentence."""

import hashlib
import re
import zipfile
from pathlib import Path

import pytest

from appliance_build import photos
from appliance_build.errors import BuildError
from appliance_build.inputs import wheels
from appliance_build.paths import NOTEBOOKS


def test_the_photos_alone_are_unpacked_under_their_own_names(wheel, tmp_path):
    photos.unpack(wheel, tmp_path / "data")
    found = {
        str(path.relative_to(tmp_path / "data")): path.read_text()
        for path in (tmp_path / "data").rglob("*")
        if path.is_file()
    }
    assert found == {photo.path: f"bytes of {photo.inside}" for photo in photos.PHOTOS}
    assert found["images/photos/cat.png"] == "bytes of skimage/data/chelsea.png"


def test_the_bill_has_each_by_its_own_hash_with_its_terms(wheel):
    listed = {asset.path: asset for asset in photos.listed(wheel)}
    assert set(listed) == {photo.path for photo in photos.PHOTOS}
    cat = listed["images/photos/cat.png"]
    assert cat.sha256 == hashlib.sha256(b"bytes of skimage/data/chelsea.png").hexdigest()
    assert cat.licence == "CC0-1.0" and "scikit_image-1.0" in cat.source


def without(folder: Path, name: str) -> None:
    [file] = folder.glob("*.whl")
    with zipfile.ZipFile(file) as archive:
        kept = {n: archive.read(n) for n in archive.namelist() if n != name}
    with zipfile.ZipFile(file, "w") as archive:
        for each, content in kept.items():
            archive.writestr(each, content)


def cut(folder: Path) -> None:
    [file] = folder.glob("*.whl")
    file.write_bytes(file.read_bytes()[:100])


def garble(folder: Path) -> None:
    [file] = folder.glob("*.whl")
    content = file.read_bytes()
    start = content.index(b"chelsea.png") + len("chelsea.png")
    file.write_bytes(content[:start] + b"\xff" * 4 + content[start + 4 :])


def flip(folder: Path) -> None:
    [file] = folder.glob("*.whl")
    file.write_bytes(file.read_bytes().replace(b"bytes of", b"bites of"))


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (
            lambda folder: without(folder, "skimage/data/rocket.jpg"),
            "lacks skimage/data/rocket.jpg",
        ),
        (cut, "is damaged (File is not a zip file)"),
        (flip, "is damaged (Bad CRC-32"),
        (garble, "is damaged (Error -3 while decompressing"),
    ],
)
def test_a_wheel_that_is_not_whole_is_one_sentence(wheel, tmp_path, damage, sentence):
    damage(wheel)
    for use in (lambda: photos.unpack(wheel, tmp_path / "data"), lambda: photos.listed(wheel)):
        with pytest.raises(BuildError, match=r"\A[^\n]*\Z") as error:
            use()
        assert sentence in str(error.value)


def test_the_lock_names_the_wheel_that_the_tests_use_too():
    host, own = ((wheels.LOCKS / f"{name}.lock").read_text() for name in ("host", "photos"))
    pin, *hashes = re.findall(r"scikit-image==\S+|[0-9a-f]{64}", own)
    assert f"\n{pin} " in host
    assert hashes and all(each in host for each in hashes)


def test_the_lessons_know_where_the_photos_are():
    gallery = (NOTEBOOKS / "workshop" / "gallery.py").read_text()
    assert all(f'"{photo.path}"' in gallery for photo in photos.PHOTOS)
