"""Lesson 4's checks: its solutions are right, typical mistakes are told what to look at."""

import numpy as np
import pytest
from cells import cells, verdict
from workshop.exercises import lesson4 as check

CELLS = cells("4-ImageNet-inception-v3")
NAMES = {"np": np, "check": check}


def test_every_exercise_is_here():
    assert len(CELLS) == 4


@pytest.mark.parametrize("number", range(len(CELLS)))
def test_stub_is_open_and_solution_right(number):
    opened, solved = CELLS[number]
    assert verdict(opened, **NAMES).state == "Open"
    found = verdict(solved, **NAMES)
    assert found.state == "Right", found.text


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda i, f, h, w: f * (i * h * w + 1), "does what a bias would do"),
        (lambda i, f, h, w: f * h * w, "count both"),
        (lambda i, f, h, w: i * f * w * w, "would be square"),
        (lambda i, f, h, w: i * f * (h + w), "draw one filter"),
    ],
)
def test_wrong_weights(answer, says):
    found = check.weights(answer)
    assert found.state == "Not yet" and says in found.text


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (sum, "on what the first one saw already"),
        (np.prod, "if the filters stood apart"),
        (max, "looks at neighbours"),
        (lambda sizes: sum(sizes) - 1, "you say"),
    ],
)
def test_wrong_views(answer, says):
    found = check.sees(answer)
    assert found.state == "Not yet" and says in found.text


def folded(scale, shift):
    """An answer: filters times `scale`, and `shift` as bias, both made of all that is given."""

    def answer(W, *given):
        return W * scale(*given)[:, None, None, None], shift(*given)

    return answer


def right(g, b, m, v, e):
    return g / np.sqrt(v + e)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda W, g, b, m, v, e: W, "return two things"),
        (lambda W, g, b, m, v, e: (W * g[0], b[:, None] + m), "along the first axis"),
        (folded(lambda g, b, m, v, e: g / np.sqrt(v), right), "epsilon is missing"),
        (folded(lambda g, b, m, v, e: g / (v + e), right), "not by the variance"),
        (folded(lambda g, b, m, v, e: 1 / np.sqrt(v + e), right), "gamma is missing"),
        (folded(lambda g, b, m, v, e: g, right), "by what is each of them multiplied"),
        (folded(right, lambda g, b, m, v, e: b), "has to be subtracted"),
        (folded(right, lambda g, b, m, v, e: b - m), "is scaled as everything else"),
        (folded(right, lambda g, b, m, v, e: b + m), "a picture of zeros"),
    ],
)
def test_wrong_folds(answer, says):
    found = check.fold(answer)
    assert found.state == "Not yet" and says in found.text


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda p, q: p + q, "add up to 2"),
        (lambda p, q: p, "one network alone"),
        (np.maximum, "add up to 1 for each photo"),
        (lambda p, q: p * q, "add up to 1 for each photo"),
        (lambda p, q: (p + q).argmax(axis=1), "keep the shape"),
        (lambda p, q: np.sqrt(p * q), "count the same"),
    ],
)
def test_wrong_opinions(answer, says):
    found = check.both(answer)
    assert found.state == "Not yet" and says in found.text
