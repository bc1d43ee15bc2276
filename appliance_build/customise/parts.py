"""What a finished OVA is made of and was made from."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from .. import description as descriptions
from ..description import Description
from ..errors import BuildError
from ..machine.ova import Ova
from ..machine.pieces import APPLIANCE, CUSTOMISED, foreign, take_apart
from ..run import require


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
    pieces = take_apart(ova, work, log)
    if CUSTOMISED in pieces.layers:
        raise BuildError(
            f"{ova.path} was customised already; customise the OVA that it was made from, with "
            "one playbook for all changes"
        )
    return Parts(_description(pieces.layers, work, ova), pieces.disk, pieces.layers, pieces.boot)


def _description(layers: dict[str, Path], work: Path, ova: Ova) -> Description:
    """The description that the highest layer which has one gives."""
    target = work / "appliance.json"
    for squashfs in reversed(layers.values()):
        command = ["unsquashfs", "-cat", squashfs, APPLIANCE]
        found = subprocess.run(command, capture_output=True, check=False)
        if found.returncode == 0 and found.stdout:
            target.write_bytes(found.stdout)
            break
    else:
        raise foreign(ova.path, f"/{APPLIANCE} is missing in it")
    try:
        return descriptions.load(target)
    except BuildError as error:
        why = "; ".join(str(error).splitlines())
        raise BuildError(
            f"{ova.path} was built by another version of this project ({why}); customise it "
            "with a clone of that version"
        ) from None
