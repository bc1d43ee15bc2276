"""Dreams climb, in each octave, and go on where they were interrupted, to the same picture."""

import sys
from contextlib import suppress

import numpy as np
import pytest

from appliance_build.paths import PROJECT

sys.path.insert(0, str(PROJECT / "notebooks"))
from workshop.canvas import HIGH, LOW, resize
from workshop.dream import Dream, DreamError, Zoom, ascend, octave_sizes

SMALL = {"octaves": 2, "steps": 3, "jitter": 4}


def photo(height: int = 60, width: int = 80) -> np.ndarray:
    return np.random.RandomState(5).uniform(LOW, HIGH, (1, 3, height, width)).astype(np.float32)


class Contrast:
    """The mean square of the canvas, and how often it was asked for; fails at call `stop`."""

    def __init__(self, stop: int = 0) -> None:
        self.stop, self.calls = stop, 0

    def __call__(self, canvas: np.ndarray) -> tuple[float, np.ndarray]:
        self.calls += 1
        if self.calls == self.stop:
            raise KeyboardInterrupt
        return float((canvas**2).mean()), 2 * canvas / canvas.size


def finish(work: Dream | Zoom) -> Dream | Zoom:
    for _ in range(work.total + 1):  # an interrupt costs one step at most
        with suppress(KeyboardInterrupt):
            work.step()
    assert work.done == work.total
    return work


def test_octaves_go_from_small_to_the_picture_s_own_size():
    assert octave_sizes((280, 448), 3, 1.4) == [(143, 229), (200, 320), (280, 448)]
    assert octave_sizes((280, 448), 1, 1.4) == [(280, 448)]


def test_too_many_octaves_are_one_sentence():
    with pytest.raises(DreamError, match=r"\Athe smallest octave would be 42 by 31 pixels, and 32"):
        octave_sizes((60, 83), 3)


@pytest.mark.parametrize("shift", [(0, 0), (5, -7), (-40, 100)])
def test_the_jitter_rolls_the_picture_there_and_back(shift):
    start = photo() / 2
    target = np.zeros_like(start)
    target[0, 1, 20, 30] = 1
    moved = np.roll(target, shift, (2, 3))  # the objective sees the rolled picture
    found, _ = ascend(lambda canvas: (0, moved), start, 0.01, shift)
    changed = np.argwhere(found != start)
    assert changed.tolist() == [[0, 1, 20, 30]]


def test_the_average_pixel_changes_by_the_stride_however_steep_it_is():
    start = photo() / 2
    for steepness in (1e-6, 1, 1e6):
        gradient = steepness * np.random.RandomState(1).standard_normal(start.shape)
        found, _ = ascend(lambda canvas, gradient=gradient: (0, gradient), start, 1.5, (0, 0))
        assert np.isclose(np.abs(found - start).mean(), 1.5, rtol=1e-3)
        assert np.all((found - start) * gradient >= 0)


def test_a_gradient_of_zeros_changes_nothing():
    found, _ = ascend(lambda canvas: (0, 0 * canvas), photo(), 1.5, (1, 1))
    assert np.array_equal(found, photo())


def test_a_step_stays_between_black_and_white():
    found, _ = ascend(lambda canvas: (0, canvas), photo(), 1000, (0, 0))
    assert np.all(found >= LOW) and np.all(found <= HIGH)


def test_the_objective_rises_in_each_octave():
    dream = finish(Dream(Contrast(), photo(), **SMALL))
    assert [octave.size for octave in dream.octaves] == [(43, 57), (60, 80)]
    for octave in dream.octaves:
        assert len(octave.seen) == 3
        assert octave.after > octave.before
    assert dream.canvas.shape == photo().shape


def test_before_and_after_are_of_the_picture_as_it_lies():
    objective = Contrast()
    dream = finish(Dream(objective, photo(), octaves=1, steps=2))
    (octave,) = dream.octaves
    assert octave.before == objective(photo())[0]
    assert octave.after == objective(dream.canvas)[0]


def test_detail_is_carried_to_the_next_octave():
    start = photo()
    dream = Dream(Contrast(), start, **SMALL)
    for _ in range(2):
        dream.step()
    assert dream.canvas.shape[2:] == (43, 57)
    dream.step()
    assert dream.canvas.shape == start.shape
    # the photo's own fine detail is there again, and on it what was dreamed at the smaller size
    detail = dream.canvas - start
    inside = (dream.canvas > LOW) & (dream.canvas < HIGH)
    assert np.abs(detail[inside]).mean() > 1
    coarse = resize(resize(detail, (43, 57)), start.shape[2:])
    assert np.abs(detail - coarse)[inside].mean() < 0.5 * np.abs(detail[inside]).mean()


@pytest.mark.parametrize("stop", range(1, 11))
def test_interrupted_anywhere_it_goes_on_to_the_same_picture(stop):
    expected = finish(Dream(Contrast(), photo(), **SMALL))
    found = finish(Dream(Contrast(stop), photo(), **SMALL))
    assert np.array_equal(found.canvas, expected.canvas)
    assert found.octaves == expected.octaves


def test_a_finished_dream_does_not_change():
    dream = finish(Dream(Contrast(), photo(), **SMALL))
    before, calls = dream.canvas, dream.objective.calls
    dream.step()
    assert dream.canvas is before and dream.objective.calls == calls


def test_the_seed_decides_where_the_jitter_goes():
    def seen(seed: int) -> tuple[float, ...]:
        def objective(canvas):
            return float(canvas[0, 0, 0, 0]), canvas

        return finish(Dream(objective, photo(), seed=seed, **SMALL)).octaves[0].seen

    assert seen(1) == seen(1) != seen(2)


@pytest.mark.parametrize("stop", [2, 9, 11, 15])
def test_a_zoom_has_its_frames_and_goes_on_after_an_interrupt(stop):
    expected = finish(Zoom(Contrast(), photo(), 2, **SMALL))
    found = finish(Zoom(Contrast(stop), photo(), 2, **SMALL))
    assert found.total == 12
    assert [frame.shape for frame in found.frames] == [photo().shape] * 2
    assert not np.array_equal(*found.frames)
    assert np.array_equal(found.frames, expected.frames)
