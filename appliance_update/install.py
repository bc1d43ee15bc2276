"""Taking an update in, and going back: each is undone by a power cut until its last step."""

import errno
import os
from typing import IO

from . import Refused, durable, files
from .machine import Machine
from .package import HEADER, LAYER, Header, Package
from .view import view

ROOM = 64 << 20  # bytes that must stay free for work
INCOMING = "incoming"


def install(machine: Machine, stream: IO[bytes]) -> str:
    """Verify an update and let the next start stack it.

    Returns:
        The version that the machine will be.

    Raises:
        Refused: it is damaged, not the organiser's, not for this machine, or does not fit; all is
            then as it was.
    """
    key = machine.description.get("update_key")
    base = machine.base
    if not key:
        raise Refused(
            "this machine was made without a key for updates, so that it takes none; ask the "
            "organiser for the new .ova"
        )
    with machine.locked():
        package = Package(stream, key)
        header = package.header
        _check(machine, header, base)
        if header.id == machine.running and not machine.damaged:
            machine.switch(header.id)  # it was rolled back, and no start came between
            return header.version
        aside = machine.folder / INCOMING
        durable.remove_folder(aside)
        try:
            pristine = files.contents(view(machine.stack, machine.place))
            _check_room(machine, header.size + 3 * sum(map(len, pristine.values())) + ROOM)
            aside.mkdir()
            durable.stream(aside / LAYER, package.layer())
            durable.stream(aside / HEADER, [header.to_bytes()])
            durable.stream(aside / "before", [machine.running.encode()])
            for name, content in pristine.items():
                (aside / "old" / name).parent.mkdir(parents=True, exist_ok=True)
                durable.stream(aside / "old" / name, [content])
            durable.remove_folder(machine.folder / header.id)
            durable.appear(aside, machine.folder / header.id)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            raise Refused("the disk is full, so that nothing was changed; make room") from None
        finally:
            durable.remove_folder(aside)
        machine.switch(header.id)
        machine.prune()
    return header.version


def roll_back(machine: Machine) -> str:
    """Let the next start stack what ran before.

    Returns:
        A sentence on what comes next.

    Raises:
        Refused: there is nothing to go back to.
    """
    with machine.locked():
        current, running = machine.current, machine.running
        if not current:
            raise Refused("no update is installed, so that there is nothing to go back to")
        if current != running and not machine.damaged:
            machine.switch(running)
            machine.prune()
            return "the update is withdrawn; nothing was changed by it"
        before = machine.before(current)
        version = version_of(machine, before) if before else machine.header(current).base_version
        machine.switch(before)
    return f"restart to go back to {version}"


def version_of(machine: Machine, update: str) -> str:
    """The version that an installed update makes of the machine."""
    return machine.header(update).version


def _check(machine: Machine, header: Header, base: str) -> None:
    name = machine.description["name"]
    if header.name != name:
        raise Refused(f"this is an update for {header.name}, and this machine is {name}")
    if header.base != base:
        raise Refused(
            f"this update is for machines that were imported from {header.base_version}, and this "
            "one comes from another .ova; ask the organiser for the update that fits"
        )
    current = machine.current
    if current == header.id and not machine.damaged:
        raise Refused(f"this update, {header.version}, is installed already")
    if current and header.date < (installed := machine.header(current)).date:
        raise Refused(
            f"this update, {header.version}, is older than {installed.version}, which is "
            "installed; `workshop rollback` goes back"
        )


def _check_room(machine: Machine, needed: int) -> None:
    status = os.statvfs(machine.folder)
    free = status.f_bavail * status.f_frsize
    if free < needed:
        raise Refused(
            f"the update needs {needed / 1e6:.0f} MB and {free / 1e6:.0f} MB are free; make room"
        )
