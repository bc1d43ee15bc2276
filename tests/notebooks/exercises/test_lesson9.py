"""The checks of lesson 9 know right answers from typical wrong ones, and say how they differ."""

import numpy as np
import pytest
from solutions import Exercise
from workshop.exercises import lesson9 as check

BOUND, GFLOPS, AT_LEAST = 1, 2, 3

EDITS = [
    (BOUND, "2.0**-24", "np.finfo(np.float32).eps", "half a step"),
    (BOUND, "2.0**-24", "2.0**-53", "for numbers of 64 bits"),
    (BOUND, "a.shape[1] * ", "", "how many terms"),
    (BOUND, "a.shape[1]", "a.shape[0]", "you multiply by 3, a side of a"),
    (BOUND, "a.shape[1]", "b.shape[1]", "you multiply by 4, a side of b"),
    (BOUND, " * 2.0**-24", "", "u, the rounding of one operation, is missing"),
    (BOUND, "np.abs(a) @ np.abs(b)", "a @ b", "take absolute values before"),
    (BOUND, "np.abs(a) @ np.abs(b)", "np.abs(a @ b)", "take absolute values before"),
    (
        BOUND,
        "np.abs(a) @ np.abs(b)",
        "np.abs(a).sum() * np.ones((3, 4))",
        "the first number should",
    ),
    (BOUND, "(np.abs(a) @ np.abs(b))", "1", "has the shape (); asked for is (3, 4)"),
    (GFLOPS, "2 * ", "", "you count the multiplications"),
    (GFLOPS, " / 1e9", "", "these are FLOP/s"),
    (GFLOPS, "1e9", "2**30", "for the sizes of memory"),
    (GFLOPS, "/ seconds", "* seconds", "divided by seconds"),
    (GFLOPS, " / seconds", "", "divided by seconds"),
    (GFLOPS, " * k", "", "it needs k"),
    (GFLOPS, "m * k * n", "n**3", "need not be square"),
    (GFLOPS, "2 * m * k * n", "(m + k + n)", "0.06; yours is 0.0001"),
    (AT_LEAST, "max", "min", "has to wait for the other"),
    (AT_LEAST, ", bytes_moved / bytes_per_second", ", 0", "the bytes can take longer"),
    (AT_LEAST, "operations / operations_per_second", "0", "the operations can take longer"),
    (AT_LEAST, "max(operations /", "max(2 * operations /", "take 3 s at least; yours is 6"),
]


def exercise(number: int) -> Exercise:
    return Exercise("9-Machine-Check", number, check=check, np=np)


@pytest.mark.parametrize("number", [BOUND, GFLOPS, AT_LEAST])
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


def test_one_after_the_other_is_recognised():
    assert "one after the other" in check.at_least(lambda o, b, f, g: o / f + b / g).text


def test_upside_down_is_recognised():
    assert "divided by operations" in check.at_least(lambda o, b, f, g: max(f / o, g / b)).text
