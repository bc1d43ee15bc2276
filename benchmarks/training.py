"""The lessons' training in the appliance beside PyTorch, on the same two threads.

usage: make benchmark      (on an idle machine; prints milliseconds, MB and ratios)

The peers take turns of some steps each, and a ratio is taken within a turn, since machines drift.
Both start with the same weights and learn from the same batches of random inputs in the lessons'
shapes. No figure counts unless they have the same losses, dropout left out, which draws at random.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from appliance_build import paths
from appliance_build.progress import console

from . import pytorch, shipped
from .comparison import OURS, PYTORCH, Commands, Figures, by_peer, table
from .peer import PROGRAMS, SETTINGS, THREADS, Peer

sys.path.insert(0, str(paths.NOTEBOOKS))
from workshop.bubbles.games import Games
from workshop.bubbles.sight import count
from workshop.language.corpus import SHAKESPEARE

TURNS = 9
TOLERANCE = 1e-3  # of losses, in parts of them: Adam makes large steps of the smallest gradients
BATCH, BATCHES = 128, 100  # digits in a batch; an epoch of the lessons has 391 of these
SIZE, COLOURS, GAMES, MOVES = (8, 8), 4, 64, 40  # of lesson 7's boards; of those in the replay
UNITS, CODES = 256, 1_000_000
SPREAD = 0.05  # of the first weights
INSIDE = "usr/share/benchmark"  # where the appliance finds its program and the inputs

Shape = tuple[int, ...]
Arrays = dict[str, np.ndarray]


def digits(rng: np.random.RandomState) -> Arrays:
    """Noise. On paper as blank as MNIST's both would differ: of equal maxima in a window Theano's
    pooling gives the gradient to all, PyTorch's to one.
    """
    n = BATCH * BATCHES
    images = rng.uniform(0, 0.5, (n, 28, 28)).astype(np.float32)
    batches = rng.permutation(n).reshape(BATCHES, BATCH)
    labels = rng.randint(10, size=n).astype(np.int32)
    return {"images": images, "labels": labels, "batches": batches}


def text(rng: np.random.RandomState) -> Arrays:
    """Characters at random."""
    return {"codes": rng.randint(len(SHAKESPEARE), size=CODES).astype(np.int32)}


def moves(rng: np.random.RandomState) -> Arrays:
    """Moves of games that are played at random, and what a batch may be worth."""
    games, afters, boards = Games.deal(np.arange(GAMES), SIZE, COLOURS), [], []
    for _ in range(MOVES):
        chosen = games.choices.best(rng.rand(len(games.choices.which)))
        after = games.after(chosen)
        afters.append(games.choices.afters[chosen])
        boards.append(after.boards)
        games = after
    wanted = rng.rand(BATCH).astype(np.float32)
    return {"afters": np.concatenate(afters), "boards": np.concatenate(boards), "wanted": wanted}


@dataclass(frozen=True)
class Training:
    """What is measured.

    Attributes:
        title: of its rows.
        inputs: makes what it learns from.
        weights: the shapes of its arrays, in the order of Lasagne's parameters.
        steps: in each turn, of half a second or so: waking up for it is no part of training.
        dropout: share of units that is switched off.
    """

    title: str
    inputs: Callable[[np.random.RandomState], Arrays]
    weights: Sequence[Shape]
    steps: int
    dropout: float = 0


def dense(*sizes: int) -> list[Shape]:
    """Matrix and bias of each layer."""
    return [shape for below, above in pairwise(sizes) for shape in ((below, above), (above,))]


def correlations(side: int, *maps: int) -> list[Shape]:
    """Filters and bias of each layer."""
    return [
        shape for below, above in pairwise(maps) for shape in ((above, below, side, side), (above,))
    ]


S, U = len(SHAKESPEARE), UNITS
Q = [*correlations(3, count(COLOURS), 16, 32), *dense(512, 64, 1)]
TRAININGS = {
    "mlp": Training("lesson 1, MLP", digits, dense(784, 512, 512, 10), 150, dropout=0.3),
    "cnn": Training(
        "lesson 2, CNN", digits, [*correlations(5, 1, 16, 32), *dense(512, 128, 10)], 60, 0.5
    ),
    "lstm": Training("lesson 8, LSTM", text, [(S, 4 * U), (U, 4 * U), (4 * U,), *dense(U, S)], 50),
    "dqn": Training("lesson 7, DQN update", moves, Q, 100),
    "dqn-networks": Training("its networks alone", moves, Q, 200),
}


def save_inputs(training: Training, path: Path) -> None:
    """Write what both peers begin with."""
    rng = np.random.RandomState(0)
    arrays = training.inputs(rng)
    for number, shape in enumerate(training.weights):
        arrays[f"weights{number}"] = rng.normal(0, SPREAD, shape).astype(np.float32)
    np.savez(path, **arrays)


def commands(tree, name: str, dropout: float) -> Commands:
    """What starts each peer."""
    inputs = Path(tree.upper, INSIDE, f"{name}.npz")
    ours = f"{' '.join(SETTINGS)} python3 -W ignore learn_ours.py {inputs.name} {name} {dropout}"
    return {
        OURS: tree.command(f"cd /{INSIDE} && {ours}"),
        PYTORCH: [*SETTINGS, *pytorch.command("learn_pytorch.py", inputs, name, dropout)],
    }


def check(first: Mapping[str, Sequence[float]]) -> None:
    """A peer that computes something else is none. By peer: the losses of its first steps."""
    difference = np.abs(np.divide(first[PYTORCH], first[OURS]) - 1).max()
    if not difference < TOLERANCE:
        sys.exit(f"{PYTORCH} and {OURS} differ by {difference:.1e} in a loss: {first}")


def measure(training: Training, plain: Commands, as_taught: Commands) -> Figures:
    """Milliseconds of a step, of both processors in it, and memory.

    Args:
        plain: what starts the peers without dropout, to be compared.
        as_taught: what starts those that are measured.
    """
    losses = {}
    for name, command in plain.items():
        with Peer(command) as peer:
            losses[name] = peer.first["losses"]
    check(losses)
    with ExitStack() as stack:
        peers = {name: stack.enter_context(Peer(command)) for name, command in as_taught.items()}
        turns = [{n: peer.ask(training.steps) for n, peer in peers.items()} for _ in range(TURNS)]
    figures = {}
    for row, part in (("a step, ms", "seconds"), ("of processors, ms", "processor")):
        figures[f"{training.title}: {row}"] = {
            name: [1000 * each / training.steps for each in values]
            for name, values in by_peer(turns, part).items()
        }
    return figures | {f"{training.title}: memory, MB": by_peer(turns[-1:], "memory")}


def main() -> None:
    """Measure, then print the table."""
    figures = {}
    with shipped.tree() as tree:
        inside = Path(tree.upper, INSIDE)
        inside.mkdir(parents=True)
        for program in ("protocol.py", "learn_ours.py"):
            (inside / program).write_text((PROGRAMS / program).read_text())
        for name, training in TRAININGS.items():
            save_inputs(training, inside / f"{name}.npz")
            kinds = [commands(tree, name, dropout) for dropout in (0, training.dropout)]
            figures |= measure(training, *kinds)
    console.print(table(f"training, {THREADS} threads", figures))


if __name__ == "__main__":
    main()
