"""Where a network looks: cover a part of the picture, and see how much of its answer is left.

Source: M. Zeiler and R. Fergus, "Visualizing and Understanding Convolutional Networks" (2013),
section 4.2. It needs no gradient, only many answers, which are asked for in batches.
"""

from collections.abc import Callable

import numpy as np

BATCH = 8  # covered pictures of a step


class Occlusion:
    """Covers one place after the other, and keeps what it found; `step` goes on where it was.

    Args:
        probabilities: the network: from (n, 3, side, side) to (n, classes).
        picture: (3, side, side) as prepared for that network. The cover is 0, which is the
            colour of the average picture.
        index: of the class whose probability is looked at.
        patch: side of the cover in pixels.
        stride: pixels from one place to the next.

    Attributes:
        whole: the probability with nothing covered.
        found: (rows, columns) the probability with that place covered; NaN where it is not
            known yet.
    """

    def __init__(
        self,
        probabilities: Callable[[np.ndarray], np.ndarray],
        picture: np.ndarray,
        index: int,
        patch: int,
        stride: int,
    ) -> None:
        side = picture.shape[-1]
        if not 0 < stride <= patch <= side:
            raise ValueError(
                f"a cover of {patch} pixels every {stride} leaves gaps or sticks out of {side} "
                "pixels; take 0 < stride <= patch <= side"
            )
        self.probabilities, self.picture, self.index = probabilities, picture, index
        self.patch = patch
        self.starts = _starts(side, patch, stride)
        self.whole = float(probabilities(picture[None])[0, index])
        self.found = np.full((len(self.starts), len(self.starts)), np.nan, np.float32)

    @property
    def missing(self) -> int:
        """How many places are not covered yet."""
        return int(np.isnan(self.found).sum())

    def step(self) -> int:
        """Cover the next places, `BATCH` at most; returns how many."""
        places = np.argwhere(np.isnan(self.found))[:BATCH]
        if len(places):
            batch = np.stack([self.covered(row, column) for row, column in places])
            self.found[tuple(places.T)] = self.probabilities(batch)[:, self.index]
        return len(places)

    def covered(self, row: int, column: int) -> np.ndarray:
        """The picture with one place covered."""
        picture = self.picture.copy()
        picture[(slice(None), *self._place(row, column))] = 0
        return picture

    def loss(self) -> np.ndarray:
        """(side, side): how much probability a pixel's covers cost, on average; 0 if unknown."""
        side = self.picture.shape[-1]
        total, count = np.zeros((2, side, side), np.float32)
        for (row, column), probability in np.ndenumerate(self.found):
            if not np.isnan(probability):
                total[self._place(row, column)] += self.whole - probability
                count[self._place(row, column)] += 1
        return total / np.maximum(count, 1)

    def _place(self, row: int, column: int) -> tuple[slice, slice]:
        top, left = self.starts[row], self.starts[column]
        return slice(top, top + self.patch), slice(left, left + self.patch)


def _starts(side: int, patch: int, stride: int) -> list[int]:
    """Where covers begin; the last one ends at the border."""
    return sorted({*range(0, side - patch, stride), side - patch})
