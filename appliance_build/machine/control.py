"""`make up`, `make down`, `make ssh`: one appliance at a time, in VirtualBox or in QEMU."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from .. import paths
from ..description import Description
from ..errors import BuildError
from . import ova as archive
from . import qemu, virtualbox
from .command import require_installed
from .ports import LOOPBACK, require_free
from .process import Process
from .waiting import Machine, until_jupyter

MACHINES = paths.BUILD / "machine"
_SHUTDOWN_SECONDS = 30  # at native speed


def up(description: Description, ova: Path, firmware: str = "bios") -> None:
    """Start the appliance, wait until Jupyter answers, and say where it is.

    Args:
        ova: the finished appliance.
        firmware: for QEMU, "bios" or "uefi"; VirtualBox has what the OVA says.

    Raises:
        BuildError: a port is taken, the OVA is damaged, nothing can run it, or it does not come
            up; then with the end of its console.
    """
    out = Console(highlight=False)
    if machine := running():
        out.print(f"The appliance is up already, in {machine.name}.")
        out.print(_addresses(description))
        return
    require_free(description.ports)
    machine = _prepared(description, ova, firmware, out)
    machine.start()
    seconds = until_jupyter(machine, description.ports.jupyter.host, out)
    out.print(f"Jupyter answered {seconds:.0f} s after the start in {machine.name}.")
    out.print(_addresses(description))
    for other in sorted(MACHINES.glob("*/")):
        if other != machine.folder:
            out.print(f"{other} keeps an older machine's changes; remove it when you do not.")


def down() -> None:
    """Shut the appliance down cleanly; cut its power if it does not end.

    Raises:
        BuildError: it is not running.
    """
    machine = _required()
    out = Console(highlight=False)
    with out.status(f"Shutting down the appliance in {machine.name}"):
        clean = machine.stop(_SHUTDOWN_SECONDS * machine.slowdown)
    out.print("The appliance is off." if clean else "It did not shut down; its power was cut.")


def ssh(description: Description, command: Sequence[str] = ()) -> None:
    """Become an SSH session (or one command) in the running appliance; does not return.

    Raises:
        BuildError: it is not running, or there is no ssh program.
    """
    machine = _required()
    if not shutil.which("ssh"):
        raise BuildError("ssh is not installed; install it with `sudo apt install openssh-client`")
    options = [
        # Each machine makes its own host keys, so they are kept beside it.
        *("-o", f"UserKnownHostsFile={machine.folder / 'known_hosts'}"),
        *("-o", "GlobalKnownHostsFile=/dev/null", "-o", "StrictHostKeyChecking=accept-new"),
        # Offering every key of an agent uses up the attempts before the password's turn.
        *("-o", "PubkeyAuthentication=no", "-p", str(description.ports.ssh.host)),
    ]
    os.execvp("ssh", ["ssh", *options, f"{description.user.name}@{LOOPBACK}", *command])


def running() -> Machine | None:
    """The machine that runs now, if any."""
    for folder in sorted(MACHINES.glob("*/")):
        if (machine := Process(folder)).running():
            return machine
    return virtualbox.running(MACHINES)


def _required() -> Machine:
    if machine := running():
        return machine
    raise BuildError("the appliance is not running; start it with `make up`")


def _prepared(description: Description, ova: Path, firmware: str, out: Console) -> Machine:
    """The machine made from an OVA, not started yet, in whatever can run it here."""
    taken = archive.read(ova)
    folder = MACHINES / taken.identity
    if virtualbox.usable():
        machine = virtualbox.VirtualBox(taken.identity, folder)
        machine.prepare(description, taken)
        return machine
    if shutil.which("VBoxManage"):
        out.print("VirtualBox is installed, but cannot start machines here; QEMU takes over.")
    require_installed()
    with out.status("Taking the disk out of the OVA"):
        disk = qemu.unpacked(taken, folder)
    with out.status("Trying whether a kernel boots under KVM"):
        machine = qemu.Qemu(description, disk, folder, firmware=firmware)
    if machine.slowdown > 1:
        out.print("KVM does not work here: QEMU emulates the processor, which is slow.")
    return machine


def _addresses(description: Description) -> str:
    ports, user = description.ports, description.user
    return (
        f"  Lessons  http://{LOOPBACK}:{ports.jupyter.host}/\n"
        f"  SSH      ssh -p {ports.ssh.host} {user.name}@{LOOPBACK}"
        f"  (password: {user.password}; or `make ssh`)\n"
        f"  Stop     make down"
    )
