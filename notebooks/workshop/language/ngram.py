"""Predicting characters by counting: what a recurrent network has to beat.

Source: R. Kneser and H. Ney, "Improved backing-off for m-gram language modeling" (1995), modified
and interpolated as in S. Chen and J. Goodman, "An empirical study of smoothing techniques for
language modeling" (1998), which found it the best of all that they tried.
"""

from collections.abc import Sequence

import numpy as np

LEAST = 0.1  # is taken off a count at least, so that nothing is ever impossible
USUAL = 0.5  # is taken off where a text is too short to tell how much


class NGram:
    """Counts of all groups of up to `order` characters; order 5 looks at the 4 before.

    From each count a little is taken off, and what is gained is given to the prediction of the
    order below, which looks at one character less; below order 1 all symbols are equally likely:

        p_n(c) = (count(before + c) - off + (all off) p_{n-1}(c)) / count(before)

    Below the highest order, it is not counted how often a group occurs, but after how many
    different characters: "omeo" is frequent, but it hardly ever follows anything but "R".

    Args:
        codes: the text to learn from, (n,) numbers from 0 to symbols - 1.
        symbols: size of the alphabet.
        order: at least 1.
    """

    def __init__(self, codes: np.ndarray, symbols: int, order: int):
        if order < 1 or symbols ** (order + 1) >= 2**63:
            raise ValueError(f"an order of {order} with {symbols} symbols cannot be counted")
        self.symbols, self.order = symbols, order
        self._tables = [self._table(codes, length) for length in range(1, order + 1)]

    def probabilities(self, codes: np.ndarray) -> np.ndarray:
        """(n,): how likely each character of a text was, given those before it in this text."""
        p = np.full(len(codes), 1 / self.symbols)
        for length, table in enumerate(self._tables, start=1):
            p[length - 1 :] = self._mix(table, self._groups(codes, length), p[length - 1 :])
        return p

    def next(self, before: Sequence[int]) -> np.ndarray:
        """(symbols,): how likely each character is after these."""
        p = np.full(self.symbols, 1 / self.symbols)
        for length, table in enumerate(self._tables[: len(before) + 1], start=1):
            start = 0
            for code in before[len(before) - length + 1 :]:
                start = start * self.symbols + int(code)
            p = self._mix(table, start * self.symbols + np.arange(self.symbols), p)
        return p

    def bits(self, codes: np.ndarray) -> float:
        """Bits per character of a text, its first character left out: the mean of -log2 p."""
        return float(-np.log2(self.probabilities(codes)[1:]).mean())

    def _groups(self, codes: np.ndarray, length: int) -> np.ndarray:
        """Each group of so many neighbours as one number, in the order of the text."""
        count = max(len(codes) - length + 1, 0)
        groups = np.zeros(count, np.int64)
        for offset in range(length):
            groups = groups * self.symbols + codes[offset : offset + count]
        return groups

    def _table(self, codes: np.ndarray, length: int) -> tuple[np.ndarray, ...]:
        """Groups and what is left of their counts; starts, their counts, all that was taken off."""
        groups = self._groups(codes, length)
        if length < self.order:  # the group of one more, without its first character
            groups = np.unique(self._groups(codes, length + 1)) % self.symbols**length
        groups, counts = np.unique(groups, return_counts=True)
        off = _discounts(counts)[np.minimum(counts, 3)]
        starts, first = np.unique(groups // self.symbols, return_index=True)
        if not len(first):
            return groups, counts, starts, counts, counts
        return groups, counts - off, starts, *(np.add.reduceat(v, first) for v in (counts, off))

    def _mix(self, table: tuple[np.ndarray, ...], groups: np.ndarray, p: np.ndarray) -> np.ndarray:
        """The order of this table, where it knows what stands before, mixed with the one below."""
        known, left, starts, counts, off = table
        before = groups // self.symbols
        count = _look_up(starts, counts, before)
        mixed = _look_up(known, left, groups) + _look_up(starts, off, before) * p
        return np.where(count > 0, mixed / np.maximum(count, 1), p)


def _discounts(counts: np.ndarray) -> np.ndarray:
    """(4,): what is taken off a count of 0, 1, 2, and 3 or more."""
    once, twice, thrice, four = (int((counts == k).sum()) for k in (1, 2, 3, 4))
    off = np.array([0, USUAL, USUAL, USUAL])
    if once and twice and thrice:
        share = once / (once + 2 * twice)
        off[1:] = (
            1 - 2 * share * twice / once,
            2 - 3 * share * thrice / twice,
            3 - 4 * share * four / thrice,
        )
    return np.clip(off, [0, LEAST, LEAST, LEAST], [0, 1, 2, 3])


def _look_up(keys: np.ndarray, values: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The value of each wanted key in a sorted table, 0 for one that is not there."""
    if not len(keys):
        return np.zeros(len(wanted))
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, values[place], 0)
