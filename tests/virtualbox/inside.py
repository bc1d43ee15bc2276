"""Imports one OVA with VirtualBox inside its chroot. Run by `importer` in namespaces of its own.

usage: inside.py CHROOT WORK OVA; writes WORK/showvminfo and WORK/machines, and WORK/export.ova
if WORK/wanted-export exists. VirtualBox's messages go to stderr, its exit status is ours.
"""

import re
import subprocess
import sys
from pathlib import Path


def main(chroot: Path, work: Path, ova: Path) -> int:
    """Mount, import, read back. The kernel undoes the mounts when the namespace ends."""
    mount("-t", "proc", "proc", chroot / "proc")
    mount("-t", "sysfs", "-o", "ro", "sysfs", chroot / "sys")
    mount("--rbind", "/dev", chroot / "dev")
    mount("--bind", work, chroot / "mnt")
    mount("-t", "tmpfs", "tmpfs", chroot / "media")  # VirtualBox's own settings
    seen = chroot / "media" / "appliance.ova"
    seen.touch()
    mount("--bind", ova, seen)
    try:
        manage(chroot, "setproperty", "machinefolder", "/mnt/machines")
        manage(chroot, "import", "/media/appliance.ova", "--options", "importtovdi")
        [machine] = re.findall(r"\{(.+)\}$", manage(chroot, "list", "vms"), re.MULTILINE)
        info = manage(chroot, "showvminfo", machine, "--machinereadable")
        (work / "showvminfo").write_text(info)
        if (work / "wanted-export").exists():
            target = ("--output", "/mnt/export.ova", "--ovf10", "--manifest")
            manage(chroot, "export", machine, *target)
    except subprocess.CalledProcessError as error:
        return error.returncode
    return 0


def mount(*arguments: str | Path) -> None:
    """The system's mount."""
    subprocess.run(["mount", *arguments], check=True)


def manage(chroot: Path, *arguments: str) -> str:
    """VBoxManage in the chroot; what it prints on stdout."""
    command = ["chroot", chroot, "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"]
    command += ["HOME=/media", "VBOX_USER_HOME=/media/settings", "VBoxManage", "-q", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
