"""A painting comes nearer to its losses' minimum, between black and white, and can be resumed."""

import sys
from dataclasses import astuple

import numpy as np
import pytest

pytest.importorskip("scipy")

from appliance_build.paths import PROJECT

sys.path.insert(0, str(PROJECT / "notebooks"))
from workshop.canvas import HIGH, LOW
from workshop.style import Losses, Painting, column, gram

WEIGHTS = Losses(content=1, style=2, variation=0.5)


def photo() -> np.ndarray:
    return np.random.RandomState(7).uniform(LOW, HIGH, (1, 3, 6, 8)).astype(np.float32)


def losses(canvas: np.ndarray, weights: Losses) -> tuple[Losses, np.ndarray]:
    """Distances from the photo, from a level that no picture has, and from zero.

    Not all pixels are equally stiff, as otherwise two steps would reach the minimum.
    """
    stiffness = np.linspace(1, 50, canvas.size).reshape(canvas.shape)
    distances = [(canvas - goal) / 100 for goal in (photo(), np.full_like(canvas, 400), 0)]
    found = Losses(*(float((stiffness * distance**2).mean()) for distance in distances))
    scaled = sum(w * d for w, d in zip(astuple(weights), distances, strict=True))
    return found, 2 * stiffness * scaled / canvas.size / 100


def test_the_weighted_sum_falls_and_the_history_tells_it():
    painting = Painting(losses, photo(), keep=2)
    painting.paint(WEIGHTS, 6)
    totals = [found.times(WEIGHTS) for found in painting.history]
    assert len(totals) == painting.iterations + 1 == 7
    assert totals == sorted(totals, reverse=True) and totals[-1] < totals[0]
    assert painting.history[-1] == losses(painting.canvas, WEIGHTS)[0]
    assert column(painting.history, "content")[0] == 0
    assert [iteration for iteration, _ in painting.frames] == [0, 2, 4, 6]


def test_it_stays_between_black_and_white():
    painting = Painting(losses, photo())
    painting.paint(Losses(0, 1, 0), 20)
    assert np.allclose(painting.canvas, np.broadcast_to(HIGH, painting.canvas.shape))
    assert np.all(painting.canvas <= HIGH)


def test_an_interrupt_keeps_the_picture_and_the_next_call_goes_on():
    painting = Painting(losses, photo())

    def stop() -> None:
        if painting.iterations == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        painting.paint(WEIGHTS, 8, stop)
    reached = painting.history[-1].times(WEIGHTS)
    assert painting.iterations == 3
    assert painting.history[-1] == losses(painting.canvas, WEIGHTS)[0]
    painting.paint(WEIGHTS, 8)
    assert painting.history[4].times(WEIGHTS) <= reached


def test_a_resumed_painting_ends_where_it_was_told_to():
    painting = Painting(losses, photo())
    for until in (3, 5):
        painting.paint(WEIGHTS, until)
        assert painting.iterations == until


def test_what_is_done_is_not_done_again():
    painting = Painting(losses, photo())
    painting.paint(WEIGHTS, 2)
    evaluations = painting.evaluations
    painting.paint(WEIGHTS, 2)
    assert (painting.iterations, painting.evaluations) == (2, evaluations)


def test_other_weights_go_elsewhere():
    pictures = []
    for weights in (Losses(1, 0, 5), Losses(1, 5, 0)):
        painting = Painting(losses, photo())
        painting.paint(weights, 5)
        pictures.append(painting.canvas)
    assert pictures[1].mean() > pictures[0].mean() + 10


def test_gram_matrix_forgets_places_and_size():
    features = np.random.RandomState(1).uniform(0, 2, (4, 5, 6))
    found = gram(features)
    assert found.shape == (4, 4)
    assert np.isclose(found[1, 3], (features[1] * features[3]).mean())
    shuffled = features.reshape(4, 30)[:, np.random.RandomState(2).permutation(30)]
    assert np.allclose(gram(shuffled.reshape(4, 6, 5)), found)
    assert np.allclose(gram(np.concatenate([features, features], 1)), found)
