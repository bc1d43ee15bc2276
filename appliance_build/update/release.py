"""A finished release, taken apart again: its layers, and what they say of themselves."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .. import tree
from ..errors import BuildError
from ..inputs.fetch import digest
from ..machine import ova
from ..machine.pieces import APPLIANCE, BOOT_FILES, CUSTOMISED, foreign, take_apart


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
            raise foreign(self.path, f"/{APPLIANCE} is missing in it")
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


def read(path: Path, folder: Path, unpacked: dict[str, Path], log: Path) -> Release:
    """Take a release apart and unpack its layers.

    Args:
        folder: an empty one on a large disk.
        unpacked: trees by SHA-256 of their squashfs, which are not unpacked again; is added to.

    Raises:
        BuildError: it is damaged, not ours, or was customised: no machine knows itself by that.
    """
    pieces = take_apart(ova.read(path), folder, log)
    pieces.disk.unlink()
    if CUSTOMISED in pieces.layers:
        raise BuildError(f"{path} was customised by hand; name the OVA that it was made from")
    layers = tuple(pieces.layers.values())
    boot = {name: digest(pieces.boot / name) for name in BOOT_FILES}
    return Release(path, layers, boot, tuple(_unpack(layers, unpacked, log)))


def _unpack(layers: Sequence[Path], unpacked: dict[str, Path], log: Path) -> list[Path]:
    trees = []
    for layer in layers:
        sha = digest(layer)
        if sha not in unpacked:
            unpacked[sha] = layer.with_suffix("")
            tree.unpack(layer, unpacked[sha], log)
        trees.append(unpacked[sha])
    return trees
