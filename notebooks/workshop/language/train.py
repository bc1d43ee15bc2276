"""Trains the networks that lesson 8 ships, and writes down how that went.

    python3 -m workshop.language.train FOLDER [--passes N]

FOLDER gets the checkpoints and `log.json`. Several hours of an old laptop, less of a newer one;
with `--passes 1` it stops after the first pass over the plays, as the test of the figures does.
The same numbers come out each time, but for roundings that differ from computer to computer.
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
UNITS = 256
STREAMS, STEPS = 32, 32
PASSES = {"plays": 10, "poems": 5}
RATE = {"plays": 0.004, "poems": 0.001}  # the last knows much already
EARLY = 100  # steps, a tenth of a pass: after them the first checkpoint is written
MEASURED = 8  # streams in which the held-out text is read
KEPT = (1,)  # after so many passes, too, and after the last


def train(name: str, corpus: Corpus, network: Network, folder: Path, stop: int) -> list[dict]:
    """Train on one corpus; the log of its passes."""
    alphabet = Alphabet(SHAKESPEARE)
    codes, held_out = alphabet.encode(corpus.train), alphabet.encode(corpus.held_out)
    training = Training(network, codes, STREAMS, STEPS, RATE[name], PASSES[name], SEED)
    meter, log, start = Meter(network), [], time.monotonic()
    for number in range(1, stop * training.steps_in_pass + 1):
        training.step()
        passes, rest = divmod(number, training.steps_in_pass)
        if number == EARLY:
            part = round(number / training.steps_in_pass, 2)
            checkpoints.save(folder / f"{name}-early.npz", network, alphabet, part)
        if rest and number != EARLY:
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
        if passes == PASSES[name] or passes in KEPT:
            label = "last" if passes == PASSES[name] else passes
            checkpoints.save(folder / f"{name}-{label}.npz", network, alphabet, passes)
    return log


def main() -> None:
    parser = argparse.ArgumentParser(description="Trains the networks of lesson 8.")
    parser.add_argument("folder", type=Path, help="gets checkpoints and log")
    parser.add_argument("--passes", type=int, default=0, help="stop after so many over the plays")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    network = Network("lstm", len(SHAKESPEARE), UNITS, SEED)
    log = {}
    for name, corpus in (("plays", load_plays()), ("poems", load_poems())):
        stop = min(arguments.passes or PASSES[name], PASSES[name])
        log[name] = train(name, corpus, network, arguments.folder, stop)
        (arguments.folder / "log.json").write_text(json.dumps(log, indent=1) + "\n")
        if arguments.passes:
            break


if __name__ == "__main__":
    main()
