"""An attendee's folder of photos: any kind is read or told in a line; uploads land in it."""

import sys

import numpy as np
import pytest
from PIL import Image

from appliance_build.paths import NOTEBOOKS

sys.path.append(str(NOTEBOOKS))
from workshop import own, preprocessing
from workshop.photos import PhotoError

RED = (250, 10, 20)


@pytest.fixture
def folder(tmp_path):
    """A folder with photos of every kind that people bring, and with what is none."""
    folder = tmp_path / "my-photos"
    folder.mkdir()
    photo = Image.new("RGB", (40, 30), RED)
    exif = Image.Exif()
    exif[274] = 6  # the camera was held upright
    photo.convert("RGBA").save(folder / "alpha.png")
    photo.convert("CMYK").save(folder / "cmyk.jpg")
    photo.convert("L").save(folder / "grey.jpg")
    photo.convert("P").save(folder / "moving.gif")
    photo.resize((1, 500)).save(folder / "narrow.png")
    photo.save(folder / "upright.jpg", exif=exif)
    (folder / ".DS_Store").write_bytes(b"what a file manager leaves")
    (folder / "notes.txt").write_text("no photo")
    (folder / "cut.png").write_bytes((folder / "alpha.png").read_bytes()[:60])
    (folder / "holiday").mkdir()
    return folder


def test_every_kind_is_read_or_told_in_a_line(folder):
    photos, problems = own.read_folder(folder)
    assert list(photos) == [
        *("alpha.png", "cmyk.jpg", "grey.jpg", "moving.gif", "narrow.png", "upright.jpg")
    ]
    assert photos["upright.jpg"].size == (30, 40)
    cut, holiday, notes = problems
    assert f"{folder / 'cut.png'} is" in cut
    assert "holiday is a folder; name the photos in it" in holiday
    assert "notes.txt is no picture of a kind that can be read" in notes
    assert not any("\n" in problem for problem in problems)
    batch = [preprocessing.prepare(preprocessing.GOOGLENET, photo) for photo in photos.values()]
    assert np.stack(batch).shape == (6, 3, 224, 224)


def test_the_folder_is_made(tmp_path):
    assert own.read_folder(tmp_path / "my-photos") == ({}, [])
    assert (tmp_path / "my-photos").is_dir()


def test_where_no_folder_can_be_made_there_are_no_photos(tmp_path):
    (tmp_path / "file").write_text("")
    assert own.read_folder(tmp_path / "file" / "my-photos") == ({}, [])


def test_too_many_are_told(tmp_path):
    for number in range(own.MOST + 1):
        Image.new("RGB", (2, 2), RED).save(tmp_path / f"{number:02}.png")
    photos, [problem] = own.read_folder(tmp_path)
    assert len(photos) == own.MOST and f"more than {own.MOST}" in problem


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("cat.jpg", "cat.jpg"),
        ("../../.ssh/keys", "keys"),
        ("C:\\photos\\cat.jpg", "cat.jpg"),
        (".hidden.png", "hidden.png"),
        ("..", "photo"),
    ],
)
def test_an_upload_lands_in_the_folder_whatever_its_name(tmp_path, name, kept):
    folder = tmp_path / "my-photos"
    assert own.save([{"name": name, "content": memoryview(b"bytes")}], folder) == [kept]
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [kept]
    assert (folder / kept).read_bytes() == b"bytes"


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "my-photos").write_text("a file")
    with pytest.raises(PhotoError, match=r"cat.jpg cannot be written: [^\n]*by hand\Z"):
        own.save([{"name": "cat.jpg", "content": b""}], tmp_path / "my-photos")
