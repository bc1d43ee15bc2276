"""Pictures of every kind come out as plain RGB, or as one sentence; steps make them numbers."""

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from appliance_build.paths import PROJECT

sys.path.insert(0, str(PROJECT / "notebooks"))
from workshop import preprocessing
from workshop.photos import PhotoError, read_photo

ORIENTATION = 274  # EXIF's tag for how the camera was held
RED = (250, 10, 20)


def photo(mode: str, colour: object, size: tuple[int, int] = (40, 30)) -> Image.Image:
    return Image.new(mode, size, colour)


def saved(picture: Image.Image, path: Path, **options: object) -> Path:
    picture.save(path, **options)
    return path


def palette() -> Image.Image:
    return photo("RGB", RED).convert("P", palette=Image.Palette.ADAPTIVE)


@pytest.mark.parametrize(
    ("name", "picture", "expected"),
    [
        ("rgb.png", photo("RGB", RED), RED),
        ("grey.png", photo("L", 77), (77, 77, 77)),
        ("one-bit.png", photo("1", 1), (255, 255, 255)),
        ("16-bit.png", Image.fromarray(np.full((30, 40), 200 * 257, np.uint16)), (200, 200, 200)),
        ("opaque.png", photo("RGBA", (*RED, 255)), RED),
        ("transparent.png", photo("RGBA", (*RED, 0)), (255, 255, 255)),
        ("grey-alpha.png", photo("LA", (0, 0)), (255, 255, 255)),
        ("palette.gif", palette(), RED),
        ("cmyk.jpg", photo("CMYK", (0, 255, 255, 0)), (255, 0, 0)),
        ("photo.jpg", photo("RGB", RED), RED),
        ("photo.webp", photo("RGB", RED), RED),
        ("photo.bmp", photo("RGB", RED), RED),
        ("photo.tiff", photo("RGB", RED), RED),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_kind_becomes_rgb(tmp_path, name, picture, expected):
    found = read_photo(saved(picture, tmp_path / name))
    assert (found.mode, found.size) == ("RGB", (40, 30))
    assert np.abs(np.subtract(found.getpixel((20, 15)), expected)).max() <= 4  # JPEG rounds


def test_a_transparent_colour_of_a_palette_becomes_white(tmp_path):
    path = saved(palette(), tmp_path / "a.gif", transparency=0)
    assert read_photo(path).getpixel((0, 0)) == (255, 255, 255)


def test_of_an_animation_the_first_picture_counts(tmp_path):
    first, second = photo("RGB", RED), photo("RGB", (0, 0, 255))
    path = saved(first, tmp_path / "a.gif", save_all=True, append_images=[second], duration=50)
    assert read_photo(path).getpixel((0, 0))[0] > 200


def test_a_photo_that_was_held_upright_is_turned(tmp_path):
    picture = photo("RGB", (0, 0, 0))
    picture.paste((255, 255, 255), (0, 0, 40, 15))  # the upper half is white
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # turn by 90 degrees to the right
    found = read_photo(saved(picture, tmp_path / "a.jpg", exif=exif))
    assert found.size == (30, 40)
    assert found.getpixel((25, 20))[0] > 250 and found.getpixel((5, 20))[0] < 5


def cut(path: Path) -> Path:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


def noise(path: Path) -> Path:
    pixels = np.random.RandomState(0).randint(0, 256, (50, 50, 3), np.uint8)
    return saved(Image.fromarray(pixels), path)


def text(path: Path) -> Path:
    path.write_text("<html>not found</html>")
    return path


@pytest.mark.parametrize(
    ("make", "name", "says"),
    [
        (lambda path: path, "gone.jpg", "is not there; check the name"),
        (lambda path: path.parent, "", "is a folder; name the photos in it"),
        (text, "page.jpg", "is no picture of a kind that can be read"),
        (lambda path: path.touch() or path, "empty.jpg", "is no picture of a kind"),
        (lambda path: cut(noise(path)), "cut.jpg", "is damaged or cut short"),
        (lambda path: cut(noise(path)), "cut.png", "is damaged or cut short"),
        (lambda path: cut(noise(path)), "cut.gif", "is damaged or cut short"),
    ],
)
def test_what_is_no_photo_is_one_sentence(tmp_path, make, name, says):
    path = make(tmp_path / name)
    with pytest.raises(PhotoError, match=says) as error:
        read_photo(path)
    assert str(path) in str(error.value) and "\n" not in str(error.value)


def test_a_photo_of_somebody_else_is_one_sentence(tmp_path, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied")  # root may read anything

    monkeypatch.setattr(Image, "open", refuse)
    with pytest.raises(PhotoError, match="may not be read by you; change its permissions"):
        read_photo(tmp_path / "a.png")


def test_a_picture_of_too_many_pixels_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(PhotoError, match="has too many pixels; make it smaller"):
        read_photo(saved(photo("RGB", RED), tmp_path / "a.png"))


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (3000, 1), (40, 30), (224, 224)])
@pytest.mark.parametrize(
    ("steps", "side"), [(preprocessing.GOOGLENET, 224), (preprocessing.INCEPTION_V3, 299)]
)
def test_any_size_is_prepared(steps, side, size):
    prepared = preprocessing.prepare(steps, photo("RGB", RED, size))
    assert prepared.shape == (3, side, side) and prepared.dtype == np.float32
    assert prepared.flags.c_contiguous


def test_googlenets_numbers():
    blue, green, red = preprocessing.prepare(preprocessing.GOOGLENET, photo("RGB", RED))
    assert (blue == 20 - 104).all() and (green == 10 - 117).all() and (red == 250 - 123).all()


def test_inceptions_numbers():
    red, green, blue = preprocessing.prepare(preprocessing.INCEPTION_V3, photo("RGB", RED))
    for channel, value in ((red, 250), (green, 10), (blue, 20)):
        np.testing.assert_allclose(channel, value / 127.5 - 1, atol=1e-6)


def test_scaling_belongs_to_the_weights():
    pixels = np.float32([[[0, 128, 255]]])
    scaled = preprocessing.scale(pixels, middle=128, unit=128)
    np.testing.assert_allclose(scaled, [[[-1, 0, 127 / 128]]])


def test_the_square_is_cut_out_of_the_middle():
    picture = photo("RGB", (0, 0, 0), (100, 60))
    picture.paste(RED, (20, 0, 80, 60))
    assert np.unique(preprocessing.crop(picture, 1)).tolist() == sorted(RED)
    assert preprocessing.crop(picture, 0.5).size == (30, 30)


def test_steps_can_be_shown_one_by_one():
    shown = preprocessing.trace(preprocessing.GOOGLENET, photo("RGB", RED))
    names = [step.name for step, _ in shown]
    assert names == ["crop", "resize", "numbers", "BGR", "centre", "channels first"]
    assert all(step.what.endswith(".") for step, _ in shown)
    sizes = [value.size for _, value in shown[:2]]
    assert sizes == [(30, 30), (224, 224)]
    np.testing.assert_array_equal(shown[2][1][0, 0], RED)
    np.testing.assert_array_equal(shown[3][1][0, 0], RED[::-1])


def test_what_is_seen_is_the_last_picture_before_the_numbers():
    picture = photo("RGB", (0, 0, 0), (100, 60))
    picture.paste(RED, (20, 0, 80, 60))
    seen = preprocessing.seen(preprocessing.GOOGLENET, picture)
    assert seen.size == (224, 224) and seen.getpixel((112, 112)) == RED


def test_a_step_can_be_forgotten():
    forgetful = preprocessing.without(preprocessing.GOOGLENET, "BGR")
    first, *_ = preprocessing.prepare(forgetful, photo("RGB", RED))
    assert (first == 250 - 104).all(), "red got the mean of blue"
    with pytest.raises(ValueError, match="no step is called 'RGB'; there are crop, resize"):
        preprocessing.without(preprocessing.GOOGLENET, "RGB")
