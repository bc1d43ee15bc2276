"""The rules of Bubble Breaker, for many boards at once: pure functions of arrays.

A board is (height, width) of small whole numbers, 0 for an empty cell and 1, 2, 3, ... for the
colours; row 0 is on top. Everything takes `boards`, (n, height, width), and changes none of it.

A group is bubbles of one colour that touch, side by side or one above the other. Whoever pops a
group of n, 2 at least, gets n(n-1). Then bubbles fall down, columns that became empty close up to
the left, and new columns come in from the right. The game is over when no group is left.
"""

import numpy as np

EMPTY = 0
COLOURS = 9  # at most


def labels(boards: np.ndarray) -> np.ndarray:
    """For each cell the number of its group, (n, height, width); -1 for an empty cell.

    A group's number is the index of its first cell, counted row by row through all boards. Every
    cell begins with its own index. Again and again it takes the smallest of its neighbours', and
    then the number that this cell has by now, which makes way along long groups in a few rounds.
    """
    pairs = (np.s_[:, 1:], np.s_[:, :-1]), (np.s_[:, :, 1:], np.s_[:, :, :-1])
    alike = [boards[one] == boards[other] for one, other in pairs]
    number = np.arange(boards.size).reshape(boards.shape)
    while True:
        new = number.copy()
        for ends, touching in zip(pairs, alike, strict=True):
            lowest = np.minimum(*(number[end] for end in ends))
            lowest[~touching] = boards.size  # more than any number
            for end in ends:
                np.minimum(new[end], lowest, out=new[end])
        new = new.ravel()[new]
        if np.array_equal(new, number):
            return np.where(boards != EMPTY, number, -1)
        number = new


def groups(boards: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """All that can be popped: (m,) on which board, and (m, height, width) which cells.

    Sorted by board, and on a board by the first cell of the group.
    """
    number = labels(boards)
    sizes = np.bincount(number[number >= 0], minlength=boards.size)
    first = np.flatnonzero(sizes >= 2)
    which = first // (boards.shape[1] * boards.shape[2])
    return which, number[which] == first[:, None, None]


def settle(boards: np.ndarray) -> np.ndarray:
    """What can fall has fallen, and empty columns have closed up to the left."""
    up = np.argsort(boards != EMPTY, axis=1, kind="stable")  # empty cells rise
    fallen = np.take_along_axis(boards, up, axis=1)
    left = np.argsort(~fallen.any(axis=1), axis=1, kind="stable")  # empty columns go right
    return np.take_along_axis(fallen, left[:, None, :], axis=2)


def pop(boards: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """Each board after one group was popped, before new columns come; cells: True where it was."""
    return settle(np.where(cells, EMPTY, boards).astype(boards.dtype))


def points(cells: np.ndarray) -> np.ndarray:
    """What popping these groups gives, (n,): n(n-1) for n bubbles."""
    bubbles = cells.sum(axis=(1, 2))
    return bubbles * (bubbles - 1)


def columns(seeds: np.ndarray, numbers: np.ndarray, height: int, colours: int) -> np.ndarray:
    """Columns of bubbles, (n, height): of each game, which its seed names, one by its number.

    The same seed and number always give the same column. So players can be compared in the very
    same games, and what was undone comes back as it was.

    Raises:
        ValueError: a number of colours, or a seed, that there is not.
    """
    if not 1 <= colours <= COLOURS:
        raise ValueError(f"{colours} colours; 1 to {COLOURS} can be told apart")
    if np.any(np.less(seeds, 0)) or np.any(np.greater_equal(seeds, 2**24)):
        raise ValueError(f"the seed of a game is from 0 to {2**24 - 1}")
    place = (np.asarray(seeds, np.uint64)[:, None] << np.uint64(40)) + (
        np.asarray(numbers, np.uint64)[:, None] << np.uint64(8)
    )
    return (_mixed(place + np.arange(height, dtype=np.uint64)) % colours + 1).astype(np.uint8)


def _mixed(x: np.ndarray) -> np.ndarray:
    """Random bits for numbers that are in order: G. Steele et al., "Fast splittable pseudorandom
    number generators" (2014), as SplitMix64."""
    x = (x + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def refill(
    boards: np.ndarray, seeds: np.ndarray, drawn: np.ndarray, colours: int
) -> tuple[np.ndarray, np.ndarray]:
    """New columns in the place of empty ones, from left to right.

    drawn: (n,) how many columns each game has had so far. Returns the boards and the new `drawn`.
    """
    empty = ~boards.any(axis=1)
    which, column = np.nonzero(empty)
    before = np.cumsum(empty, axis=1)[which, column] - 1
    new = boards.copy()
    new[which, :, column] = columns(seeds[which], drawn[which] + before, boards.shape[1], colours)
    return new, drawn + empty.sum(axis=1)
