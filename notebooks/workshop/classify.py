"""Tells what is on photos.

usage: python3 -m workshop.classify --model googlenet|inception-v3 [--top N] [--json] PHOTO...
"""

import argparse
import json
import sys
from contextlib import redirect_stdout

import numpy as np

from .errors import WorkshopError
from .labels import CLASSES
from .photos import PhotoError, read_photo
from .weights import NETWORKS

BATCH = 16  # photos that the network is asked about at once


def main() -> int:
    """Exit status: 0, or 1 where a photo or a file of weights cannot be read."""
    options = _parser().parse_args()
    from .classifier import Classifier  # Theano takes seconds: wrong use is told before

    try:
        with redirect_stdout(sys.stderr):  # a stand-in announces itself there: stdout is for data
            network = Classifier(options.model)
    except WorkshopError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    prepared = []
    for path in options.photos:
        try:
            prepared.append((path, network.prepare(read_photo(path))))
        except PhotoError as error:
            print(f"error: {error}", file=sys.stderr)
    answers = []
    for start in range(0, len(prepared), BATCH):
        paths, batch = zip(*prepared[start : start + BATCH], strict=True)
        answers += zip(paths, network.top(np.stack(batch), options.top), strict=True)
    sys.stdout.write(_as_json(answers) if options.json else _as_text(answers))
    return 0 if len(answers) == len(options.photos) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python3 -m workshop.classify", description="Tell what is on photos."
    )
    parser.add_argument("--model", choices=NETWORKS, required=True, help="the network to ask")
    parser.add_argument(
        "--top", metavar="N", type=_count, default=5, help="likeliest classes to show (5)"
    )
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("photos", metavar="PHOTO", nargs="+", help="a file: JPEG, PNG, GIF …")
    return parser


def _count(text: str) -> int:
    if not (text.isdecimal() and 1 <= int(text) <= CLASSES):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 to {CLASSES}")
    return int(text)


def _as_json(answers: list) -> str:
    report = [
        {
            "file": path,
            "top": [
                {"class": index, "label": label, "probability": probability}
                for index, label, probability in top
            ],
        }
        for path, top in answers
    ]
    return json.dumps(report, indent=1) + "\n"


def _as_text(answers: list) -> str:
    lines = []
    for path, top in answers:
        lines.append(f"{path}\n")
        lines += [f"  {100 * probability:5.1f} %  {label}\n" for _, label, probability in top]
    return "".join(lines)


if __name__ == "__main__":
    sys.exit(main())
