"""A finished release, taken apart again: its layers, and what they say of themselves."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .. import tree
from ..disk import SECTOR
from ..errors import BuildError
from ..inputs.fetch import digest
from ..machine import ova
from ..run import output, run

BOOT, STORE = 0, 1  # partitions (appliance_build/disk.py)
APPLIANCE = "usr/share/workshop/appliance.json"


@dataclass(frozen=True)
class Release:
    """The layers of an OVA.

    Attributes:
        path: of the OVA.
        layers: the squashfs of each layer, the lowest first.
        boot: SHA-256 of kernel and initial RAM file system, by name.
        trees: the layers unpacked, in the same order.
    """

    path: Path
    layers: tuple[Path, ...]
    boot: dict[str, str]
    trees: tuple[Path, ...]

    @cached_property
    def description(self) -> dict:
        """appliance.yml as it was when it was built.

        Raises:
            BuildError: it has none.
        """
        found = [tree / APPLIANCE for tree in self.trees if (tree / APPLIANCE).is_file()]
        if not found:
            raise BuildError(f"{self.path} is no appliance of this project: it lacks /{APPLIANCE}")
        return json.loads(found[-1].read_text(encoding="utf-8"))

    @cached_property
    def base(self) -> str:
        """What machines made from it know it by (`appliance_update.machine.Machine.base`)."""
        return digest(self.layers[-1])


def find(place: Path) -> Path:
    """The OVA that a path means: itself, or the one in a folder such as an older build/.

    Raises:
        BuildError: there is none.
    """
    if place.is_dir():
        return ova.find(place)
    if not place.is_file():
        raise BuildError(f"{place} is not there; name the .ova of the older release, or its folder")
    return place


def take_apart(path: Path, folder: Path, unpacked: dict[str, Path], log: Path) -> Release:
    """Take the layers out of an OVA; nothing is mounted.

    Args:
        folder: an empty one on a large disk.
        unpacked: trees by SHA-256 of their squashfs, which are not unpacked again; is added to.

    Raises:
        BuildError: it is damaged, or has no layers.
    """
    raw = folder / "disk.raw"
    archive = ova.read(path)
    disk = folder / "disk.vmdk"
    archive.extract_disk(disk)
    run(["qemu-img", "convert", "-O", "raw", disk, raw], log)
    disk.unlink()
    table = json.loads(output(["sfdisk", "--json", raw], log))["partitiontable"]
    starts = [part["start"] * SECTOR for part in table["partitions"]]
    store = f"{raw}?offset={starts[STORE]}"
    listing = output(["debugfs", "-R", "ls -p /", store], log).splitlines()
    names = sorted(line.split("/")[5] for line in listing if line.endswith("/"))
    names = [name for name in names if name.endswith(".squashfs")]
    if not names:
        raise BuildError(f"{path} has no layers: it is no appliance of this project")
    layers, boot = [], {}
    for name in names:
        layers.append(folder / name)
        run(["debugfs", "-R", f"dump /{name} {folder / name}", store], log)
    for name in ("vmlinuz", "initrd.img"):
        run(["mcopy", "-n", "-i", f"{raw}@@{starts[BOOT]}", f"::{name}", folder / name], log)
        boot[name] = digest(folder / name)
    raw.unlink()
    return Release(path, tuple(layers), boot, tuple(_unpack(layers, unpacked, log)))


def _unpack(layers: Sequence[Path], unpacked: dict[str, Path], log: Path) -> list[Path]:
    trees = []
    for layer in layers:
        sha = digest(layer)
        if sha not in unpacked:
            unpacked[sha] = layer.with_suffix("")
            tree.unpack(layer, unpacked[sha], log)
        trees.append(unpacked[sha])
    return trees
