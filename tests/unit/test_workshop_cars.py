"""The cars of lesson 5, or what stands in for them."""

import shutil
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image

from appliance_build.inputs.assets import locked_assets
from appliance_build.paths import NOTEBOOKS

sys.path.insert(0, str(NOTEBOOKS))
from workshop.cars import flickr_number, load_cars
from workshop.data import DataError
from workshop.folders import LEAST

ASSETS = [asset for asset in locked_assets() if asset.path.startswith("images/cars/")]
LOCKED = [asset.path for asset in ASSETS]  # an organiser may have replaced them


def noise(seed: int, shape: tuple[int, ...]) -> np.ndarray:
    return np.random.RandomState(seed).randint(0, 256, shape, np.uint8)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Data with a photo for each one that the lock names."""
    for seed, name in enumerate(LOCKED):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(noise(seed, (40, 60, 3))).save(path)
    return tmp_path


@pytest.fixture
def scikit_learn(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the appliance has and this machine need not."""
    datasets = ModuleType("sklearn.datasets")
    datasets.load_sample_image = lambda name: noise(len(name), (427, 640, 3))
    monkeypatch.setitem(sys.modules, "sklearn", ModuleType("sklearn"))
    monkeypatch.setitem(sys.modules, "sklearn.datasets", datasets)


def test_the_locked_photos_make_a_lesson(data):
    pictures = load_cars(data)
    assert pictures.standin == ""
    assert len(pictures.labels) + len(pictures.unseen) == len(LOCKED)
    assert len(pictures.unseen) > 0 and pictures.sizes.min() >= LEAST


@pytest.mark.parametrize("asset", ASSETS, ids=lambda asset: Path(asset.path).name)
def test_a_photo_s_number_at_flickr_is_that_of_the_lock(asset):
    number = flickr_number(Path(asset.path).name)
    assert ("Flickr" in asset.source) == bool(number)
    assert f"photo {number} at Flickr" in asset.source or not number


def test_other_names_have_no_number():
    assert flickr_number("classic-14543545060_0467af947a_z.jpg") == "14543545060"
    assert flickr_number("upright-1.jpg") == flickr_number("trip-2019123.jpg") == ""


def test_a_damaged_photo_is_one_sentence(data):
    path = data / LOCKED[0]
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(DataError, match="put the original file back") as error:
        load_cars(data)
    assert str(path) in str(error.value) and "\n" not in str(error.value)


def class_folders(data: Path) -> list[Path]:
    return sorted(path for path in (data / "images" / "cars").iterdir() if path.is_dir())


def few(data):
    last = class_folders(data)[-1]
    for path in sorted(last.iterdir())[LEAST - 1 :]:
        path.unlink()
    return f"{last.name} has {LEAST - 1} different pictures"


def one(data):
    first, *others = class_folders(data)
    for folder in others:
        shutil.rmtree(folder)
    return f"has one class, {first.name}"


@pytest.mark.parametrize("take", [few, one])
def test_a_stand_in_says_so(data, take, scikit_learn, capsys):
    reason = take(data)
    pictures = load_cars(data)
    assert reason in pictures.standin
    assert f"STAND-IN: {pictures.standin}" in capsys.readouterr().out


def test_without_any_photo_there_are_crops(tmp_path, scikit_learn):
    pictures, again = load_cars(tmp_path), load_cars(tmp_path)
    assert f"because {tmp_path}/images/cars is not there" in pictures.standin
    assert pictures.classes == ["china", "flower"] and pictures.sizes.tolist() == [10, 10]
    assert pictures.images.shape == (20, 224, 224, 3) and pictures.images.dtype == np.uint8
    assert pictures.unseen.shape == (7, 224, 224, 3)
    names = [*pictures.names, *pictures.unseen_names]
    assert len(set(names)) == 27
    every = np.concatenate([pictures.images, pictures.unseen])
    assert len({image.tobytes() for image in every}) == 27
    np.testing.assert_array_equal(pictures.images, again.images)
