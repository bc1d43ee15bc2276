"""Are the lessons' data what they were when they shipped?"""

import gzip
import json
import zlib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from .. import shipped
from ..check import Check
from ..context import Context
from ..result import Result, failed, passed
from . import weights

# How many of each digit, 0 to 9, are in MNIST's files of labels: counted in the files that Yann
# LeCun published, whose hashes are in locks/assets.lock.
DIGITS = {
    "train-labels-idx1-ubyte.gz": [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
    "t10k-labels-idx1-ubyte.gz": [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009],
}
LABELS_HEADER = 8  # bytes: two zeros, type, dimensions, and the number of labels
UNKNOWN = ("", "NOASSERTION", "NONE")  # what SPDX says where no licence is declared


class Data(Check):
    id = "data"
    title = "Data of the lessons"
    group = "Lessons"
    proves = (
        "Digits, texts and photos have the size, and but for level quick the hash, that they "
        "shipped with; MNIST has its digits, and the bill of materials a licence for each file."
    )
    matters = "A damaged file stops a lesson in the middle, or makes it learn something else."
    remedy = shipped.REMEDY
    seconds = 0.3
    limit = 60

    def run(self, context: Context) -> Result:
        thorough = context.level != "quick"
        try:
            files = shipped.listed(context.share, belongs)
            bill = shipped.bill(context.share)
        except shipped.NoList as error:
            return failed(f"{error}, so nobody knows what shipped")
        if not files:
            return failed(f"{context.share / shipped.FILES} names no data at all")
        faulty = shipped.faults(files, thorough)
        problems = [f"{path} {fault}" for path, fault in faulty.items()]
        problems += unlicensed(files, bill)
        if thorough and not faulty:
            problems += miscounted(context.share / "data" / "mnist")
        by_kind = Counter(Path(file.name).parts[1] for file in files)
        evidence = {"files": dict(by_kind), "hashes": thorough}
        if problems:
            return failed(shipped.first(problems), problems=problems, **evidence)
        compared = "sizes and hashes" if thorough else "sizes"
        return passed(f"{len(files)} files, {compared} as shipped, each with a licence", **evidence)


def belongs(name: str) -> bool:
    """Whether a shipped file is this check's; the networks' weights are another's."""
    return name.startswith("data/") and not weights.belongs(name)


def unlicensed(files: Iterable[shipped.File], bill: Iterable[dict]) -> list[str]:
    """A sentence for each file that the bill of materials declares no licence for."""
    licensed = {
        entry["name"]
        for entry in bill
        if entry["SPDXID"].startswith("SPDXRef-data-")
        and entry.get("licenseDeclared", "") not in UNKNOWN
    }
    return [
        f"{file.path} has no licence in {shipped.BILL}"
        for file in files
        if file.name.removeprefix("data/") not in licensed
    ]


def miscounted(folder: Path) -> list[str]:
    """A sentence for each file of labels whose digits are not MNIST's; where a build had to do
    with a stand-in there is no such file."""
    problems = []
    for name, expected in DIGITS.items():
        path = folder / name
        if not path.exists():
            continue
        try:
            labels = Counter(gzip.decompress(path.read_bytes())[LABELS_HEADER:])
        except (OSError, EOFError, zlib.error) as error:
            problems.append(f"{path} cannot be unpacked ({error})")
            continue
        if dict(labels) != dict(enumerate(expected)):
            counts = json.dumps([labels[digit] for digit in range(10)])
            problems.append(f"{path} has other digits than MNIST: {counts} of 0 to 9")
    return problems
