"""Answers to the exercises of lesson 2; they need NumPy alone."""

from collections.abc import Callable

import numpy as np

from . import Wrong, exercise, numbers

PICTURE = np.random.RandomState(0).randint(0, 10, (6, 7)).astype(float)
FILTER = np.array([[1.0, 2, 0], [0, -1, 3], [-2, 4, 1]])  # turned in any way, it is another one
SIDE = 9  # of the pictures with one stroke
STROKES = {
    "/": np.eye(SIDE)[:, ::-1],
    "\\": np.eye(SIDE),
    "|": np.eye(SIDE)[SIDE // 2] * np.ones((SIDE, 1)),
    "-": np.eye(SIDE)[:, [SIDE // 2]] * np.ones((1, SIDE)),
}
ENOUGH = 1.5  # how many times as strong the answer to / is to be as that to any other stroke
MAPS = np.array([[-9.0, -4, 3, 1], [-7, -5, 2, 8], [0, 6, -1, -3], [5, 4, -8, -2]])
# The network whose weights are counted.
PIXELS, FILTERS, SIZE, AFTER, UNITS, DIGITS = 28, (1, 16, 32), 5, 4, 128, 10


def _correlate(picture: np.ndarray, weights: np.ndarray) -> np.ndarray:
    views = np.lib.stride_tricks.sliding_window_view(picture, weights.shape)
    return np.einsum("ijkl,kl", views, weights)


@exercise
def convolution(answer: Callable) -> str:
    """Is this the convolution of a picture with a filter, where the filter fits?"""
    right = _correlate(PICTURE, FILTER[::-1, ::-1])
    found = numbers(answer(PICTURE.copy(), FILTER.copy()), right.shape)
    turned = {
        "nothing is turned: this is the correlation from above": FILTER,
        "only top and bottom have changed places; left and right have to as well": FILTER[::-1],
        "only left and right have changed places; top and bottom have to as well": FILTER[:, ::-1],
        "rows have become columns (that is what .T does); the filter is to be turned by 180 "
        "degrees": FILTER.T,
        "that is a quarter of a turn, and half of one is asked for": np.rot90(FILTER),
        "that is three quarters of a turn, and half of one is asked for": np.rot90(FILTER, 3),
    }
    for sentence, weights in turned.items():
        if np.allclose(found, _correlate(PICTURE, weights)):
            raise Wrong(sentence)
    if np.allclose(found[::-1, ::-1], right):
        raise Wrong(
            "the right numbers, but the picture stands on its head now: turn the filter, not the "
            "picture"
        )
    if np.allclose(found[::-1, ::-1], _correlate(PICTURE, FILTER)):
        raise Wrong("you turn the result; the filter is to be turned before it is used")
    if not np.allclose(found, right):
        raise Wrong(f"the number at the top left should be {right[0, 0]:g}, and is {found[0, 0]:g}")
    return "turning the filter twice gives it back, so it is only a question of who turns it"


@exercise
def rising(answer: object) -> str:
    """Does a filter find strokes that rise to the right?"""
    weights = numbers(answer, (3, 3))
    if not weights.any():
        raise Wrong("this filter answers 0 to everything")
    if abs(weights.sum()) > 1e-6 * np.abs(weights).sum():
        raise Wrong(
            f"where all is ink it answers {weights.sum():g}, the sum of its numbers; what should "
            "that sum be?"
        )
    said = {name: _correlate(stroke, weights).max() for name, stroke in STROKES.items()}
    wanted, others = said.pop("/"), said
    loudest = max(others, key=others.get)
    if loudest == "\\" and others["\\"] >= ENOUGH * max(wanted, others["|"], others["-"]):
        raise Wrong("that one finds strokes that fall to the right; the first row is the top one")
    if wanted < ENOUGH * others[loudest]:
        raise Wrong(
            f"its largest answer to a stroke / is {wanted:g}, and to a stroke {loudest} "
            f"{others[loudest]:g}; the first should be half as much again at least"
        )
    return f"it answers {wanted:g} to a stroke /, and to any other at most {others[loudest]:g}"


@exercise
def pool(answer: Callable) -> str:
    """Does a function take the largest number of each square of 2 by 2?"""
    squares = MAPS.reshape(2, 2, 2, 2).swapaxes(1, 2)  # row, column, row within, column within
    found = np.asarray(answer(MAPS.copy()), float)
    if found.shape == (3, 3):
        raise Wrong("these squares overlap: the next one begins two pixels further, not one")
    found = numbers(found, (2, 2))
    right = squares.max(axis=(2, 3))
    if np.allclose(found, squares.mean(axis=(2, 3))):
        raise Wrong("this is the mean of each square, and the largest number is asked for")
    if np.allclose(found, squares.min(axis=(2, 3))):
        raise Wrong("this is the smallest number of each square")
    if any(np.allclose(found, MAPS[row::2, column::2]) for row in (0, 1) for column in (0, 1)):
        raise Wrong("you take the same corner of each square, whatever the other three numbers are")
    if np.allclose(found, MAPS.reshape(2, 2, 2, 2).max(axis=(0, 2))):
        raise Wrong(
            "you compare pixels that lie half a picture apart; after reshape, neighbours in a "
            "column should be on an axis of length 2 of their own, behind the axis of the rows"
        )
    if np.allclose(found, np.maximum(right, 0)):
        raise Wrong("nearly: a square of numbers below 0 has its largest one below 0, too")
    if not np.allclose(found, right):
        raise Wrong(f"the largest of {squares[0, 1].ravel()} is 8; you say {found[0, 1]:g}")
    longer = np.arange(48.0).reshape(4, 12) % 7
    wanted = longer.reshape(2, 2, 6, 2).max(axis=(1, 3))
    if not np.array_equal(numbers(answer(longer), wanted.shape), wanted):
        raise Wrong("right for 4 by 4 pixels, but not for 4 by 12")
    return "a quarter of the numbers is left, and where exactly a stroke was matters less"


@exercise
def count_weights(answer: object) -> str:
    """Are these the numbers of weights of the four layers that have any?"""
    found = numbers(answer, (4,))
    one, two = FILTERS[1:]
    seen = AFTER * AFTER * two
    right = [
        (SIZE * SIZE + 1) * one,
        (SIZE * SIZE * one + 1) * two,
        (seen + 1) * UNITS,
        (UNITS + 1) * DIGITS,
    ]
    without = [right[0] - one, right[1] - two, right[2] - UNITS, right[3] - DIGITS]
    if np.allclose(found, without):
        raise Wrong("nearly: each filter and each unit has a bias, too, one number")
    if found[0] in (one * PIXELS**2 * SIZE**2, one * 24**2 * SIZE**2, one * 24**2 * (SIZE**2 + 1)):
        raise Wrong("a filter has the same weights wherever it lies; do not count places")
    if found[1] in ((SIZE * SIZE + 1) * two, SIZE * SIZE * two):
        raise Wrong(
            f"a filter of the second layer looks at all {one} maps of the first one, and has "
            "weights for each of them"
        )
    if found[2] in [(side**2 * two + bias) * UNITS for side in (5, 7, 8, 28) for bias in (0, 1)]:
        raise Wrong(
            "how large are the maps that the dense layer gets? A filter of 5 by 5 takes 4 pixels "
            "off, and pooling halves: 28, 24, ..."
        )
    if found[2] in [(AFTER**2 + bias) * UNITS for bias in (0, 1)]:
        raise Wrong(f"the dense layer gets {two} maps, and a weight for each pixel of each map")
    for name, said, true in zip(
        ("first filters", "second filters", "dense layer", "output"), found, right, strict=True
    ):
        if said != true:
            raise Wrong(f"the {name}: not {said:g}; inputs of one filter or unit, and 1, times all")
    return f"{sum(right):,} together, and four of five in the dense layer"
