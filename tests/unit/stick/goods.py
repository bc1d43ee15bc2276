"""Files to fill sticks with, made by tests: an appliance of some megabytes and what belongs to it.

usage: python3 -m tests.unit.stick.goods SOURCE STICK BLOCK COMMAND
fills a stick and runs a shell command before that block (counted over all files) is written.
"""

import random
import re
import subprocess
import sys
from pathlib import Path

from appliance_build.errors import BuildError
from appliance_build.papers import sums
from appliance_build.stick.copying import Item
from appliance_build.stick.filling import fill
from appliance_build.stick.medium import Medium
from appliance_build.stick.pace import Pace
from appliance_build.stick.reading import BLOCK

OUTDATED = re.compile(r"workshop-\d+\.ova|papers/workshop-\d+\.json")
SIZE = 3 * BLOCK + 12_345  # of the appliance


class Goods:
    """One version of the files, and their list."""

    def __init__(self, folder: Path, version: int = 1) -> None:
        folder.mkdir(exist_ok=True)
        self.folder, self.ova = folder, f"workshop-{version}.ova"
        content = {
            self.ova: random.Random(version).randbytes(SIZE),
            f"papers/workshop-{version}.json": b"{}\n" * version,
            "START-HERE.html": f"version {version}".encode(),
            "empty": b"",
        }
        for name, data in content.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(data)
        self.items = [Item.of(name, folder / name) for name in content]
        self.sign(None)

    def sign(self, key: Path | None) -> None:
        """List them anew, and sign the list if there is a key."""
        names = [sums.SUMS, f"{sums.SUMS}.sig"]
        self.items = [item for item in self.items if item.name not in names]
        sums.write_list(self.folder, {item.name: item.sha256 for item in self.items}, key)
        self.items += [Item.of(n, self.folder / n) for n in names if (self.folder / n).exists()]

    def content(self) -> dict[str, bytes]:
        """What a filled stick has."""
        return {item.name: item.source.read_bytes() for item in self.items}


def on(root: Path) -> dict[str, bytes]:
    """What is on a stick."""
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def main(source: Path, stick: Path, block: int, command: str) -> int:
    """Fill, with an accident on the way."""
    count = 0

    def accident() -> bool:
        nonlocal count
        count += 1
        if count == block:
            subprocess.run(command, shell=True, check=False)
        return False

    try:
        fill(Medium.at(stick), Goods(source).items, OUTDATED, Pace(), accident)
    except BuildError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]))
