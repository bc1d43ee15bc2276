"""Lesson 3's checks: its solutions are right, typical mistakes are told what to look at."""

import numpy as np
import pytest
from cells import cells, verdict
from workshop import preprocessing
from workshop.exercises import lesson3 as check

CELLS = cells("3-ImageNet-googlenet")
NAMES = {"np": np, "preprocessing": preprocessing, "check": check}
MEAN = np.float32(preprocessing.CAFFE_MEAN)


def test_every_exercise_is_here():
    assert len(CELLS) == 3


@pytest.mark.parametrize("number", range(len(CELLS)))
def test_stub_is_open_and_solution_right(number):
    opened, solved = CELLS[number]
    assert verdict(opened, **NAMES).state == "Open"
    found = verdict(solved, **NAMES)
    assert found.state == "Right", found.text


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda i, f, s: f * i * s * s, "one number that is added"),
        (lambda i, f, s: i * s * s + 1, "that is one filter"),
        (lambda i, f, s: f * (s * s + 1), "looks at every channel"),
        (lambda i, f, s: f * (i * s + 1), "as high as it is wide"),
        (lambda i, f, s: f * (i * s * s + i), "draw one filter"),
    ],
)
def test_wrong_counts(answer, says):
    found = check.parameters(answer)
    assert found.state == "Not yet" and says in found.text


def turned(numbers):
    return numbers.transpose(1, 2, 0)


def in_place(numbers):
    numbers += MEAN[:, None, None]
    return turned(numbers)[:, :, ::-1]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda n: n + MEAN[:, None, None], "channels still come first"),
        (lambda n: n.T + MEAN, "lies on its side"),
        (lambda n: n[0], "became (6, 5)"),
        (lambda n: turned(n) + MEAN, "still blue, green, red"),
        (lambda n: turned(n)[:, :, ::-1], "mean is not added yet"),
        (turned, "neither the mean nor"),
        (lambda n: turned(n)[:, :, ::-1] + MEAN, "from the last to the first"),
        (lambda n: turned(n)[::-1] + MEAN, "the colours are not"),
        (in_place, "changes the numbers"),
    ],
)
def test_wrong_ways_back(answer, says):
    found = check.undo(answer)
    assert found.state == "Not yet" and says in found.text


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda b: b, "nothing has changed"),
        (lambda b: b[:, :, ::-1], "stand on their heads"),
        (lambda b: b[:, :, ::-1, ::-1], "so are top and bottom"),
        (lambda b: b[:, ::-1], "channels are exchanged"),
        (lambda b: b[::-1], "photos have changed places"),
        (lambda b: b[0], "keep the shape"),
        (lambda b: b * 0, "not every picture"),
    ],
)
def test_wrong_mirrors(answer, says):
    found = check.mirror(answer)
    assert found.state == "Not yet" and says in found.text
