"""Takes a finished OVA apart: what appliance.yml said, its layers, kernel and initrd."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .. import description as descriptions
from ..description import Description
from ..errors import BuildError
from ..machine.ova import Ova
from ..run import require, run

CUSTOMISED = "customised"
_DESCRIPTION = "usr/share/workshop/appliance.json"
_BOOT, _STORE = 0, 1  # partitions (disk.py)


@dataclass(frozen=True)
class Parts:
    """A finished OVA in pieces.

    Attributes:
        description: the appliance.yml that it was built from.
        disk: its whole disk as a raw, sparse image.
        layers: squashfs file of each layer, the lowest first.
        boot: folder with `vmlinuz` and `initrd.img`.
    """

    description: Description
    disk: Path
    layers: dict[str, Path]
    boot: Path


def take(ova: Ova, work: Path, log: Path) -> Parts:
    """Take an OVA apart in an empty folder.

    Raises:
        BuildError: it is damaged, not ours, or was customised already.
    """
    require("qemu-img", "sfdisk", "debugfs", "mcopy", "unsquashfs")
    packed, disk = work / ova.disk, work / "disk.raw"
    ova.extract_disk(packed)
    run(["qemu-img", "convert", "-f", "vmdk", "-O", "raw", packed, disk], log)
    packed.unlink()
    starts = _partitions(disk, ova)
    layers = _layers(f"{disk}?offset={starts[_STORE]}", work, ova, log)
    if CUSTOMISED in layers:
        raise BuildError(
            f"{ova.path} was customised already; customise the OVA that it was made from, with "
            "one playbook for all changes"
        )
    boot = work / "boot"
    boot.mkdir()
    for name in ("vmlinuz", "initrd.img"):
        run(["mcopy", "-i", f"{disk}@@{starts[_BOOT]}", f"::/{name}", boot / name], log)
    return Parts(_description(layers, work, ova, log), disk, layers, boot)


def _partitions(disk: Path, ova: Ova) -> list[int]:
    """Where each partition of a disk starts, in bytes."""
    listed = subprocess.run(["sfdisk", "--json", disk], capture_output=True, check=False)
    table = json.loads(listed.stdout)["partitiontable"] if listed.returncode == 0 else {}
    parts = table.get("partitions", [])
    if len(parts) != 3:
        raise _foreign(ova, f"its disk has {len(parts)} partitions, not boot, store and state")
    return [part["start"] * table["sectorsize"] for part in parts]


def _layers(store: str, work: Path, ova: Ova, log: Path) -> dict[str, Path]:
    """Copy the layers out of the store, whose file names give their order."""
    listed = subprocess.run(
        ["debugfs", "-R", "ls -p /", store], capture_output=True, text=True, check=False
    )
    # A line is /inode/mode/uid/gid/name/size/.
    names = [line.split("/")[5] for line in listed.stdout.splitlines() if line.count("/") == 7]
    files = sorted(name for name in names if name.endswith(".squashfs"))
    if not files:
        raise _foreign(ova, "there are no layers on its disk")
    layers = {}
    for file in files:
        target = work / file
        run(["debugfs", "-R", f"dump /{file} {target}", store], log)  # fails without a status
        if not target.exists():
            raise BuildError(f"{file} cannot be read from the disk of {ova.path}; read {log}")
        layers[file.removesuffix(".squashfs").partition("-")[2]] = target
    return layers


def _description(layers: dict[str, Path], work: Path, ova: Ova, log: Path) -> Description:
    """The description that the highest layer which has one gives."""
    target = work / "appliance.json"
    for squashfs in reversed(layers.values()):
        command = ["unsquashfs", "-cat", squashfs, _DESCRIPTION]
        found = subprocess.run(command, capture_output=True, check=False)
        if found.returncode == 0 and found.stdout:
            target.write_bytes(found.stdout)
            break
    else:
        raise _foreign(ova, f"/{_DESCRIPTION} is missing in it")
    try:
        return descriptions.load(target)
    except BuildError as error:
        why = "; ".join(str(error).splitlines())
        raise BuildError(
            f"{ova.path} was built by another version of this project ({why}); customise it "
            "with a clone of that version"
        ) from None


def _foreign(ova: Ova, why: str) -> BuildError:
    return BuildError(
        f"{ova.path} is not an OVA of this project ({why}); name one that `make ova` built"
    )
