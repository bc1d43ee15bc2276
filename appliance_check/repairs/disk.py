"""Room on the disk, from what nobody misses."""

import os
from pathlib import Path

from ..commands import as_user
from ..context import Context
from ..runner import Outcome
from .repair import Plan, Repair

WORTH_MB = 1  # less does not help


class EmptyFolder(Repair):
    """Deletes what is in one folder below the home folder."""

    folder: Path
    checks = ("disk",)

    def plan(self, context: Context, outcome: Outcome) -> Plan | None:
        place = context.home / self.folder
        megabytes = 0 if place.is_symlink() else _size(place) // 1_000_000
        if megabytes < WORTH_MB:
            return None
        # find follows no links, and stays on the folder's own file system.
        delete = as_user("find", place, "-xdev", "-mindepth", "1", "-delete")
        return Plan([delete], f"{megabytes} MB in {place}.")


class EmptyCaches(EmptyFolder):
    id = "caches"
    title = "Empty the folder of caches"
    does = "Programs make again what they need of it."
    folder = Path(".cache")


class EmptyTrash(EmptyFolder):
    id = "trash"
    title = "Empty the trash"
    does = "What was thrown away there cannot be taken back any more."
    folder = Path(".local/share/Trash")


def _size(folder: Path) -> int:
    """Bytes on the disk of all files below it; links count as themselves."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(Path(parent, name)).st_blocks * 512
            except OSError:
                continue  # it went meanwhile
    return total
