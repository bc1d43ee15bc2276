"""What a network sees of a board: not colours, but which bubbles are alike."""

import numpy as np

from .board import EMPTY

REACH = 3  # cells
NEIGHBOURS = ((0, 1), (1, 0), (0, 2), (2, 0), (1, 1), (1, -1), (0, 3), (3, 0))  # down, right


def count(colours: int) -> int:
    """How many planes there are."""
    return 1 + len(NEIGHBOURS) + colours


def planes(boards: np.ndarray, colours: int) -> np.ndarray:
    """What the network sees, (n, planes, height, width) of 0 and 1.

    Where bubbles are, which have the colour of a neighbour some cells away, and which have the
    commonest colour, the second, and so on. Renaming the colours changes nothing of it, so that
    nothing has to be learnt once for each.
    """
    n, height, width = boards.shape
    wide = np.full((n, height + REACH, width + 2 * REACH), EMPTY, boards.dtype)
    wide[:, :height, REACH:-REACH] = boards
    full = boards != EMPTY
    same = [
        full & (boards == wide[:, down : down + height, REACH + right :][:, :, :width])
        for down, right in NEIGHBOURS
    ]
    flat = boards.reshape(n, -1)
    found = flat[:, None, :] == np.arange(1, colours + 1)[:, None]
    first = np.where(found.any(axis=2), found.argmax(axis=2), flat.shape[1])
    order = np.lexsort((first, -found.sum(axis=2)))  # commonest first; of equals, what is on top
    ranked = found[np.arange(n)[:, None], order].reshape(n, colours, height, width)
    return np.concatenate([np.stack([full, *same], 1), ranked], axis=1).astype(np.float32)
