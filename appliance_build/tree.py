"""Root trees and layers: making, unpacking, provisioning, packing.

A layer is what one set of roles changes on top of the layers below it: the upper
folder of an overlay mount, packed as a squashfs. Nothing here needs a hypervisor,
a loop device or a running daemon.
"""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from .paths import PROJECT
from .run import run

EXCLUDED = PROJECT / "appliance_build" / "excluded.txt"

#: Name spaces of its own: however provisioning ends, the kernel unmounts what it mounted
#: and kills what it left running. There is no network, so only locked inputs get in.
NAMESPACE = (
    "unshare --mount --propagation private --uts --net --pid --fork --kill-child --mount-proc"
).split()

#: Levels of zstd: for what the appliance boots from, and for what is only kept for images.
SMALL, QUICK = 15, 1

#: Extended attributes of overlayfs, and the one that hides a folder below.
OVERLAY, OPAQUE = "trusted.overlay.", "trusted.overlay.opaque"


def bootstrap(suite: str, packages: Sequence[str], source: str, tree: Path, log: Path) -> None:
    """Make a root tree of Debian packages.

    Args:
        packages: what is asked for beside mmdebstrap's minbase.
        source: the lines of sources.list: a repository of the locked packages.
    """
    run(
        [
            *NAMESPACE,
            "mmdebstrap",
            "--mode=root",
            "--variant=minbase",
            "--components=main",
            '--aptopt=Apt::Install-Recommends "false"',
            f"--include={','.join(packages)}",
            suite,
            tree,
            *source.splitlines(),
        ],
        log,
    )


def unpack(squashfs: Path, tree: Path, log: Path, parts: Sequence[str] = ()) -> None:
    """Unpack a layer or parts of it, whiteouts and attributes included, into a new folder."""
    run(["unsquashfs", "-quiet", "-no-progress", "-dest", tree, squashfs, *parts], log)


def pack(tree: Path, squashfs: Path, epoch: int, log: Path, level: int) -> None:
    """Pack a tree as a new squashfs, without what `excluded.txt` names.

    Args:
        level: of zstd. `SMALL` is a fifth quicker to boot from than xz and packs three times
            as fast as level 19 for 8 % more bytes; 256 KiB blocks start quicker than 1 MiB
            ones and are no larger (docs/decisions.md).
    """
    lines = EXCLUDED.read_text().splitlines()
    excluded = [line for line in lines if line and not line.startswith("#")]
    options = "-quiet -no-progress -noappend -comp zstd -b 256K".split()
    options += ["-Xcompression-level", str(level)]
    command = ["mksquashfs", tree, squashfs, *options, "-wildcards", "-e", *excluded]
    run(command, log, env=os.environ | {"SOURCE_DATE_EPOCH": str(epoch)})


def provision(
    layer: str,
    below: Sequence[Path],
    upper: Path,
    inputs: Path,
    settings: dict,
    epoch: int,
    log: Path,
) -> None:
    """Run a layer's Packer template, and so its Ansible roles, on a stack of trees.

    Args:
        below: trees of the layers below, the lowest first; they are not changed.
        upper: takes what the roles change; it may hold the start of the layer.
        inputs: folder that the roles see as /run/inputs.
        settings: what the roles may know of appliance.yml, and nothing else.
        epoch: SOURCE_DATE_EPOCH of what the roles run, in seconds since 1970.
    """
    work = upper.parent
    job = {
        "layer": layer,
        "tree": str(work / "merged"),
        "below": [str(tree) for tree in below],
        "upper": str(upper),
        "overlay": str(work / "overlay"),
        "inputs": str(inputs),
        "settings": str(work / "settings.json"),
        "epoch": epoch,
    }
    for folder in (upper, work / "merged", work / "overlay"):
        folder.mkdir(exist_ok=True)
    (work / "settings.json").write_text(json.dumps(settings))
    (work / "job.json").write_text(json.dumps(job))
    command = [*NAMESPACE, sys.executable, "-m", "appliance_build.provision", work / "job.json"]
    run(command, log, cwd=PROJECT)
    forget_mount(upper, below)


def forget_mount(upper: Path, below: Sequence[Path]) -> None:
    """Remove what overlayfs noted down on files: inodes and file systems of this machine.

    What stays is the mark on a folder that hides one below it.
    """
    for path in [upper, *upper.rglob("*")]:
        for name in os.listxattr(path, follow_symlinks=False):
            place = path.relative_to(upper)
            hides = name == OPAQUE and any((tree / place).is_dir() for tree in below)
            if name.startswith(OVERLAY) and not hides:
                os.removexattr(path, name, follow_symlinks=False)
