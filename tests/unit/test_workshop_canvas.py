"""Pictures become canvases and come back; colours are kept; files are whole or absent."""

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from appliance_build.paths import PROJECT

sys.path.insert(0, str(PROJECT / "notebooks"))
from workshop import canvas, preprocessing
from workshop.canvas import CanvasError


def photo(width: int = 24, height: int = 16, low: int = 0, high: int = 256) -> Image.Image:
    levels = np.random.RandomState(3).randint(low, high, (height, width, 3))
    return Image.fromarray(levels.astype(np.uint8))


def test_the_network_sees_what_its_own_preprocessing_makes():
    square = photo(224, 224)
    expected = preprocessing.prepare(preprocessing.GOOGLENET, square)
    assert np.array_equal(canvas.to_canvas(square)[0], expected)


def test_a_picture_comes_back_as_it_was():
    there_and_back = canvas.to_picture(canvas.to_canvas(photo()))
    assert np.array_equal(there_and_back, photo())


def test_levels_beyond_black_and_white_are_cut_off():
    painted = canvas.to_canvas(photo())
    assert np.asarray(canvas.to_picture(painted + 1000)).min() == 255
    assert np.asarray(canvas.to_picture(painted - 1000)).max() == 0


def test_a_level_goes_to_the_nearest_whole_one():
    painted = canvas.to_canvas(photo(low=1, high=255))
    for step in (-0.4, 0.4):
        assert np.array_equal(canvas.to_picture(painted + np.float32(step)), photo(low=1, high=255))


@pytest.mark.parametrize("size", [(100, 50), (50, 100), (100, 1)])
def test_the_longer_side_is_as_asked(size):
    fitted = canvas.fit(photo(*size), 40)
    assert fitted.size == tuple(max(1, round(0.4 * length)) for length in size)


def test_resizing_keeps_flat_colours_and_the_channels_apart():
    flat = np.ones((1, 3, 8, 10), np.float32) * np.float32([-50, 7, 300]).reshape(1, 3, 1, 1)
    larger = canvas.resize(flat, (13, 21))
    assert larger.shape == (1, 3, 13, 21) and larger.dtype == np.float32
    assert np.allclose(larger, flat[:, :, :1, :1])


def test_magnifying_keeps_the_size_and_shows_the_middle():
    across = np.tile(np.linspace(-100, 100, 200, dtype=np.float32), (1, 3, 40, 1))
    for ramp in (across, across.swapaxes(2, 3)):
        nearer = canvas.magnify(ramp, 0.5)
        assert nearer.shape == ramp.shape
        assert np.allclose((nearer.min(), nearer.max()), (-50, 50), atol=2)


def test_the_photo_s_colours_are_kept_and_the_painting_s_light():
    colours, painting = photo(low=100, high=140), photo(low=90, high=150)
    mixed = np.asarray(canvas.with_colours_of(colours, painting), float)
    kept = np.asarray(colours, float)
    assert mixed.min() > 0 and mixed.max() < 255  # nothing was cut off, so that all must hold
    for a, b in ((0, 1), (1, 2)):
        chroma = (mixed[..., a] - mixed[..., b]) - (kept[..., a] - kept[..., b])
        assert np.abs(chroma).max() <= 1  # a level each, for rounding
    light = mixed @ canvas.LUMINANCE - np.asarray(painting, float) @ canvas.LUMINANCE
    assert np.abs(light).max() <= 0.51


def test_light_and_dark_of_the_photo_itself_change_nothing():
    assert np.array_equal(canvas.with_colours_of(photo(), photo()), photo())


def test_png_has_the_picture_and_leaves_nothing_else(tmp_path):
    path = canvas.save_png(photo(), tmp_path / "made" / "a.png")
    assert np.array_equal(Image.open(path), photo())
    assert list(path.parent.iterdir()) == [path]


def test_gif_has_every_frame_and_runs_forever(tmp_path):
    frames = [Image.new("RGB", (20, 10), colour) for colour in ("red", "green", "blue")]
    with Image.open(canvas.save_gif(frames, tmp_path / "a.gif", 0.2)) as found:
        assert (found.n_frames, found.info["loop"], found.info["duration"]) == (3, 0, 200)


def test_the_old_file_survives_what_interrupts_the_new_one(tmp_path, monkeypatch):
    path = canvas.save_png(photo(), tmp_path / "a.png")
    before = path.read_bytes()

    def torn(self: Path, content: bytes) -> None:
        with self.open("wb") as file:
            file.write(content[: len(content) // 2])
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_bytes", torn)
    with pytest.raises(KeyboardInterrupt):
        canvas.save_png(photo(40, 40), path)
    assert path.read_bytes() == before


def test_a_full_disk_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CanvasError, match=r"\A[^\n]*cannot be written: .*; make room"):
        canvas.save_png(photo(), tmp_path / "file" / "a.png")
