"""What the peers of a benchmark have in common, so that their figures mean the same.

A peer is a program of its own, in the environment of its own that its framework needs. One that
serves imports the framework, gets a network ready, asks it about one picture, and says how long
that took. After that it asks it about so many pictures as each line on its standard input says. One
that learns gets a training ready, does its first steps and says their losses. After that it does so
many steps as each line says.
"""

import importlib
import json
import re
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np

FIRST_STEPS = 10  # of a training, that are not timed
#: Threads of OpenBLAS and OpenMP wait in a loop for more work, some for a tenth of a second, and
#: take a core from the next peer: nobody speaks before it has rested for this long.
REST = 0.05  # s


def serve(module: str, load: Callable[[str], Callable[[np.ndarray], np.ndarray]]) -> None:
    """Be a peer: PEER.py BATCH.npy NETWORK, one line of JSON for each answer.

    Args:
        module: what an own program would import first.
        load: makes of NETWORK the function from a batch to probabilities.
    """
    batch = np.load(sys.argv[1])
    with redirect_stdout(sys.stderr):
        start = time.perf_counter()
        importlib.import_module(module)
        imported = time.perf_counter()
        ask = load(sys.argv[2])
        probabilities = ask(batch[:1])
        answered = time.perf_counter()
    _say(
        {
            "import": imported - start,
            "answer": answered - imported,
            "memory": _peak(),
            "probabilities": probabilities.ravel().tolist(),
        }
    )
    for line in sys.stdin:
        pictures = batch[: int(line)]
        start, worked = time.perf_counter(), time.process_time()
        ask(pictures)
        worked, seconds = time.process_time() - worked, time.perf_counter() - start
        _say({"seconds": seconds, "processor": worked, "memory": _peak()})


def learn(load: Callable[[str, Mapping[str, np.ndarray], float], Callable[[], float]]) -> None:
    """Be a peer that trains: PEER.py INPUTS.npz TRAINING DROPOUT.

    Args:
        load: makes of TRAINING, the inputs and the share of units that dropout switches off the
            function that does a step and returns its loss.
    """
    path, training, dropout = sys.argv[1:]
    with np.load(path) as archive:
        inputs = dict(archive)
    with redirect_stdout(sys.stderr):
        step = load(training, inputs, float(dropout))
        losses = [step() for _ in range(FIRST_STEPS)]
    _say({"losses": losses})
    for line in sys.stdin:
        start, worked = time.perf_counter(), time.process_time()
        for _ in range(int(line)):
            step()
        worked, seconds = time.process_time() - worked, time.perf_counter() - start
        _say({"seconds": seconds, "processor": worked, "memory": _peak()})


def _say(figures: dict) -> None:
    _rest()
    print(json.dumps(figures), flush=True)


def _rest() -> None:
    """Wait until this process computes nothing, on none of its threads."""
    working = True
    while working:
        before = time.process_time()
        time.sleep(REST)
        working = time.process_time() - before > REST / 10


def _peak() -> float:
    """The most memory that this process has had so far, in MB; a parent's does not count."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)[1]) / 1024
