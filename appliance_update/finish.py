"""At the start, before anybody can log in: the attendee's folder follows the system.

What runs was decided by the boot script. Whatever stops this, the next start goes on from there.
"""

import time

from . import durable, files
from .machine import Machine
from .view import view

OLD, PLAN = "old", "plan"


def finish(machine: Machine) -> None:
    """Bring the attendee's folder from the update that it is at to the one that runs."""
    with machine.locked():
        running = machine.running
        while (at := machine.files) not in (chain := machine.chain(running)):
            _undo(machine, at)
        if at != running:
            _follow(machine, at, chain[: chain.index(at)])
        machine.prune()


def _undo(machine: Machine, update: str) -> None:
    plan = machine.folder / update / PLAN
    source = machine.before(update)
    if plan.exists():
        source, changes = files.load(plan)
        with machine.as_attendee():
            files.undo(changes, plan / files.BLOBS, machine.notebooks)
    _note(machine, source)
    durable.remove_folder(plan)


def _follow(machine: Machine, at: str, steps: list[str]) -> None:
    """`steps`: the updates from the one that runs down to the first after `at`."""
    running, first = steps[0], steps[-1]
    plan = machine.folder / running / PLAN
    if not plan.exists():
        old = files.contents(view([machine.folder / first / OLD]))
        new = files.contents(view(machine.stack, machine.place))
        version = machine.header(running).version
        with machine.as_attendee():
            moment = time.strftime("%Y%m%d-%H%M%S")
            made = files.compare(at, old, new, machine.notebooks, version, moment)
        made.save(plan)
    _, changes = files.load(plan)
    with machine.as_attendee():
        files.carry_out(changes, plan / files.BLOBS, machine.notebooks)
    _note(machine, running)


def _note(machine: Machine, update: str) -> None:
    durable.write(machine.folder / "files", f"{update}\n".encode())
