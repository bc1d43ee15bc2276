"""The checks of lesson 0 know right answers from typical wrong ones, and say how they differ.

What an attendee compiles with Theano is a Python function here, which is called in the same way.
The solutions themselves are run by every build, for its layer `compiled`.
"""

from types import SimpleNamespace

import numpy as np
import pytest
from solutions import Exercise
from workshop.exercises import lesson0 as check

LESSON = "0-TheanoBasics"


def recurring(first, second, kind=int, step=lambda a, b: a + b):
    """Answers Fibonacci's numbers; `step` makes the next of the last two."""

    def compile_it():
        pair = [kind(first), kind(second)]

        def call():
            said = pair[0]
            pair[:] = pair[1], kind(step(*pair))
            return np.array(said)

        return call

    return compile_it


def curves(value, slope):
    """Answers a function that returns both."""
    return lambda: lambda z: [value(z), slope(z)]


def s(z):
    return 1 / (1 + np.exp(-z))


def slope(z):
    return s(z) * (1 - s(z))


def line(rate=0.1, learn=(1, 1), total=np.mean):
    """Answers a step that fits a line; `learn` has a 0 for a weight that does not."""

    def compile_it():
        weights = np.zeros(2)

        def call(x, y):
            error = weights[0] * x + weights[1] - y
            loss = total(error**2)
            gradient = [total(2 * error * x), total(2 * error)]
            weights[:] -= rate * np.array(learn) * gradient
            return np.array(loss)

        return call

    return compile_it


RIGHT = {
    check.centre_rows: lambda: lambda m: m - m.mean(axis=1, keepdims=True),
    check.fibonacci: recurring(0, 1),
    check.logistic: curves(s, slope),
    check.line_step: line(),
}

WRONG = [
    (check.centre_rows, lambda: lambda m: m - m.mean(axis=0), "each column is centred"),
    (check.centre_rows, lambda: lambda m: m - m.mean(axis=1), "the means do not fit the table"),
    (check.centre_rows, lambda: lambda m: m - m.mean(), "one mean was taken of the whole table"),
    (check.centre_rows, lambda: lambda m: m.mean(axis=1, keepdims=True), "the shape (2, 1)"),
    (check.centre_rows, lambda: lambda m: 0 * m + m.mean(axis=1, keepdims=True), "are the means"),
    (check.centre_rows, lambda: lambda m: m, "now have the means [ 3. 20.], not 0"),
    (check.centre_rows, lambda: "m - m.mean()", "compile it with theano.function"),
    (check.fibonacci, lambda: lambda: 0, "every call returns 0: which updates"),
    (check.fibonacci, recurring(1, 1), "they begin with 1: start from 0"),
    (check.fibonacci, recurring(0, 1, step=lambda a, b: b + b), "the numbers double"),
    (check.fibonacci, recurring(0, 1, kind=np.float32), "float32 keeps 7 digits"),
    (check.fibonacci, recurring(0, 1, kind=lambda n: (n + 2**31) % 2**32 - 2**31), "int32 ends"),
    (check.fibonacci, recurring(0, 1, step=lambda a, b: b - a), "the first numbers are 0, 1, 1, 0"),
    (check.logistic, lambda: s, "two things are asked for"),
    (check.logistic, curves(slope, slope), "the first is the slope already"),
    (check.logistic, curves(lambda z: s(-z), slope), "sign in the exponent"),
    (check.logistic, curves(np.tanh, slope), "at 4 0.982; yours is 0 and 0.999"),
    (check.logistic, curves(s, lambda z: slope(z).sum()), "this is one slope"),
    (check.logistic, curves(s, lambda z: slope(z) / len(z)), "9 times too small"),
    (check.logistic, curves(s, lambda z: -slope(z)), "this slope is negative"),
    (check.logistic, curves(s, s), "the second is the curve again"),
    (check.logistic, curves(s, lambda z: 1 - s(z)), "the curve is right, the slope is not"),
    (check.line_step, line(rate=0), "where are the updates?"),
    (check.line_step, line(rate=-0.1), "points uphill"),
    (check.line_step, line(learn=(1, 0)), "only one of the two weights"),
    (check.line_step, line(learn=(0, 1)), "only one of the two weights"),
    (check.line_step, line(total=np.sum), "this is the sum of the squared errors"),
    (check.line_step, line(total=lambda e: e.mean() / 2), "the first loss is 1.33"),
    (check.line_step, line(rate=1), "the first loss is right, but it goes on"),
]

EDITS = [
    ("w - rate * error @ x, b - rate", "w + rate * error @ x, b + rate", "goes uphill"),
    (" / len(t)", "", "as many times too long as there are points"),
    ("b - rate * error.sum()", "b", "w is right, b is not"),
    ("1 / (1 + np.exp(-(x @ w + b)))", "x @ w + b", "taken for the probability"),
    ("(p - t) / len(t)", "(p - t) * p * (1 - p) / len(t)", "half the squared error"),
    ("error = (p - t)", "error = 0 * (p - t)", "nothing moved"),
    ("w - rate * error @ x", "w - 3 * rate * error @ x", "but finite differences of the loss say"),
    ("w - rate * error @ x", "w.sum()", "has the shape ()"),
    (", b - rate * error.sum()", "", "two things are asked for"),
]


@pytest.mark.parametrize("checked", RIGHT, ids=lambda checked: checked.__name__)
def test_right_answer_is_right(checked):
    assert checked(RIGHT[checked]).state == "Right"


@pytest.mark.parametrize(("checked", "answer", "sentence"), WRONG)
def test_typical_mistake_is_recognised(checked, answer, sentence):
    verdict = checked(answer)
    assert verdict.state == "Not yet"
    assert sentence in verdict.text


def test_solution_by_hand_is_right():
    exercise = Exercise(LESSON, 5, check=check, np=np)
    assert exercise.verdict(exercise.solved).state == "Right"


@pytest.mark.parametrize(("old", "new", "sentence"), EDITS)
def test_typical_mistake_by_hand_is_recognised(old, new, sentence):
    exercise = Exercise(LESSON, 5, check=check, np=np)
    verdict = exercise.verdict(exercise.edited(old, new))
    assert verdict.state == "Not yet"
    assert sentence in verdict.text


@pytest.mark.parametrize("number", range(1, 6))
def test_exercise_without_an_answer_is_open(number):
    # Exercise 4 makes symbols and shared variables before the dots; here they are never used.
    names = {"T": SimpleNamespace(vector=str), "theano": SimpleNamespace(shared=float)}
    exercise = Exercise(LESSON, number, check=check, np=np, **names)
    assert exercise.verdict(exercise.opened).state == "Open"
