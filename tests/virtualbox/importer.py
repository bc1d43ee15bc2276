"""Lets a real VirtualBox import an OVA, and reads back what it made of it. Needs root."""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from appliance_build import paths
from appliance_build.machine.virtualbox import parse

from . import chroot

_READ_BACK = r"""
VBoxManage -q import /mnt/appliance.ova --options importtovdi >&2
VBoxManage -q list vms | sed -n 's/.* {\(.*\)}$/\1/p' > /mnt/machine
VBoxManage -q showvminfo "$(cat /mnt/machine)" --machinereadable > /mnt/info
VBoxManage -q list hdds --long > /mnt/disks
"""


class Refused(Exception):
    """The command failed, as a rule because VirtualBox did; holds what was said."""


@dataclass(frozen=True)
class Imported:
    """A machine as VirtualBox sees it."""

    info: dict[str, str]
    """`showvminfo --machinereadable`."""
    disk_mb: list[int]
    """The nominal size of each disk, in MiB."""


def import_ova(ova: Path, work: Path) -> Imported:
    """Import an OVA and read the machine back.

    Args:
        ova: the appliance; it is only read.
        work: an empty folder on a disk with room for the unpacked disk.

    Raises:
        Refused: VirtualBox did not take it.
        BuildError: the chroot with VirtualBox cannot be made.
    """
    with_virtualbox(ova, work, "sh", "-euc", _READ_BACK)
    sizes = re.findall(r"^Capacity: +(\d+) MBytes$", (work / "disks").read_text(), re.MULTILINE)
    return Imported(parse((work / "info").read_text()), [int(size) for size in sizes])


def with_virtualbox(ova: Path, work: Path, *command: str) -> str:
    """Run a command that finds VBoxManage; nothing stays mounted or running, however it ends.

    Args:
        ova: seen by the command as /mnt/appliance.ova.
        work: seen by the command as /mnt.

    Returns:
        What it wrote on stdout.

    Raises:
        Refused: it failed.
        BuildError: the chroot with VirtualBox cannot be made.
    """
    namespaces = ["--mount", "--propagation", "private", "--pid", "--fork", "--kill-child"]
    inside = [sys.executable, str(Path(__file__).with_name("inside.py")), str(chroot.ready())]
    done = subprocess.run(
        ["unshare", *namespaces, *inside, str(work.resolve()), str(ova.resolve()), *command],
        cwd=paths.PROJECT,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode:
        raise Refused(done.stderr)
    return done.stdout
