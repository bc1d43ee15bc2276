"""Makes the changes a layer, and with the others an OVA; Packer runs it (packer/customise).

usage: python3 -m appliance_build.customise.pack JOB.json

The job names `description` (JSON), `layers` (squashfs by name, the lowest first), `boot` (folder
with kernel and initrd), `changes` (tar) and `target` (the file to write). Its folder takes the
files on the way.
"""

import json
import re
import sys
import tarfile
from pathlib import Path
from uuid import uuid5

from .. import package
from ..description import Description
from ..disk import Identity
from ..errors import BuildError
from ..inputs.fetch import digest
from ..run import run
from ..tree import SMALL
from .parts import CUSTOMISED

_KERNEL = re.compile(r"(\./)?boot/vmlinuz-(.+)")


def layer(changes: Path, squashfs: Path, log: Path) -> None:
    """Make a layer of the upper folder of an overlay.

    Args:
        changes: a tar of it, with owners, marks of what was removed (character devices 0, 0) and
            extended attributes.
        squashfs: the file to write.

    Raises:
        BuildError: it holds a kernel, which no layer can bring.
    """
    with tarfile.open(changes) as archive:
        kernels = [found[2] for name in archive.getnames() if (found := _KERNEL.fullmatch(name))]
    if kernels:
        raise BuildError(
            f"the playbook installed the kernel {', '.join(kernels)}, which only a build puts onto "
            "the boot partition; leave it out (`apt-mark hold linux-image-amd64` before an "
            "upgrade), or build the appliance anew with `make lock` and `make ova`"
        )
    # (Its sibling sqfstar, 4.5.1, refuses the level of compression.)
    options = f"-tar -quiet -no-progress -comp zstd -Xcompression-level {SMALL} -b 256K".split()
    options += ["-root-mode", "755", "-root-uid", "0", "-root-gid", "0"]
    with changes.open("rb") as content:
        run(["mksquashfs", "-", squashfs, *options], log, stdin=content)


def main(job: Path) -> None:
    """Write the OVA that the job asks for."""
    task = json.loads(job.read_text())
    work, log = job.parent / "packed", job.parent / "pack.log"
    work.mkdir()
    added = work / f"{CUSTOMISED}.squashfs"
    layer(Path(task["changes"]), added, log)
    description = Description.model_validate(task["description"])
    layers = {name: Path(path) for name, path in task["layers"].items()} | {CUSTOMISED: added}
    # Names of its own: a computer may have this disk and the one that it was made from.
    ids = Identity(uuid5(package.identity(description).version, digest(added)))
    package.pack(description, ids, layers, Path(task["boot"]), Path(task["target"]), work, log)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except BuildError as error:
        sys.exit(f"error: {error}")
