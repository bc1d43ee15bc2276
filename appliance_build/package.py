"""Packs finished layers into an OVA; Packer runs it (packer/product.pkr.hcl).

usage: python3 -m appliance_build.package JOB.json

The job names `layers` (squashfs by name, the lowest first), `boot` (folder with
kernel and initrd) and `target` (the file to write). Its folder takes the files on the way.
"""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from . import disk, ova, vmdk
from .description import Description, load
from .errors import BuildError


def identity(description: Description) -> disk.Identity:
    """The seed of every id in a version of an appliance."""
    return disk.Identity(uuid5(NAMESPACE_URL, f"{description.name}/{description.version}"))


def pack(
    description: Description,
    ids: disk.Identity,
    layers: Mapping[str, Path],
    boot: Path,
    target: Path,
    work: Path,
    log: Path,
) -> None:
    """Write an OVA.

    Args:
        layers: squashfs by name, the lowest first.
        boot: folder with kernel and initrd.
        work: folder for what is made on the way.
    """
    epoch = str(description.epoch)
    environment = {
        "PATH": os.environ["PATH"],
        "LC_ALL": "C",
        "TZ": "UTC",
        "SOURCE_DATE_EPOCH": epoch,
        "E2FSPROGS_FAKE_TIME": epoch,
        "MTOOLS_SKIP_CHECK": "1",
    }
    raw, packed = work / "disk.raw", work / f"{description.name}-disk1.vmdk"
    disk.write(raw, layers, boot, description.machine.disk_gb, ids, environment, log)
    vmdk.convert(raw, packed, ids.short("content"), log)
    raw.unlink()
    ova.write(target, packed, description, ids)


def main(job: Path) -> None:
    """Write the OVA that the job asks for."""
    task = json.loads(job.read_text())
    description = load()
    layers = {name: Path(path) for name, path in task["layers"].items()}
    places = (Path(task["boot"]), Path(task["target"]), job.parent, Path(task["log"]))
    pack(description, identity(description), layers, *places)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except BuildError as error:
        sys.exit(f"error: {error}")
