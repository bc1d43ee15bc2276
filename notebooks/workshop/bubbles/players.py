"""Players of Bubble Breaker that learn nothing.

Each takes games and returns what every choice is worth to it: (m,) numbers, the higher the better.
"""

import numpy as np

from .games import Games, Player


def random(seed: int) -> Player:
    """Pops any group."""
    rng = np.random.RandomState(seed)
    return lambda games: rng.rand(len(games.choices.which))


def greedy(games: Games) -> np.ndarray:
    """Pops the largest group, which is what gives most points now."""
    return games.choices.gains


def saver(games: Games) -> np.ndarray:
    """Leaves the commonest colour alone, so that it grows together; else the largest group.

    "TabuColor" of M. Schadd et al., "Single-player Monte-Carlo tree search" (2008).
    """
    choices, cells = games.choices, games.boards.reshape(len(games), -1)
    counts = np.stack([(cells == colour).sum(1) for colour in range(1, games.colours + 1)], 1)
    popped = np.where(choices.cells, games.boards[choices.which], 0).max(axis=(1, 2))
    saved = popped == 1 + counts.argmax(axis=1)[choices.which]
    return np.where(saved, -1, choices.gains)


def ahead(games: Games) -> np.ndarray:
    """Looks one move ahead: points now, and those of the best move after it without new columns."""
    later = Games.on(games.choices.afters, games.colours).choices
    best = np.zeros(len(games.choices.which), int)
    np.maximum.at(best, later.which, later.gains)
    return games.choices.gains + best
