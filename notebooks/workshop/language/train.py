"""Trains the networks that lesson 8 ships, and writes down how that went.

    python3 -m workshop.language.train FOLDER [--passes N]

FOLDER gets the checkpoints and `log.json`. Some 25 minutes of one processor core for all; with
`--passes 1` it stops after the first pass over the plays, as the test of the figures does. The same
numbers come out each time, but for roundings that differ from computer to computer.
"""

import argparse
import json
import time
from pathlib import Path

from . import checkpoints
from .corpus import SHAKESPEARE, Alphabet, Corpus, load_plays, load_poems
from .recurrent import Network
from .training import Meter, Training

SEED = 8
UNITS = 384
STREAMS, STEPS = 32, 32
#: After so many passes over a text a checkpoint is kept; the last number ends the training.
PASSES = {"plays": (1, 3, 8), "poems": (5,)}
EARLY = {"plays": 100, "poems": 0}  # after so many steps one is kept, too
RATE = {"plays": 0.003, "poems": 0.001}  # the network that goes on with the poems knows much
DROP = 0.3  # share of h that is hidden from softmax
SMOOTH = 0.05  # of what is expected, the share that goes to the whole alphabet
MEASURED = 8  # streams in which the held-out text is read


def train(name: str, corpus: Corpus, network: Network, folder: Path, stop: int) -> list[dict]:
    """Train on one corpus for `stop` passes; the log of what was measured on the way."""
    alphabet = Alphabet(SHAKESPEARE)
    codes, held_out = alphabet.encode(corpus.train), alphabet.encode(corpus.held_out)
    last = PASSES[name][-1]
    training = Training(
        network, codes, STREAMS, STEPS, RATE[name], last, SEED, drop=DROP, smooth=SMOOTH
    )
    meter, log, start = Meter(network), [], time.monotonic()
    for number in range(1, stop * training.steps_in_pass + 1):
        training.step()
        passes, rest = divmod(number, training.steps_in_pass)
        if rest and number != EARLY[name]:
            continue
        losses = training.losses[-training.steps_in_pass :]
        log.append(
            {
                "steps": number,
                "train": round(sum(losses) / len(losses), 4),
                "held_out": round(meter.bits(held_out, MEASURED), 4),
                "seconds": round(time.monotonic() - start),
            }
        )
        print(name, log[-1], flush=True)
        label = "early" if rest else "last" if passes == last else passes
        if rest or passes in PASSES[name]:
            part = round(number / training.steps_in_pass, 2)
            checkpoints.save(folder / f"{name}-{label}.npz", network, alphabet, part)
    return log


def main() -> None:
    """Train on the plays, then go on with the poems."""
    parser = argparse.ArgumentParser(description="Trains the networks of lesson 8.")
    parser.add_argument("folder", type=Path, help="gets checkpoints and log")
    parser.add_argument("--passes", type=int, help="stop after so many over the plays")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    network = Network("lstm", len(SHAKESPEARE), UNITS, SEED)
    log = {}
    for name, load in (("plays", load_plays), ("poems", load_poems)):
        stop = arguments.passes or PASSES[name][-1]
        log[name] = train(name, load(), network, arguments.folder, stop)
        (arguments.folder / "log.json").write_text(json.dumps(log, indent=1) + "\n")
        if arguments.passes:
            break


if __name__ == "__main__":
    main()
