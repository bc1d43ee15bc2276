"""The exercises of lesson 8: solutions are right, and typical mistakes hear what to look at."""

import numpy as np
import pytest
from solutions import Exercise
from workshop.exercises import lesson8

LESSON = "8-Natural-Language"
BITS, STEP, TEMPERATURE, TOP = (
    Exercise(LESSON, number, check=lesson8, np=np) for number in (1, 2, 3, 4)
)


@pytest.mark.parametrize("exercise", [BITS, STEP, TEMPERATURE, TOP])
def test_the_solution_is_right_and_the_open_form_open(exercise):
    assert exercise.verdict(exercise.solved).state == "Right", exercise.verdict(exercise.solved)
    assert exercise.verdict(exercise.opened).state == "Open"


def says(exercise, old, new):
    verdict = exercise.verdict(exercise.edited(old, new))
    assert verdict.state == "Not yet", verdict
    return verdict.text


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("-np.log2(p).mean()", "np.log2(p).mean()", "below 0"),
        ("-np.log2(p).mean()", "-np.log2(p).sum()", "all four cost together"),
        ("-np.log2(p).mean()", "-np.log(p).mean()", "natural logarithm"),
        ("-np.log2(p).mean()", "-np.log10(p).mean()", "decimal digits"),
        ("-np.log2(p).mean()", "-np.log2(p.mean())", "logarithm of the mean"),
        ("-np.log2(p).mean()", "2 ** -np.log2(p).mean()", "1.5 on average"),
        ("-np.log2(p).mean()", "-np.log2(p)", "one number is asked for, and these are 4"),
    ],
)
def test_bits(old, new, message):
    assert message in says(BITS, old, new)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("keep * cell + write * new", "write * cell + keep * new", "two gates are exchanged"),
        ("keep * cell + write * new", "write * new", "forgotten everything"),
        ("keep * cell + write * new", "cell + write * new", "all it ever had"),
        ("keep * cell + write * new", "np.tanh(keep * cell + write * new)", "that is 0.6"),
        ("cell = keep * cell", "cell *= keep\n    cell = cell", "has changed"),
        ("show * np.tanh(cell), cell", "cell, show * np.tanh(cell)", "wrong order"),
        ("show * np.tanh(cell), cell", "show * cell, cell", "squeezed first"),
        ("show * np.tanh(cell), cell", "np.tanh(show * cell), cell", "squeeze it first"),
        ("show * np.tanh(cell), cell", "np.tanh(cell), cell", "how much of it is seen"),
        ("show * np.tanh(cell), cell", "new * np.tanh(cell), cell", "should be 0.322"),
        ("show * np.tanh(cell), cell", "show * np.tanh(cell)", "a pair is asked for"),
        ("    cell = keep * cell", "    old, cell = cell, keep * cell", None),
    ],
)
def test_step(old, new, message):
    if message is None:  # h made of the cell of before
        source = STEP.edited(old, new).replace("np.tanh(cell)", "np.tanh(old)")
        assert "shows the old one" in STEP.verdict(source).text
    else:
        assert message in says(STEP, old, new)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("p ** (1 / temperature)", "p ** temperature", "the likeliest should gain"),
        ("p ** (1 / temperature)", "p / temperature", "it is a power"),
        ("p ** (1 / temperature)", "np.exp(p / temperature)", "before softmax"),
        ("p ** (1 / temperature)", "p ** 2", "is a number of yours fixed"),
        ("p ** (1 / temperature)", "p ** 3", "should become 0.685"),
        ("powers / powers.sum()", "powers", "add up to"),
        ("powers / powers.sum()", "powers / powers.max()", "add up to"),
    ],
)
def test_temperature(old, new, message):
    assert message in says(TEMPERATURE, old, new)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("kept / kept.sum()", "kept", "add up to 0.8, not to 1"),
        ("p >= np.sort(p)[-k]", "p <= np.sort(p)[k - 1]", "the unlikeliest"),
        ("p >= np.sort(p)[-k]", "p > np.sort(p)[-k]", "1 is left"),
        ("p >= np.sort(p)[-k]", "p >= np.sort(p)[-k - 1]", "3 are left"),
        ("p >= np.sort(p)[-k]", "p >= np.sort(p)[k - 1]", "3 are left"),
        ("p >= np.sort(p)[-k]", "np.arange(len(p)) < k", "first 2 of the alphabet"),
        ("p >= np.sort(p)[-k], p, 0", "p >= np.sort(p)[-k], 1, 0", "not equally likely"),
        ("p >= np.sort(p)[-k]", "p >= 0", "2 were asked for, and 4 are left"),
        ("p >= np.sort(p)[-k]", "p >= np.sort(p)[-2]", "if all 4 may stay"),
        ("kept = np.where", "p[p < 0.3] = 0\n    kept = np.where", "work on a copy"),
    ],
)
def test_top_k(old, new, message):
    assert message in says(TOP, old, new)
