"""Many games of Bubble Breaker at once, move by move; and one game, with undo."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from . import board

CHANGING = ("seeds", "boards", "drawn", "scores", "moves")  # what each game has of its own


@dataclass(frozen=True)
class Choices:
    """All that can be popped now, in all games.

    Attributes:
        which: (m,) in which game, in increasing order.
        cells: (m, height, width) True for the bubbles of the group.
        gains: (m,) points that it gives.
        afters: (m, height, width) the board after it, before new columns come: the after-state.
    """

    which: np.ndarray
    cells: np.ndarray
    gains: np.ndarray
    afters: np.ndarray

    def best(self, worth: np.ndarray) -> np.ndarray:
        """Of each game that has choices, the index of the one worth most; the first of equals."""
        order = np.lexsort((-worth, self.which))
        _, first = np.unique(self.which[order], return_index=True)
        return order[first]


@dataclass(frozen=True)
class Games:
    """Games at some moment. Nothing changes one: a move gives the next.

    Attributes:
        seeds: (n,) the names of the games; from a seed follow all of its columns.
        colours: how many there are.
        boards: (n, height, width).
        drawn: (n,) columns that came so far.
        scores: (n,) points so far.
        moves: (n,) groups popped so far.
    """

    seeds: np.ndarray
    colours: int
    boards: np.ndarray
    drawn: np.ndarray
    scores: np.ndarray
    moves: np.ndarray

    @classmethod
    def deal(cls, seeds: np.ndarray, size: tuple[int, int], colours: int) -> "Games":
        """New games on full boards; size: height and width."""
        seeds, none = np.asarray(seeds, int), np.zeros(len(seeds), int)
        empty = np.zeros((len(seeds), *size), np.uint8)
        boards, drawn = board.refill(empty, seeds, none, colours)
        return cls(seeds, colours, boards, drawn, none, none)

    @classmethod
    def on(cls, boards: np.ndarray, colours: int) -> "Games":
        """Games that stand so, to ask for choices; they have no history."""
        none = np.zeros(len(boards), int)
        return cls(none, colours, boards, none, none, none)

    def __len__(self) -> int:
        return len(self.seeds)

    @cached_property
    def choices(self) -> Choices:
        """What can be popped; a game that is over has nothing."""
        which, cells = board.groups(self.boards)
        gains = board.points(cells)
        return Choices(which, cells, gains, board.pop(self.boards[which], cells))

    @cached_property
    def over(self) -> np.ndarray:
        """(n,) True where nothing can be popped any more."""
        over = np.ones(len(self), bool)
        over[self.choices.which] = False
        return over

    def __getitem__(self, index: np.ndarray) -> "Games":
        """Some of the games."""
        return replace(self, **{name: getattr(self, name)[index] for name in CHANGING})

    def put(self, index: np.ndarray, others: "Games") -> "Games":
        """These games, with others in the place of some of them."""
        changed = {name: getattr(self, name).copy() for name in CHANGING}
        for name, values in changed.items():
            values[index] = getattr(others, name)
        return replace(self, **changed)

    def after(self, chosen: np.ndarray) -> "Games":
        """The games in which something was chosen, one move later; chosen: indices of choices."""
        now = self[self.choices.which[chosen]]
        boards, drawn = board.refill(
            self.choices.afters[chosen], now.seeds, now.drawn, self.colours
        )
        scores = now.scores + self.choices.gains[chosen]
        return replace(now, boards=boards, drawn=drawn, scores=scores, moves=now.moves + 1)


#: A player says what each choice is worth to it, and takes the one worth most.
Player = Callable[[Games], np.ndarray]


def play(games: Games, player: Player, moves: int = 1000) -> Games:
    """The games when they are over, or after so many moves more, in their order."""
    index, now = np.arange(len(games)), games
    for _ in range(moves):
        if now.over.all():
            break
        chosen = now.choices.best(player(now))
        index, now = index[now.choices.which[chosen]], now.after(chosen)
        games = games.put(index, now)
    return games
