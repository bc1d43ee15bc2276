"""Players compared in the very same games, with what chance alone would give."""

from collections.abc import Mapping

import numpy as np

from .games import Games, Player, play

ROUNDS = 10_000


def compete(games: Games, players: Mapping[str, Player], moves: int = 1000) -> dict[str, Games]:
    """The games as each player leaves them, by its name; a game ends after so many moves."""
    return {name: play(games, player, moves) for name, player in players.items()}


def interval(scores: np.ndarray, seed: int = 0) -> tuple[float, float]:
    """Where the mean score would lie in 95 of 100 such samples: the bootstrap.

    Draws as many scores out of these, some twice and some not at all, again and again.
    Source: B. Efron, "Bootstrap methods" (1979).
    """
    drawn = np.random.RandomState(seed).randint(len(scores), size=(ROUNDS // 5, len(scores)))
    low, high = np.percentile(np.asarray(scores)[drawn].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def chance(one: np.ndarray, other: np.ndarray, seed: int = 0) -> float:
    """How likely a difference in the mean as large as this is if both play equally well.

    Then in each game the two scores could as well have been the other way round: their difference
    gets a sign at random, again and again. What was seen counts among these, so it is never 0.
    Source: R. Fisher, "The Design of Experiments" (1935).
    """
    difference = np.asarray(one, float) - other
    signs = np.random.RandomState(seed).choice([-1.0, 1.0], (ROUNDS, len(difference)))
    flipped = np.abs(signs @ difference)
    return float((1 + (flipped >= abs(difference.sum())).sum()) / (1 + ROUNDS))
