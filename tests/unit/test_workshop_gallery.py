"""The shipped photos: each has a file in a lock, and classes by the numbers that ImageNet has."""

import sys

import pytest

from appliance_build import photos as unpacked
from appliance_build.inputs import assets
from appliance_build.paths import NOTEBOOKS

sys.path.append(str(NOTEBOOKS))
from workshop import gallery

ALL = (*gallery.TEN, *gallery.NAMELESS)


def test_there_are_ten_with_a_name_and_some_without():
    assert len({photo.name for photo in gallery.TEN}) == 10
    assert all(photo.right for photo in gallery.TEN)
    assert not any(photo.right for photo in gallery.NAMELESS)


@pytest.mark.parametrize("photo", ALL, ids=lambda photo: photo.name)
def test_each_file_ships_and_has_a_credit(photo):
    known = {entry.path for entry in assets.locked_assets()}
    known |= {each.path for each in unpacked.PHOTOS}
    if photo.file.startswith(gallery.SCIKIT_LEARN):
        assert photo.read().mode == "RGB"
    else:
        assert photo.file in known
    assert photo.credit


def test_what_is_not_there_is_left_out(tmp_path):
    cat = gallery.TEN[0]
    (tmp_path / cat.file).parent.mkdir(parents=True)
    (tmp_path / cat.file).write_bytes(b"")
    found = gallery.present(gallery.TEN, tmp_path)
    assert [photo.name for photo in found] == [cat.name, "the Summer Palace"]
