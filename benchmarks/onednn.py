"""What oneDNN gives: the appliance beside itself with Theano's own operations, on two threads.

usage: make benchmark      (on an idle machine; prints milliseconds and ratios)

Both take turns of some steps each, and a ratio is taken within a turn, since machines drift.
No figure counts unless both have the same values.
"""

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from appliance_build.progress import console

from . import shipped, training
from .comparison import OURS, Commands, Figures, by_peer, table
from .peer import PROGRAMS, SETTINGS, THREADS, Peer

ALONE = "Theano alone"
SWITCHED_OFF = "THEANO_FLAGS=onednn.enabled=False"
TURNS = 9
TOLERANCE = 1e-3  # of values, in parts of them
SIDE = 224  # pixels of a picture
INSIDE = "usr/share/benchmark"  # where the appliance finds programs and inputs


@dataclass(frozen=True)
class Work:
    """What is measured.

    Attributes:
        title: of its rows.
        program: in `peers/`, and the name that it has there.
        steps: in each turn, as in `training`.
    """

    title: str
    program: str
    steps: int


WORKS = {
    "cnn": Work("lesson 2, CNN, a step", "learn_ours.py", 60),
    "dqn-networks": Work("lesson 7, networks of an update", "learn_ours.py", 200),
    "dream": Work("lesson 6, a step of a dream", "paint_ours.py", 15),
    "style": Work("lesson 6, an evaluation of style transfer", "paint_ours.py", 15),
}


def save_inputs(name: str, path: Path) -> None:
    """Write what both begin with."""
    if name in training.TRAININGS:
        training.save_inputs(training.TRAININGS[name], path)
        return
    rng = np.random.RandomState(0)
    photo, painting = (rng.uniform(0, 255, (1, 3, SIDE, SIDE)) for _ in range(2))
    np.savez(path, photo=photo.astype(np.float32), painting=painting.astype(np.float32))


def commands(tree, name: str, work: Work) -> Commands:
    """What starts each."""
    program = f"python3 -W ignore {work.program} {name}.npz {name} 0"
    settings = " ".join(SETTINGS)
    return {
        OURS: tree.command(f"cd /{INSIDE} && {settings} {program}"),
        ALONE: tree.command(f"cd /{INSIDE} && {settings} {SWITCHED_OFF} {program}"),
    }


def check(first: Sequence[Sequence[float]]) -> None:
    """Who computes something else is no peer."""
    difference = np.abs(np.divide(*first) - 1).max()
    if not difference < TOLERANCE:
        sys.exit(f"{OURS} and {ALONE} differ by {difference:.1e} in a value: {first}")


def measure(work: Work, starts: Commands) -> Figures:
    """Milliseconds of a step, and of both processors in it."""
    with ExitStack() as stack:
        peers = {name: stack.enter_context(Peer(command)) for name, command in starts.items()}
        check([peer.first["losses"] for peer in peers.values()])
        turns = [{n: peer.ask(work.steps) for n, peer in peers.items()} for _ in range(TURNS)]
    return {
        f"{work.title}: {row}": {
            name: [1000 * each / work.steps for each in values]
            for name, values in by_peer(turns, part).items()
        }
        for row, part in (("ms", "seconds"), ("of processors, ms", "processor"))
    }


def main() -> None:
    """Measure, then print the table."""
    figures = {}
    with shipped.tree() as tree:
        inside = Path(tree.upper, INSIDE)
        inside.mkdir(parents=True)
        for program in {"protocol.py", *(work.program for work in WORKS.values())}:
            (inside / program).write_text((PROGRAMS / program).read_text())
        for name, work in WORKS.items():
            save_inputs(name, inside / f"{name}.npz")
            figures |= measure(work, commands(tree, name, work))
    console.print(table(f"with and without oneDNN, {THREADS} threads", figures))


if __name__ == "__main__":
    main()
