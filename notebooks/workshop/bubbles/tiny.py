"""A board so small that a table has room for all of it: what Q-learning should find, exactly.

`Solved` lists every board there is and computes the best play by value iteration (R. Bellman,
1957; R. Sutton and A. Barto, "Reinforcement Learning" (2018), section 4.4): the truth that a table
learnt from games is compared with.
"""

import numpy as np

from . import board
from .games import Games, Player

SWEEPS = 2000  # at most
CLOSE = 1e-6  # points: no value changes by more in the last sweep


class Solved:
    """Best play on a tiny board.

    A column with its bubbles at the bottom is a number in base `colours + 1`, a board is its
    columns' numbers one after the other, and so is an index into a table.

    Attributes:
        boards: (n, height, width) all boards that somebody may have to play on.
        worth: (n,) points to be expected from each, with best play.
    """

    def __init__(self, size: tuple[int, int], colours: int, gamma: float):
        self.size, self.colours, self.gamma = size, colours, gamma
        column = _columns(size[0], colours)
        picks = np.indices((len(column),) * size[1]).reshape(size[1], -1).T
        self.boards = column[picks].transpose(0, 2, 1)
        self._full = self._code(column[column.all(axis=1)].T[None, :, :].transpose(2, 1, 0))
        self._choices = Games.on(self.boards, colours).choices
        self.worth, self._after = self._iterate()

    def q(self, games: Games) -> np.ndarray:
        """The true Q of every choice, (m,)."""
        return games.choices.gains + self.gamma * self._after[self._code(games.choices.afters)]

    def player(self) -> Player:
        """Plays best."""
        return self.q

    def _code(self, boards: np.ndarray) -> np.ndarray:
        digits = boards.transpose(0, 2, 1).reshape(len(boards), -1).astype(int)
        return digits @ (self.colours + 1) ** np.arange(digits.shape[1])[::-1]

    def _iterate(self) -> tuple[np.ndarray, np.ndarray]:
        """Worth of the boards, and a table of the worth of after-states by their codes."""
        choices, codes = self._choices, self._code(self.boards)
        table = np.zeros((self.colours + 1) ** (self.size[0] * self.size[1]))
        afters = self._code(choices.afters)
        worth = np.zeros(len(self.boards))
        for _ in range(SWEEPS):
            before = worth
            q = choices.gains + self.gamma * table[afters]
            worth = np.zeros(len(self.boards))
            np.maximum.at(worth, choices.which, q)
            table[codes] = worth
            self._average(table)
            if np.abs(worth - before).max() < CLOSE:
                return worth, table
        raise RuntimeError(f"no end after {SWEEPS} sweeps; gamma is {self.gamma}")

    def _average(self, table: np.ndarray) -> None:
        """The worth of what has empty columns: the mean over all columns that may come."""
        base = (self.colours + 1) ** self.size[0]
        grid = table.reshape((base,) * self.size[1])  # a view: one axis for each column
        for axis in reversed(range(self.size[1])):
            full = np.take(grid, self._full, axis=axis).mean(axis=axis)
            index = [slice(None)] * self.size[1]
            index[axis:] = [0] * (self.size[1] - axis)
            rest = full[(..., *[0] * (self.size[1] - axis - 1))]
            grid[tuple(index)] = rest


def _columns(height: int, colours: int) -> np.ndarray:
    """All columns with a bubble in them, (n, height), the top first."""
    cells = np.indices((colours + 1,) * height).reshape(height, -1).T
    settled = board.settle(cells[:, :, None])[:, :, 0]
    kept = (settled == cells).all(axis=1) & cells.any(axis=1)
    return cells[kept].astype(np.uint8)


def renamed(boards: np.ndarray) -> np.ndarray:
    """The boards with colours named 1, 2, ... in the order in which each shows them first."""
    flat = boards.reshape(len(boards), -1)
    found = flat[:, None, :] == np.arange(boards.max(initial=0) + 1)[:, None]
    first = np.where(found.any(axis=2), found.argmax(axis=2), flat.shape[1])
    first[:, board.EMPTY] = -1  # stays 0
    names = first.argsort(axis=1, kind="stable").argsort(axis=1)
    return (
        np.take_along_axis(names, flat.astype(int), axis=1).reshape(boards.shape).astype(np.uint8)
    )


class Table:
    """Q-learning: a number for each choice on each board that was seen.

    C. Watkins and P. Dayan, "Q-learning" (1992).

    Args:
        gamma: what a point is worth one move earlier.
        rate: how far a number moves towards what was just seen.
        explore: share of moves at random.
        seed: of these.

    Attributes:
        rows: for the bytes of a board, the numbers of its choices, in the order of `Choices`.
            Boards that differ only in the names of their colours share one row.
    """

    def __init__(self, gamma: float, rate: float, explore: float, seed: int):
        self.gamma, self.rate, self.explore = gamma, rate, explore
        self.rng = np.random.RandomState(seed)
        self.rows: dict[bytes, np.ndarray] = {}

    def q(self, games: Games) -> np.ndarray:
        """What every choice is worth, (m,), as far as is known; 0 where nothing is."""
        return np.concatenate([[], *self._rows(games)])

    def learn(self, games: Games) -> int:
        """Play games to their end, and learn from every move; returns the number of moves."""
        moves = 0
        while not games.over.all():
            choices, rows = games.choices, self._rows(games)
            random = self.rng.rand(len(choices.which))
            by_chance = self.rng.rand(len(games)) < self.explore
            chosen = choices.best(np.where(by_chance[choices.which], random, self.q(games)))
            later = games.after(chosen)
            first = np.searchsorted(choices.which, choices.which[chosen])
            for game, place, gain, row in zip(
                choices.which[chosen],
                chosen - first,
                choices.gains[chosen],
                self._rows(later),
                strict=True,
            ):
                target = gain + self.gamma * row.max(initial=0)
                rows[game][place] += self.rate * (target - rows[game][place])
            moves += len(chosen)
            games = later
        return moves

    def _rows(self, games: Games) -> list[np.ndarray]:
        counts = np.bincount(games.choices.which, minlength=len(games))
        return [
            self.rows.setdefault(one.tobytes(), np.zeros(count))
            for one, count in zip(renamed(games.boards), counts, strict=True)
        ]
