"""What the machine is, for people and for the pages."""

import os
import stat

from . import files
from .finish import PLAN
from .install import version_of
from .machine import Machine
from .view import view


def state(machine: Machine) -> dict:
    """Release, update, what the next start brings, and what an update did.

    Returns:
        `release`: the version that was imported, None where none is known; `version`: of what runs;
        `next`: of what the next start brings, None if the same; `damaged`: an update is there and
        cannot be stacked; `key`: whether the machine takes updates; `files`: pairs of a file of the
        attendee's folder and what became of it; `own`: paths of the system where what was changed
        on this machine hides what the update brings.
    """
    description = machine.description
    running, current = machine.running, machine.current
    base = description["version"]
    if known := running or current:
        base = machine.header(known).base_version
    following = None
    if current != running and not machine.damaged:
        following = version_of(machine, current) if current else base
    plan = machine.folder / running / PLAN
    changes = files.load(plan)[1] if running and plan.exists() else []
    return {
        "release": base,
        "version": description["version"],
        "next": following,
        "damaged": machine.damaged,
        "key": bool(description.get("update_key")),
        "files": [[change.path, change.said] for change in changes],
        "own": own(machine) if running else [],
    }


def own(machine: Machine) -> list[str]:
    """Files of the update in whose place this machine shows its own, the notebooks not counted."""
    found = []
    for name, path in view(machine.stack[-1:]):
        hidden = os.path.lexists(machine.upper / name)
        if hidden and not stat.S_ISDIR(path.lstat().st_mode) and not name.startswith(machine.place):
            found.append(f"/{name}")
    return found
