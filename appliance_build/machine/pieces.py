"""Takes a finished OVA apart: its disk, its layers, kernel and initial RAM file system.

Nothing is mounted and nothing needs root.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from ..disk import SECTOR
from ..errors import BuildError
from ..run import output, run
from .ova import Ova

BOOT_FILES = ("vmlinuz", "initrd.img")
APPLIANCE = "usr/share/workshop/appliance.json"
CUSTOMISED = "customised"  # the layer of what was changed by hand
_BOOT, _STORE = 0, 1  # partitions (disk.py)


@dataclass(frozen=True)
class Pieces:
    """What an OVA consists of.

    Attributes:
        disk: its whole disk as a raw, sparse image.
        layers: the squashfs of each layer by its name, the lowest first.
        boot: folder with `BOOT_FILES`.
    """

    disk: Path
    layers: dict[str, Path]
    boot: Path


def take_apart(ova: Ova, folder: Path, log: Path) -> Pieces:
    """Lay the pieces out in an empty folder on a large disk.

    Raises:
        BuildError: it is damaged, or not ours.
    """
    packed, disk = folder / ova.disk, folder / "disk.raw"
    ova.extract_disk(packed)
    run(["qemu-img", "convert", "-f", "vmdk", "-O", "raw", packed, disk], log)
    packed.unlink()
    starts = _partitions(disk, ova, log)
    layers = _layers(f"{disk}?offset={starts[_STORE]}", folder, ova, log)
    boot = folder / "boot"
    boot.mkdir()
    for name in BOOT_FILES:
        run(["mcopy", "-i", f"{disk}@@{starts[_BOOT]}", f"::/{name}", boot / name], log)
    return Pieces(disk, layers, boot)


def foreign(ova: Path, why: str) -> BuildError:
    """What to say of an OVA that `make ova` did not build."""
    return BuildError(
        f"{ova} is not an OVA of this project ({why}); name one that `make ova` built"
    )


def _partitions(disk: Path, ova: Ova, log: Path) -> list[int]:
    """Where each partition of a disk starts, in bytes."""
    try:
        table = json.loads(output(["sfdisk", "--json", disk], log))["partitiontable"]
    except BuildError:
        table = {}
    parts = table.get("partitions", [])
    if len(parts) != 3:
        why = f"its disk has {len(parts)} partitions, not boot, store and state"
        raise foreign(ova.path, why)
    return [part["start"] * SECTOR for part in parts]


def _layers(store: str, folder: Path, ova: Ova, log: Path) -> dict[str, Path]:
    """Copy the layers out of the store, whose file names give their order."""
    lines = output(["debugfs", "-R", "ls -p /", store], log).splitlines()
    # A line is /inode/mode/uid/gid/name/size/.
    names = sorted(line.split("/")[5] for line in lines if line.count("/") == 7)
    files = [folder / name for name in names if name.endswith(".squashfs")]
    if not files:
        raise foreign(ova.path, "there are no layers on its disk")
    for file in files:
        run(["debugfs", "-R", f"dump /{file.name} {file}", store], log)  # fails without a status
        if not file.exists():
            raise BuildError(f"{file.name} cannot be read from the disk of {ova.path}; read {log}")
    return {file.stem.partition("-")[2]: file for file in files}
