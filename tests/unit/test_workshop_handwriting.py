"""Digits are moved and drawings prepared as MNIST's makers did; the page's bytes are read."""

import sys

import numpy as np
import pytest

from appliance_build.paths import NOTEBOOKS

sys.path.append(str(NOTEBOOKS))
from workshop import handwriting
from workshop.handwriting import DrawingError


@pytest.mark.parametrize(
    ("right", "down", "row", "column"),
    [(0, 0, 1, 2), (2, 0, 1, 4), (-2, 0, 1, 0), (0, 3, 4, 2), (0, -1, 0, 2), (1, -1, 0, 3)],
)
def test_shift_moves_ink_and_leaves_paper(right, down, row, column):
    picture = np.zeros((2, 5, 6), np.float32)
    picture[:, 1, 2] = 1
    moved = handwriting.shift(picture, right, down)
    assert np.argwhere(moved[1]).tolist() == [[row, column]]
    assert moved.sum() == 2


@pytest.mark.parametrize("steps", [{"right": 6}, {"right": -9}, {"down": 5}, {"down": -7}])
def test_what_is_moved_out_of_the_picture_is_gone(steps):
    assert not handwriting.shift(np.ones((3, 5, 6)), **steps).any()


@pytest.mark.parametrize("right", [-3, -1, 0, 2])
@pytest.mark.parametrize("down", [-4, 0, 1])
def test_shift_is_a_roll_where_nothing_comes_back_in(right, down):
    picture = np.random.RandomState(0).rand(7, 9)
    moved = handwriting.shift(picture, right, down)
    rolled = np.roll(picture, (down, right), axis=(0, 1))
    assert np.array_equal(moved[4:-4, 3:-3], rolled[4:-4, 3:-3])


def centre(digit):
    """Row and column of the centre of mass, from the upper left corner."""
    places = np.arange(28) + 0.5
    return tuple((digit.sum(axis=axis) * places).sum() / digit.sum() for axis in (1, 0))


@pytest.mark.parametrize("size", [1, 0.5, 0.2])
def test_a_drawing_becomes_20_pixels_long_and_is_centred(size):
    seven = [(0.1, 0.1), (0.1 + 0.5 * size, 0.1), (0.1 + 0.2 * size, 0.1 + 0.8 * size)]
    digit = handwriting.centred(handwriting.strokes([seven]))
    rows = np.flatnonzero(digit.max(axis=1))
    assert digit.shape == (28, 28) and digit.dtype == np.float32
    assert digit.min() >= 0 and digit.max() <= 1
    assert 19 <= rows[-1] - rows[0] + 1 <= 20
    assert np.allclose(centre(digit), 14, atol=0.6)


def test_a_line_at_the_edge_stays_within_the_picture():
    digit = handwriting.centred(handwriting.strokes([[(0.99, 0), (0.99, 1)]]))
    assert np.allclose(centre(digit), 14, atol=0.6)


def test_a_drawing_whose_weight_is_at_one_end_stays_whole():
    heavy = np.zeros((70, 70), np.float32)
    heavy[10:60, 10] = 0.5
    heavy[55:60, 10:60] = 1
    digit = handwriting.centred(heavy)
    assert np.ptp(np.flatnonzero(digit.max(axis=1))) + 1 == 20
    assert digit[0].any()  # nearer to the middle would be beyond the edge


def test_a_drawing_without_ink_is_told():
    with pytest.raises(DrawingError, match="draw a digit first"):
        handwriting.centred(np.zeros((70, 70)))


def test_shrunk_leaves_ink_where_it_is():
    drawing = handwriting.strokes([[(0.25, 0.25), (0.25, 0.25)]])
    row, column = np.unravel_index(handwriting.shrunk(drawing).argmax(), (28, 28))
    assert abs(row - 6.5) <= 1 and abs(column - 6.5) <= 1


def test_the_pages_bytes_are_read_row_by_row():
    levels = np.zeros((70, 70), np.uint8)
    levels[3, 5], levels[69, 0] = 255, 51
    drawing = handwriting.read(levels.tobytes())
    assert drawing.shape == (70, 70) and drawing.dtype == np.float32
    assert drawing[3, 5] == 1 and drawing[69, 0] == pytest.approx(0.2)
    assert np.count_nonzero(drawing) == 2


@pytest.mark.parametrize("count", [0, 1, 4899, 4901])
def test_another_number_of_bytes_is_told(count):
    with pytest.raises(DrawingError, match="run this cell again"):
        handwriting.read(bytes(count))
