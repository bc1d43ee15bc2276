"""Photos are found by name, own ones first; what is absent has a stand-in that says so."""

import sys

import numpy as np
import pytest
from PIL import Image

from appliance_build.paths import PROJECT

sys.path.insert(0, str(PROJECT / "notebooks"))
from workshop import motifs
from workshop.motifs import load_motif
from workshop.photos import PhotoError


@pytest.fixture
def places(tmp_path, monkeypatch):
    """The folder of the data; `my-photos` and scikit-learn's photos lie beside it."""
    for name, colour in (("data/images/sky.jpg", "blue"), ("sklearn/china.jpg", "red")):
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        Image.new("RGB", (8, 6), colour).save(path, quality=100)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(motifs, "_scikit_learn", lambda name: tmp_path / "sklearn" / name)
    return tmp_path / "data"


def colour(motif) -> str:
    return "RGB"[int(np.argmax(motif.picture.getpixel((4, 3))))]


def test_what_ships_is_found_and_is_no_standin(places):
    motif = load_motif("sky.jpg", places)
    assert (colour(motif), motif.standin) == ("B", "")


def test_an_own_photo_comes_first(places, tmp_path):
    (tmp_path / "my-photos").mkdir()
    Image.new("RGB", (8, 6), "lime").save(tmp_path / "my-photos" / "sky.jpg")
    assert colour(load_motif("sky.jpg", places)) == "G"


def test_what_is_absent_has_a_standin_that_says_so(places):
    (places / "images" / "sky.jpg").unlink()
    motif = load_motif("sky.jpg", places)
    assert colour(motif) == "R"
    assert motif.standin.startswith("china.jpg of scikit-learn stands in for sky.jpg, because ")


def test_photos_of_scikit_learn_have_their_own_names(places):
    assert (colour(load_motif("china.jpg", places)), load_motif("china.jpg").standin) == ("R", "")


def test_an_unknown_name_is_one_sentence_that_lists_what_there_is(places):
    with pytest.raises(PhotoError, match=r"\Ame.jpg is not in .*my-photos; put it there.*sky\.jpg"):
        load_motif("me.jpg", places)


def test_a_damaged_photo_is_not_replaced(places):
    (places / "images" / "sky.jpg").write_bytes(b"no photo")
    with pytest.raises(PhotoError, match=r"sky\.jpg is no picture"):
        load_motif("sky.jpg", places)
