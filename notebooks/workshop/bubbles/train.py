"""Trains the network of lesson 7: `python3 -m workshop.bubbles.train --to FOLDER`.

Writes the network and its report, as in `pretrained/`. The same seed gives the same network on
the same processor; on another one sums are rounded otherwise, and the score is about the same.
"""

import argparse
import platform
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import theano

from . import arena, players, pretrained
from .deep import Learner, Settings
from .games import Games, play

SIZE, COLOURS = (8, 8), 4
TEST = range(200)  # seeds of the games that no player learns from or was chosen by
CHECK = range(1000, 1040)  # seeds of those for the log
MOVES = 1000  # a game that good players could play much longer ends after so many
STEPS = 3000
LINES = 15  # of the log


def test_games() -> Games:
    """The games in which players are compared."""
    return Games.deal(np.array(TEST), SIZE, COLOURS)


def figures(learnt: object) -> dict[str, dict]:
    """Each player's scores in the test games; `learnt` is the network's player."""
    contest = {
        "random": players.random(0),
        "greedy": players.greedy,
        "saver": players.saver,
        "ahead": players.ahead,
        "learnt": learnt,
    }
    found = arena.compete(test_games(), contest, MOVES)
    return {
        name: {
            "mean": round(float(games.scores.mean()), 1),
            "interval": [round(end, 1) for end in arena.interval(games.scores)],
            "moves": round(float(games.moves.mean()), 1),
            "unfinished": int((~games.over).sum()),
            "p_against_greedy": arena.chance(games.scores, found["greedy"].scores),
        }
        for name, games in found.items()
    }


def train(settings: Settings) -> tuple[Learner, list[dict]]:
    """A learner after all of its steps, and its log."""
    learner, log, start = Learner(settings), [], time.process_time()
    check = Games.deal(np.array(CHECK), settings.size, settings.colours)
    while learner.done < settings.steps:
        learner.step()
        if learner.done % -(-settings.steps // LINES) == 0 or learner.done == settings.steps:
            line = {
                "step": learner.done,
                "games": len(learner.scores),
                "loss": round(float(np.mean(learner.losses[-200:] or [0])), 4),
                "score": round(float(play(check, learner.network.q, MOVES).scores.mean()), 1),
                "seconds": round(time.process_time() - start),
            }
            log.append(line)
            print(*(f"{name} {value}" for name, value in line.items()), flush=True)
    return learner, log


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python3 -m workshop.bubbles.train")
    parser.add_argument("--to", type=Path, required=True, help="folder for network and report")
    parser.add_argument("--seed", type=int, default=1, help="of everything that is drawn")
    parser.add_argument("--steps", type=int, default=STEPS, help="of the training")
    wanted = parser.parse_args(arguments)
    learner, log = train(Settings(SIZE, COLOURS, wanted.steps, seed=wanted.seed))
    pretrained.save(wanted.to, learner.network, {"log": log})
    found = figures(pretrained.load(wanted.to).q)  # as it ships, in float16
    versions = {"Theano": theano.__version__, "NumPy": np.__version__}
    report = {
        "figures": found,
        "versions": versions | {"Python": platform.python_version()},
        "log": log,
    }
    pretrained.save(wanted.to, learner.network, report)
    for name, line in found.items():
        print(f"{name}: mean score {line['mean']}, between {line['interval']} (95 %)")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
