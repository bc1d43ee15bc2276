"""Counting predicts what the formula says, computed here by a dictionary for each order."""

import math
import sys
from collections import Counter, defaultdict

import numpy as np
import pytest

from appliance_build.paths import PROJECT

sys.path.insert(0, str(PROJECT / "notebooks"))
from workshop.language.ngram import LEAST, USUAL, NGram

TEXT = (
    "the three thrifty brothers bothered the other brother's mother; neither thought that the "
    "brother bothered her, but the mother thought otherwise, though that bothered neither brother"
)
SYMBOLS = sorted(set(TEXT) | {"z"})  # z is never seen
CODES = np.array([SYMBOLS.index(symbol) for symbol in TEXT])


def tables(order: int) -> list[Counter]:
    """Counts for each order: of the highest how often, below it after how many characters."""
    groups = [
        [tuple(CODES[i : i + n]) for i in range(len(CODES) - n + 1)] for n in range(1, order + 2)
    ]
    below = [Counter(group[1:] for group in set(longer)) for longer in groups[1:order]]
    return [*below, Counter(groups[order - 1])]


def discounts(counts: Counter) -> list[float]:
    n = Counter(counts.values())
    off = [0, USUAL, USUAL, USUAL]
    if n[1] and n[2] and n[3]:
        share = n[1] / (n[1] + 2 * n[2])
        off = [0, *(k - (k + 1) * share * n[k + 1] / n[k] for k in (1, 2, 3))]
    return [0, *(min(max(value, LEAST), k) for k, value in enumerate(off) if k)]


def expected(order: int, before: tuple, code: int) -> float:
    p = 1 / len(SYMBOLS)
    for length, counts in enumerate(tables(order), start=1):
        if length - 1 > len(before):
            break
        start = before[len(before) - length + 1 :]
        followers = {g[-1]: count for g, count in counts.items() if g[:-1] == start}
        if followers:
            off = discounts(counts)
            taken = defaultdict(float, {c: off[min(n, 3)] for c, n in followers.items()})
            left = followers.get(code, 0) - taken[code]
            p = (left + sum(taken.values()) * p) / sum(followers.values())
    return p


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_probabilities_are_those_of_the_formula(order):
    model = NGram(CODES, len(SYMBOLS), order)
    new = [SYMBOLS.index(symbol) for symbol in "zthe thz brother"]
    found = model.probabilities(np.array(new))
    for place, code in enumerate(new):
        before = tuple(new[max(0, place - order + 1) : place])
        assert math.isclose(found[place], expected(order, before, code), rel_tol=1e-9)
        chances = model.next(new[:place][-order:] if place else [])
        assert math.isclose(chances.sum(), 1) and chances.min() > 0
        if place < order or order > 1:
            assert math.isclose(model.next(before)[code], found[place], rel_tol=1e-9)


def test_bits_leave_the_first_character_out():
    model = NGram(CODES, len(SYMBOLS), 2)
    p = model.probabilities(CODES[:9])
    assert math.isclose(model.bits(CODES[:9]), -np.log2(p[1:]).mean())


def test_more_characters_help_where_they_tell_something():
    text = np.tile([0, 1, 0, 2], 200)  # after 0 comes 1 or 2, and only the one before tells which
    short, long = (NGram(text, 3, order).bits(text) for order in (2, 3))
    assert 0.45 < short < 0.6 and long < 0.05


@pytest.mark.parametrize(("symbols", "order"), [(10, 0), (1000, 8)])
def test_orders_that_cannot_be_counted_are_refused(symbols, order):
    with pytest.raises(ValueError, match="cannot be counted"):
        NGram(CODES, symbols, order)


def test_a_text_shorter_than_the_order_is_predicted_by_the_orders_below():
    assert np.isfinite(NGram(CODES[:2], len(SYMBOLS), 5).bits(CODES))
