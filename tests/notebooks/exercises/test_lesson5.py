"""The checks of lesson 5: solutions pass, open cells are open, wrong answers hear what is wrong."""

import numpy as np
import pytest
from cells import cells, verdict
from workshop import transfer
from workshop.exercises import lesson5 as check

CELLS = cells("5-Commerce")
NAMES = {"np": np, "transfer": transfer, "check": check}


def test_the_lesson_has_three_exercises():
    assert len(CELLS) == 3


@pytest.mark.parametrize(("opened", "solved"), CELLS)
def test_solution_is_right_and_the_open_cell_open(opened, solved):
    assert verdict(solved, **NAMES).state == "Right", verdict(solved, **NAMES).text
    assert verdict(opened, **NAMES).state == "Open", verdict(opened, **NAMES).text


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (11, "with 11 of 20 the interval goes from 34 to 74 %, and chance, 50 %, lies within"),
        (14, "chance, 50 %, lies within"),
        (20, "fewer are enough, too"),
        (16, "fewer are enough, too"),
        (0.75, "a number of pictures is asked for"),
        (21, "from 0 to 20"),
        (14.5, "from 0 to 20"),
        (True, "from 0 to 20"),
        ("fifteen", "ValueError"),
    ],
)
def test_not_enough_or_too_much(answer, says):
    assert check.enough(answer).state == "Not yet"
    assert says in check.enough(answer).text


def squares(rows):
    return ((rows[:, None] - rows[None]) ** 2).sum(axis=2)


def others(table):
    return np.where(np.eye(len(table), dtype=bool), np.inf, table)


NEAREST = {
    "because nothing is nearer": lambda r, k: k[squares(r).argmin(axis=1)],
    "their classes are asked for": lambda r, k: others(squares(r)).argmin(axis=1),
    "farthest away": lambda r, k: k[squares(r).argmax(axis=1)],
    "squared first": lambda r, k: k[
        others(np.abs(r[:, None] - r[None]).sum(axis=2)).argmin(axis=1)
    ],
    "has the shape (12, 12)": lambda r, k: k[others(squares(r)).argsort(axis=1)],
    "stopped with IndexError": lambda r, k: k[others(squares(r)).argmin()],
    "not the class of the nearest": lambda r, k: np.full_like(k, 4),
}


@pytest.mark.parametrize(("says", "answer"), NEAREST.items(), ids=NEAREST)
def test_not_the_nearest_other_one(says, answer):
    assert check.nearest(answer).state == "Not yet"
    assert says in check.nearest(answer).text


DISTANCE = {
    "with weights twice as long": lambda x, w, b: x @ w + b,
    "squared length": lambda x, w, b: (x @ w + b) / (w @ w),
    "the sign is lost": lambda x, w, b: abs(x @ w + b) / np.linalg.norm(w),
    "the bias is missing": lambda x, w, b: x @ w / np.linalg.norm(w),
    "the bias must be divided": lambda x, w, b: x @ w / np.linalg.norm(w) + b,
    "sum of squares": lambda x, w, b: (x @ w + b) / np.abs(w).sum(),
    "the sides are swapped": lambda x, w, b: -(x @ w + b) / np.linalg.norm(w),
    "one number": lambda x, w, b: (x * w + b) / np.linalg.norm(w),
    "what must it be divided by?": lambda x, w, b: 0.0,
}


@pytest.mark.parametrize(("says", "answer"), DISTANCE.items(), ids=DISTANCE)
def test_not_the_distance(says, answer):
    assert check.distance(answer).state == "Not yet"
    assert says in check.distance(answer).text
