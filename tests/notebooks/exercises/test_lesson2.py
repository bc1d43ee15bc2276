"""The checks of lesson 2 know right answers from typical wrong ones, and say how they differ."""

import numpy as np
import pytest
from solutions import Exercise
from workshop.exercises import lesson2 as check

CONVOLUTION, RISING, POOL, COUNT = 1, 2, 3, 4


def correlate(picture, weights):
    """What the lesson defines before its first exercise."""
    views = np.lib.stride_tricks.sliding_window_view(picture, weights.shape)
    return (views * weights).sum(axis=(2, 3))


EDITS = [
    (CONVOLUTION, "weights[::-1, ::-1]", "weights", "nothing is turned"),
    (CONVOLUTION, "weights[::-1, ::-1]", "weights[::-1]", "left and right have to as well"),
    (CONVOLUTION, "weights[::-1, ::-1]", "weights[:, ::-1]", "top and bottom have to as well"),
    (CONVOLUTION, "weights[::-1, ::-1]", "weights.T", "rows have become columns"),
    (CONVOLUTION, "weights[::-1, ::-1]", "np.rot90(weights)", "a quarter of a turn"),
    (CONVOLUTION, "weights[::-1, ::-1]", "np.rot90(weights, 3)", "three quarters of a turn"),
    (CONVOLUTION, "picture, weights[::-1, ::-1]", "picture[::-1, ::-1], weights", "on its head"),
    (CONVOLUTION, "picture, weights[::-1, ::-1])", "picture, weights)[::-1, ::-1]", "the result"),
    (CONVOLUTION, "weights[::-1, ::-1]", "-weights", "the number at the top left should be"),
    (
        CONVOLUTION,
        "picture, weights[",
        "np.pad(picture, 1), weights[",
        "has the shape (6, 7); asked",
    ),
    (RISING, "[[-1, -1, 2], [-1, 2, -1], [2, -1, -1]]", "np.zeros((3, 3))", "0 to everything"),
    (RISING, "-1, -1, 2]", "0, 0, 2]", "the sum of its numbers"),
    (RISING, "[[-1, -1, 2]", "[[1, 1, 4]", "where all is ink it answers 6"),
    (
        RISING,
        "[[-1, -1, 2], [-1, 2, -1], [2, -1, -1]]",
        "3 * np.eye(3) - 1",
        "fall to the right; the first row is the top one",
    ),
    (
        RISING,
        "[[-1, -1, 2], [-1, 2, -1], [2, -1, -1]]",
        "[[-1, -1, -1], [2, 2, 2], [-1, -1, -1]]",
        "to a stroke - 6",
    ),
    (RISING, "[[-1, -1, 2]", "[-1, 2, -1], [[-1, -1, 2]", "numbers are asked for"),
    (RISING, "[-1, 2, -1], ", "", "has the shape (2, 3)"),
    (POOL, ".max(axis=(1, 3))", ".mean(axis=(1, 3))", "mean of each square"),
    (POOL, ".max(axis=(1, 3))", ".min(axis=(1, 3))", "smallest number"),
    (
        POOL,
        "maps.reshape(height // 2, 2, width // 2, 2).max(axis=(1, 3))",
        "maps[::2, ::2]",
        "same",
    ),
    (POOL, "maps.reshape(height // 2, 2, width // 2, 2).max(axis=(1, 3))", "maps", "shape (4, 4)"),
    (POOL, "(1, 3)", "(0, 2)", "half a picture apart"),
    (POOL, "2).max(axis=(1, 3))", "2).max(axis=(1, 3)).clip(0)", "below 0 has its largest one"),
    (POOL, "2).max(axis=(1, 3))", "2).sum(axis=(1, 3))", "you say 14"),
    (POOL, "width // 2, 2)", "2, 2)", "cannot reshape array of size 48"),
    (COUNT, "5 * 5 + 1", "5 * 5", "the first filters: not 400"),
    (COUNT, "(5 * 5 + 1) * 16", "(5 * 5 + 1) * 16 * 24 * 24", "the same weights wherever"),
    (COUNT, "(5 * 5 * 16 + 1) * 32", "(5 * 5 + 1) * 32", "looks at all 16 maps"),
    (COUNT, "4 * 4 * 32", "8 * 8 * 32", "how large are the maps"),
    (COUNT, "4 * 4 * 32", "7 * 7 * 32", "how large are the maps"),
    (COUNT, "4 * 4 * 32", "4 * 4", "the dense layer gets 32 maps"),
    (COUNT, "129 * 10", "128 * 10", "the output: not 1280"),
    (COUNT, ", 129 * 10]", "]", "has the shape (3,); asked for is (4,)"),
]


def exercise(number: int) -> Exercise:
    return Exercise("2-MNIST-CNN", number, check=check, np=np, correlate=correlate)


@pytest.mark.parametrize("number", [CONVOLUTION, RISING, POOL, COUNT])
def test_solution_is_right_and_no_answer_is_open(number):
    asked = exercise(number)
    assert asked.verdict(asked.solved).state == "Right"
    assert asked.verdict(asked.opened).state == "Open"


@pytest.mark.parametrize(("number", "old", "new", "sentence"), EDITS)
def test_typical_mistake_is_recognised(number, old, new, sentence):
    asked = exercise(number)
    verdict = asked.verdict(asked.edited(old, new))
    assert verdict.state == "Not yet"
    assert sentence in verdict.text


def test_biases_forgotten_everywhere_are_recognised():
    verdict = check.count_weights([400, 12_800, 65_536, 1_280])
    assert verdict.state == "Not yet" and "a bias, too" in verdict.text


def test_squares_that_overlap_are_recognised():
    def answer(maps):
        return np.lib.stride_tricks.sliding_window_view(maps, (2, 2)).max(axis=(2, 3))

    assert "these squares overlap" in check.pool(answer).text


def test_pooling_that_takes_one_size_only_is_recognised():
    def answer(maps):
        return maps[:4, :4].reshape(2, 2, 2, 2).max(axis=(1, 3))

    assert check.pool(answer).state == "Not yet"


def test_another_way_to_pool_is_right():
    def answer(maps):
        rows = np.maximum(maps[::2], maps[1::2])
        return np.maximum(rows[:, ::2], rows[:, 1::2])

    assert check.pool(answer).state == "Right"


def test_another_filter_that_finds_rising_strokes_is_right():
    assert check.rising([[-2, -1, 4], [-1, 4, -3], [3, -2, -2]]).state == "Right"
