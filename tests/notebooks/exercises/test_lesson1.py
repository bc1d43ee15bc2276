"""The checks of lesson 1 know right answers from typical wrong ones, and say how they differ."""

import numpy as np
import pytest
from solutions import Exercise
from workshop.exercises import lesson1 as check

SOFTMAX, COUNT, EPOCH, SHARE = 1, 2, 3, 4

EDITS = [
    (SOFTMAX, "powers / powers.sum(axis=1, keepdims=True)", "powers", "row adds up to 1.5"),
    (SOFTMAX, "np.exp(sums - sums.max(axis=1, keepdims=True))", "np.exp(sums)", "beyond every"),
    (SOFTMAX, "np.exp(sums - sums.max(axis=1, keepdims=True))", "sums", "cannot"),
    (SOFTMAX, "sums - sums.max(axis=1, keepdims=True)", "-sums", "should give [0.09  0.245 0.665]"),
    (SOFTMAX, "powers / powers.sum(axis=1, keepdims=True)", "powers[0]", "has the shape (3,)"),
    (COUNT, "(784 + 1) * 100 + (100 + 1) * 10", "784 * 100 + 100 * 10", "also has a bias"),
    (COUNT, "(784 + 1) * 100 + (100 + 1) * 10", "784 * 100 + 100", "the outputs have weights"),
    (COUNT, "(784 + 1) * 100 + (100 + 1) * 10", "784 * 100 * 10", "add what you multiplied"),
    (COUNT, "* 100 + (100", "* 100 * (100", "add what you multiplied"),
    (COUNT, "(784 + 1) * 100 + (100 + 1) * 10", "784 + 100 + 10", "these are the units"),
    (COUNT, "+ (100 + 1) * 10", "+ (100 + 1) * 10 + 784", "a pixel is given"),
    (COUNT, "(784 + 1) * 100 + (100 + 1) * 10", "784 * 10 + 10", "not 7850"),
    (COUNT, "(784 + 1) * 100 + (100 + 1) * 10", "[784, 100, 10]", "one number is asked for"),
    (EPOCH, "1 + int", "int", "Python counts from 0"),
    (EPOCH, "1 + int(np.argmin(losses))", "min(losses)", "the lowest loss itself"),
    (EPOCH, '"valid"', '"train"', "best epoch for the training digits"),
    (EPOCH, "argmin", "argmax", "where the validation loss is highest"),
    (EPOCH, "int(np.argmin(losses))", "np.argmax([e['valid'][1] for e in history])", "the loss is"),
    (EPOCH, "1 + int(np.argmin(losses))", "4", "not 4: the validation losses were"),
    (EPOCH, "1 + int(np.argmin(losses))", "3", "not for a history that is best after its first"),
    (SHARE, "axis=1", "axis=0", "(precision)"),
    (SHARE, "matrix.sum(axis=1)", "matrix.sum()", "you divide by all digits"),
    (SHARE, " / matrix.sum(axis=1)", "", "these are counts"),
    (
        SHARE,
        "np.diag(matrix)",
        "(6 + np.diag(matrix))",
        "is 0.6, because the first is right; yours",
    ),
    (SHARE, "return np", "return 1 - np", "shares of the wrong answers"),
    (SHARE, "return np", "return 100 * np", "per cent"),
    (SHARE, "np.diag(matrix) / matrix.sum(axis=1)", "0.8", "has the shape ()"),
]


def exercise(number: int) -> Exercise:
    return Exercise("1-MNIST-MLP", number, check=check, np=np)


@pytest.mark.parametrize("number", [SOFTMAX, COUNT, EPOCH, SHARE])
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


@pytest.mark.parametrize(
    ("total", "sentence"),
    [
        ({}, "all numbers together add up to 1"),
        ({"axis": 0}, "each column adds up to 1"),
        ({"axis": 1}, "the shapes do not fit"),
        (None, "the first row adds up to 30.2"),
    ],
)
def test_softmax_over_the_wrong_numbers_is_recognised(total, sentence):
    def answer(sums):
        powers = np.exp(sums)
        return powers if total is None else powers / powers.sum(**total)

    assert sentence in check.by_hand(answer).text
