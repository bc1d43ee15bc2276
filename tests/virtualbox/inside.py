"""Runs a command that sees VirtualBox's VBoxManage. `importer` starts it in namespaces of its own.

usage: inside.py CHROOT WORK OVA COMMAND...

VBoxManage is first on the command's PATH and runs in the chroot. For it as for the command, /mnt
is the folder WORK and /mnt/appliance.ova is the OVA; the kernel undoes all that when the
namespaces end, and ends VirtualBox's daemon with them. There is no /dev/vboxdrv in the chroot, so
nothing can be started, whatever the host has.
"""

import os
import shlex
import subprocess
import sys
from pathlib import Path


def main(chroot: Path, work: Path, ova: Path, *command: str) -> None:
    """Mount, then become `command`."""
    (work / "appliance.ova").touch()
    mount("--bind", ova, work / "appliance.ova")
    mount("--rbind", work, "/mnt")
    # Read-only, so that one test's machines cannot be another's.
    mount("--bind", chroot, chroot)
    mount("-o", "remount,bind,ro", chroot)
    mount("--rbind", work, chroot / "mnt")
    mount("-t", "proc", "proc", chroot / "proc")
    mount("-t", "sysfs", "-o", "ro", "sysfs", chroot / "sys")
    for scratch in ("tmp", "media"):
        mount("-t", "tmpfs", "tmpfs", chroot / scratch)
    programs = chroot / "media" / "programs"
    programs.mkdir()
    manage = programs / "VBoxManage"
    environment = (
        "env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C VBOX_USER_HOME=/media/settings"
    )
    inside = f"chroot {shlex.quote(str(chroot))} {environment} VBoxManage"
    manage.write_text(f'#!/bin/sh\nexec {inside} "$@"\n')
    manage.chmod(0o755)
    os.environ["PATH"] = f"{programs}:{os.environ['PATH']}"
    subprocess.run(
        [manage, "-q", "setproperty", "machinefolder", "/mnt/machines"],
        check=True,
        stdout=sys.stderr,
    )
    os.execvp(command[0], command)


def mount(*arguments: str | Path) -> None:
    """The system's mount."""
    subprocess.run(["mount", *arguments], check=True)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]), *sys.argv[4:])
