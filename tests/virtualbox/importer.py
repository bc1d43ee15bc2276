"""Lets a real VirtualBox import an OVA, and reads back what it made of it. Needs root."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from appliance_build.machine.virtualbox import parse

from . import chroot

_SETTINGS = "{http://www.virtualbox.org/}"


class Refused(Exception):
    """VirtualBox did not take the OVA; holds what it said."""


@dataclass(frozen=True)
class Imported:
    """A machine as VirtualBox sees it."""

    info: dict[str, str]
    """`showvminfo --machinereadable`."""
    settings: ElementTree.Element
    """The imported `.vbox` file, for what `showvminfo` does not print; names without namespace."""
    disks: list[Path]
    """The imported disk images."""


def import_ova(ova: Path, work: Path, export: bool = False) -> Imported:
    """Import an OVA in a chroot and namespaces of its own: nothing stays mounted or running.

    Args:
        ova: the appliance; it is only read.
        work: an empty folder on a disk with room for the unpacked disk.
        export: also export the machine again, to `work/export.ova`.

    Raises:
        Refused: VirtualBox failed; with its messages.
        BuildError: the chroot with VirtualBox cannot be made.
    """
    work = work.resolve()
    if export:
        (work / "wanted-export").touch()
    command = ["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child"]
    command += [sys.executable, str(Path(__file__).with_name("inside.py"))]
    command += [str(chroot.ready()), str(work), str(ova.resolve())]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise Refused(done.stderr)
    [settings] = work.glob("machines/*/*.vbox")
    disks = [path for path in settings.parent.iterdir() if path.suffix in (".vdi", ".vmdk")]
    return Imported(parse((work / "showvminfo").read_text()), _without_namespace(settings), disks)


def _without_namespace(path: Path) -> ElementTree.Element:
    root = ElementTree.parse(path).getroot()
    for element in root.iter():
        element.tag = element.tag.removeprefix(_SETTINGS)
    return root
