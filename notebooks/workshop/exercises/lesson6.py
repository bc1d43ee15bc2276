"""The exercises of lesson 6: steps uphill, octaves, Gram matrices, total variation."""

from collections.abc import Callable, Sequence

import numpy as np

from . import Wrong, exercise


def _rng() -> np.random.RandomState:
    return np.random.RandomState(6)


def _close(found: object, expected: object) -> bool:
    return np.shape(found) == np.shape(expected) and np.allclose(found, expected, rtol=1e-4)


@exercise
def step(answer: Callable[[np.ndarray, np.ndarray, float], np.ndarray]) -> str:
    """answer(picture, gradient, stride): the picture after one step uphill."""
    picture = _rng().uniform(0, 255, (2, 4, 4))
    gradient = 1e-5 * _rng().standard_normal(picture.shape)
    found = np.asarray(answer(picture.copy(), gradient.copy(), 1.5))
    if found.shape != picture.shape:
        raise Wrong(f"the picture is {picture.shape}, and {found.shape} came back")
    change = found - picture
    if np.allclose(change, 1.5 * gradient):
        raise Wrong(
            "with a gradient of 0.00001 nobody would ever see that step; divide by the gradient's "
            "mean size first"
        )
    if _close(np.abs(change), np.abs(1.5 * gradient / gradient.mean())):
        raise Wrong(
            "positive and negative slopes cancel in the mean, so that it says nothing about how "
            "steep it is; their sizes do not cancel"
        )
    if np.sum(change * gradient) < 0:
        raise Wrong("that goes downhill; what is to grow?")
    if _close(change, 1.5 * gradient / np.abs(gradient).max()):
        raise Wrong("one steep pixel would make the step of all others short; average over them")
    if not _close(np.abs(change).mean(), 1.5):
        raise Wrong(
            f"the average pixel changes by {np.abs(change).mean():.3g} levels; it should be the "
            "stride, 1.5"
        )
    if not _close(change, 1.5 * gradient / np.abs(gradient).mean()):
        raise Wrong("the step is as long as it should be, but it does not follow the gradient")
    return "a gradient a thousand times as steep gives the same step, in every layer and octave"


@exercise
def octaves(answer: Callable[[int, int, int, float], Sequence[tuple[int, int]]]) -> str:
    """answer(height, width, count, ratio): (height, width) of each octave."""
    expected = [(143, 229), (200, 320), (280, 448)]
    found = [tuple(size) for size in answer(280, 448, 3, 1.4)]
    if len(found) != 3:
        raise Wrong(f"3 octaves were asked for, and {len(found)} came back; count the largest, too")
    if not all(float(length).is_integer() for size in found for length in size):
        raise Wrong("a picture has whole pixels; round")
    if found == expected[::-1]:
        raise Wrong("a dream begins with the smallest size; turn the order round")
    if max(found)[0] > 280:
        raise Wrong("no octave is larger than the picture itself")
    if found[-1] != (280, 448):
        raise Wrong("the last octave should be the picture in its own size")
    if np.abs(np.subtract(found, expected)).max() > 1:
        raise Wrong("each side should be 1.4 times as long as in the octave before")
    if [tuple(size) for size in answer(100, 200, 2, 2)] != [(50, 100), (100, 200)]:
        raise Wrong("with two octaves and a ratio of 2 it is off; is a number of yours fixed?")
    return "each octave has about twice as many pixels as the one before, since 1.4 * 1.4 is 1.96"


@exercise
def gram(answer: Callable[[np.ndarray], np.ndarray]) -> str:
    """answer(features): the Gram matrix of (channels, height, width), a mean over all places."""
    features = _rng().uniform(0, 3, (3, 4, 5))
    rows = features.reshape(3, 20)
    found = np.asarray(answer(features.copy()))
    if found.shape == (20, 20):
        raise Wrong("that compares places with places; a style is how channels go together")
    if found.shape != (3, 3):
        raise Wrong(f"3 channels give a 3 by 3 matrix, and {found.shape} came back")
    if _close(found, rows @ rows.T):
        raise Wrong(
            "a picture twice as large would have a Gram matrix twice as large; take the mean"
        )
    if _close(found, np.cov(rows, bias=True)) or _close(found, np.corrcoef(rows)):
        raise Wrong("nothing is subtracted and nothing scaled: products of activations, no more")
    if not _close(found, rows @ rows.T / 20):
        raise Wrong("entry i, j should be the mean over all places of channel i times channel j")
    return "where something is has been summed away, and what occurs together has stayed"


@exercise
def variation(answer: Callable[[np.ndarray], float]) -> str:
    """answer(picture): mean squared step downwards, plus the same to the right."""
    picture = _rng().uniform(0, 255, (4, 6))
    down, right = np.diff(picture, axis=0), np.diff(picture, axis=1)
    found = answer(picture.copy())
    if np.ndim(found):
        raise Wrong(f"one number was asked for, and an array of {np.shape(found)} came back")
    wrapped = [picture - np.roll(picture, 1, axis) for axis in (0, 1)]
    if _close(found, sum((difference**2).mean() for difference in wrapped)):
        raise Wrong("the last row was compared with the first one; they are no neighbours")
    if _close(found, np.abs(down).mean() + np.abs(right).mean()):
        raise Wrong("square the differences: they are to be smooth for the optimiser, too")
    if _close(found, (down**2).mean()) or _close(found, (right**2).mean()):
        raise Wrong("that is one direction; a pixel has a neighbour below it and one to its right")
    if _close(found, (down**2).sum() + (right**2).sum()):
        raise Wrong("a larger picture would vary more just because it is larger; take means")
    if not _close(found, (down**2).mean() + (right**2).mean()):
        raise Wrong("it should be the mean of the squares downwards plus the mean to the right")
    if not _close(answer(np.full((3, 3), 7.0)), 0):
        raise Wrong("a picture of one colour should have no variation at all")
    return "noise has much of it, brush strokes have some, a wall has none"
