"""The checks of lesson 6: solutions pass, open cells are open, wrong answers hear what is wrong."""

from collections.abc import Callable

import numpy as np
import pytest
from cells import cells, verdict
from workshop.exercises import lesson6 as check

CELLS = cells("6-Visual-Art")
NAMES = {"np": np, "check": check}


def test_the_lesson_has_four_exercises():
    assert len(CELLS) == 4


@pytest.mark.parametrize(("opened", "solved"), CELLS)
def test_solution_is_right_and_the_open_cell_open(opened, solved):
    assert verdict(solved, **NAMES).state == "Right", verdict(solved, **NAMES).text
    assert verdict(opened, **NAMES).state == "Open", verdict(opened, **NAMES).text


def size(gradient: np.ndarray) -> float:
    return np.abs(gradient).mean()


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda p, g, s: p + s * g, "nobody would ever see that step"),
        (lambda p, g, s: p - s * g / size(g), "that goes downhill"),
        (lambda p, g, s: p + s * g / g.mean(), "cancel in the mean"),
        (lambda p, g, s: p + s * g / abs(g.mean()), "cancel in the mean"),
        (lambda p, g, s: p + s * g / np.abs(g).max(), "one steep pixel"),
        (lambda p, g, s: p + s * g / np.linalg.norm(g), "it should be the stride, 1.5"),
        (lambda p, g, s: p + s * np.sign(g), "does not follow the gradient"),
        (lambda p, g, s: (p + s * g / size(g)).ravel(), "(32,) came back"),
    ],
)
def test_wrong_steps(answer, says):
    assert_not_yet(check.step, answer, says)


def powers(height: int, width: int, count: int, ratio: float) -> list[tuple[float, float]]:
    return [(height / ratio**k, width / ratio**k) for k in reversed(range(count))]


def rounded(*arguments: float) -> list[tuple[int, int]]:
    return [(round(height), round(width)) for height, width in powers(*arguments)]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (powers, "whole pixels; round"),
        (lambda *a: rounded(*a)[::-1], "turn the order round"),
        (lambda h, w, n, r: rounded(h, w, n + 1, r), "3 octaves were asked for, and 4 came back"),
        (lambda h, w, n, r: rounded(h, w, n + 1, r)[:-1], "the picture in its own size"),
        (lambda h, w, n, r: [(h * 2**k, w * 2**k) for k in range(n)], "larger than the picture"),
        (lambda h, w, n, r: rounded(h, w, n, 2), "should be 1.4 times as long"),
        (lambda h, w, n, r: rounded(280, 448, 3, r), "is a number of yours fixed?"),
    ],
)
def test_wrong_octaves(answer, says):
    assert_not_yet(check.octaves, answer, says)


def rows(features: np.ndarray) -> np.ndarray:
    return features.reshape(len(features), -1)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda f: rows(f).T @ rows(f), "compares places with places"),
        (lambda f: rows(f) @ rows(f).T, "take the mean"),
        (lambda f: np.cov(rows(f), bias=True), "nothing is subtracted"),
        (lambda f: np.corrcoef(rows(f)), "nothing is subtracted"),
        (lambda f: rows(f), "(3, 20) came back"),
        (lambda f: rows(f) @ rows(f).T / 3, "mean over all places"),
        (lambda f: f @ f, "stopped with ValueError"),
    ],
)
def test_wrong_gram_matrices(answer, says):
    assert_not_yet(check.gram, answer, says)


def down(p: np.ndarray) -> np.ndarray:
    return np.diff(p, axis=0)


def right(p: np.ndarray) -> np.ndarray:
    return np.diff(p, axis=1)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (
            lambda p: sum(((p - np.roll(p, 1, axis)) ** 2).mean() for axis in (0, 1)),
            "no neighbours",
        ),
        (lambda p: np.abs(down(p)).mean() + np.abs(right(p)).mean(), "square the differences"),
        (lambda p: (down(p) ** 2).mean(), "that is one direction"),
        (lambda p: (right(p) ** 2).mean(), "that is one direction"),
        (lambda p: (down(p) ** 2).sum() + (right(p) ** 2).sum(), "take means"),
        (lambda p: down(p) ** 2, "one number was asked for"),
        (lambda p: p.var(), "mean of the squares downwards"),
    ],
)
def test_wrong_variations(answer, says):
    assert_not_yet(check.variation, answer, says)


def assert_not_yet(judge: Callable, answer: Callable, says: str) -> None:
    found = judge(answer)
    assert found.state == "Not yet" and says in found.text, f"{found.state}: {found.text}"
