"""Checks of lesson 5: leave-one-out by hand, an interval, a distance."""

from collections.abc import Callable
from numbers import Real

import numpy as np

from ..transfer import wilson
from . import Wrong, exercise

TOTAL, CHANCE = 20, 0.5


@exercise
def enough(answer: int) -> str:
    """How many of 20 are enough to be surely better than chance."""
    if isinstance(answer, float) and 0 < answer < 1:
        raise Wrong("that is a share; a number of pictures is asked for")
    if isinstance(answer, bool) or answer != int(answer) or not 0 <= answer <= TOTAL:
        raise Wrong(f"a whole number of pictures from 0 to {TOTAL} is asked for")
    low, high = wilson(int(answer), TOTAL)
    says = f"with {answer} of {TOTAL} the interval goes from {100 * low:.0f} to {100 * high:.0f} %"
    if low <= CHANCE:
        raise Wrong(f"{says}, and chance, {100 * CHANCE:.0f} %, lies within")
    if wilson(int(answer) - 1, TOTAL)[0] > CHANCE:
        raise Wrong(f"{says}; that is enough, but fewer are enough, too: look for the smallest")
    return f"{says}: to be just better than a coin, a classifier must get so many right"


@exercise
def nearest(answer: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> str:
    """For each picture the class of the nearest other one."""
    rng = np.random.RandomState(5)
    rows = rng.normal(size=(12, 7)) * np.geomspace(1, 0.01, 7)
    labels = rng.permutation(np.repeat([3, 4, 5], 4))  # no numbers of pictures, no order
    said = np.asarray(answer(rows.copy(), labels.copy()))
    if said.shape != labels.shape:
        raise Wrong(
            f"for {len(labels)} pictures your answer has the shape {said.shape}; one class for "
            f"each picture is asked for, ({len(labels)},)"
        )
    squares = ((rows[:, None] - rows[None]) ** 2).sum(axis=2)
    others = np.where(np.eye(len(rows), dtype=bool), np.inf, squares)
    along = np.abs(rows[:, None] - rows[None]).sum(axis=2)
    np.fill_diagonal(along, np.inf)
    if np.array_equal(said, labels[others.argmin(axis=1)]):
        return (
            "no training, one line of arithmetic, and a fair judgement; try it on the features of "
            "this lesson: nearest(POOL5, pictures.labels) == pictures.labels"
        )
    if np.array_equal(said, labels):
        raise Wrong(
            "every picture got its own class, because nothing is nearer to it than itself; so it "
            "was not left out, and shuffled labels would be 100 % right, too"
        )
    if np.array_equal(said, others.argmin(axis=1)):
        raise Wrong("these are the numbers of the nearest pictures; their classes are asked for")
    if np.array_equal(said, labels[squares.argmax(axis=1)]):
        raise Wrong("these are the classes of the pictures that are farthest away")
    if np.array_equal(said, labels[along.argmin(axis=1)]):
        raise Wrong(
            "the differences are summed up as they are; for the distance of two points they are "
            "squared first"
        )
    count = int((said != labels[others.argmin(axis=1)]).sum())
    raise Wrong(
        f"for {count} of {len(labels)} pictures this is not the class of the nearest other one; "
        "print the distances of the first picture and look for the smallest one"
    )


@exercise
def distance(answer: Callable[[np.ndarray, np.ndarray, float], float]) -> str:
    """The signed distance of a point from the plane `row @ weights + bias = 0`."""
    weights, bias = np.array([3.0, 0.0, -4.0]), 2.0
    rows = np.array([[1.0, 7.0, 0.0], [0.0, 1.0, 2.0], [2.0, 5.0, 2.0]])
    said = [answer(row, weights, bias) for row in rows]
    if not all(isinstance(value, Real) or np.ndim(value) == 0 for value in said):
        raise Wrong("the distance is one number; multiply row and weights with @, which sums up")
    score, length = rows @ weights + bias, 5.0  # of the weights
    if np.allclose(said, score / length):
        return "the sign says on which side, the size how far: what the figure above shows"
    for wrong, why in (
        (score, "that is the weighted sum; with weights twice as long it doubles, a distance not"),
        (score / length**2, "you divided by the squared length of the weights"),
        (np.abs(score) / length, "the sign is lost, and with it the side of the boundary"),
        (rows @ weights / length, "the boundary does not go through zero: the bias is missing"),
        (rows @ weights / length + bias, "the bias must be divided by the length, too"),
        (score / np.abs(weights).sum(), "the length is the root of the sum of squares"),
        (-score / length, "the sides are swapped: a positive sum lies on the positive side"),
    ):
        if np.allclose(said, wrong):
            raise Wrong(why)
    raise Wrong(
        f"for the row {rows[0]}, weights {weights} and bias {bias} the weighted sum is "
        f"{score[0]:g}; what must it be divided by?"
    )
