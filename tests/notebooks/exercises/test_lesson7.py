"""The checks of lesson 7 know right answers from typical wrong ones, and say how they differ."""

import numpy as np
import pytest
from solutions import Exercise
from workshop.exercises import lesson7 as check

RETURN, UPDATE, TARGETS, PAIRED = 1, 2, 3, 4
ALL = (RETURN, UPDATE, TARGETS, PAIRED)

WRONG = [
    (RETURN, lambda r, g: sum(r), "all rewards as they are"),
    (RETURN, lambda r, g: sum(g ** (t + 1) * x for t, x in enumerate(r)), "begin with gamma ** 0"),
    (RETURN, lambda r, g: sum(g**t * x for t, x in enumerate(r[::-1])), "the last reward counts"),
    (RETURN, lambda r, g: np.mean([g**t * x for t, x in enumerate(r)]), "not a mean"),
    (RETURN, lambda r, g: r[0] + g * sum(r[1:]), "one factor gamma more"),
    (RETURN, lambda r, g: 3, "for the rewards [2, 0, 20, 6]"),
    (RETURN, lambda r, g: r[0] + sum(g**t * x for t, x in enumerate(r) if t), "IndexError"),
    (RETURN, lambda r, g: [g**t * x for t, x in enumerate(r)], "one number is asked for"),
    (RETURN, lambda r, g: sum(g**t * x for t, x in enumerate(r)) or 1, "a return of 0"),
    (UPDATE, lambda q, r, b, g, a: r + g * b, "jumps to the target"),
    (UPDATE, lambda q, r, b, g, a: q + a * (r + g * b), "grows for ever"),
    (UPDATE, lambda q, r, b, g, a: a * (r + g * b - q), "how much Q changes"),
    (UPDATE, lambda q, r, b, g, a: q - a * (r + g * b - q), "away from the target"),
    (UPDATE, lambda q, r, b, g, a: q + a * (r + b - q), "gamma times as much"),
    (UPDATE, lambda q, r, b, g, a: q + a * (g * (r + b) - q), "counts in full"),
    (UPDATE, lambda q, r, b, g, a: a * q + (1 - a) * (r + g * b), "what stays of the old Q"),
    (UPDATE, lambda q, r, b, g, a: q, "yours gives 10"),
    (TARGETS, lambda q, w, n: np.full(n, q.max()), "best choice of its own"),
    (TARGETS, lambda q, w, n: np.bincount(w, q, n), "no sum"),
    (TARGETS, lambda q, w, n: np.array([6.5, 0, 7, 2.5, 0]), "a random player"),
    (
        TARGETS,
        lambda q, w, n: [np.where(w == i, q, 0).argmax() for i in range(n)],
        "where the best one stands",
    ),
    (TARGETS, lambda q, w, n: [q[w == i].max() for i in range(n)], "stopped"),
    (
        TARGETS,
        lambda q, w, n: [q[w == i].max(initial=-np.inf) for i in range(n)],
        "boards 1 and 4 have no choice",
    ),
    (TARGETS, lambda q, w, n: [q[w == i].max() for i in np.unique(w)], "has the shape (3,)"),
    (TARGETS, lambda q, w, n: np.zeros(n), "of 5, yours is"),
    (PAIRED, lambda a, b: (np.mean(b - a), 1), "how much better the other"),
    (PAIRED, lambda a, b: (np.median(a - b), 1), "the mean of `one - other`"),
    (
        PAIRED,
        lambda a, b: (np.mean(a - b), np.sqrt((a.var() + b.var()) / len(a))),
        "in different games",
    ),
    (PAIRED, lambda a, b: (np.mean(a - b), np.std(a - b)), "a single game varies"),
    (PAIRED, lambda a, b: (np.mean(a - b), np.std(a - b) / len(a)), "a root is missing"),
    (PAIRED, lambda a, b: (np.mean(a - b), 1.0), "the second is off"),
    (PAIRED, lambda a, b: np.mean(a - b), "has the shape ()"),
]
NAMES = {RETURN: "discounted", UPDATE: "update", TARGETS: "targets", PAIRED: "paired"}


@pytest.mark.parametrize("number", ALL)
def test_solution_is_right_and_no_answer_is_open(number):
    asked = Exercise("7-Reinforcement-Learning", number, check=check, np=np)
    assert asked.verdict(asked.solved).state == "Right", asked.verdict(asked.solved).text
    assert asked.verdict(asked.opened).state == "Open"


@pytest.mark.parametrize(("number", "answer", "sentence"), WRONG)
def test_typical_mistake_is_recognised(number, answer, sentence):
    verdict = getattr(check, NAMES[number])(answer)
    assert verdict.state == "Not yet"
    assert sentence in verdict.text


def test_an_unbiased_standard_deviation_is_right_too():
    def answer(one, other):
        return np.mean(one - other), np.std(one - other, ddof=1) / np.sqrt(len(one))

    assert check.paired(answer).state == "Right"
