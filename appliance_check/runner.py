"""Runs checks one after the other, each in a process of its own with a time limit."""

import multiprocessing
import os
import sys
import time
import traceback
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection

from .check import LEVELS, Check
from .context import Context, ProbeFailed, become
from .processes import kill_tree
from .result import TROUBLE, Result, Status


@dataclass(frozen=True)
class Outcome:
    """A check, what it found, and the seconds that it took."""

    check: Check
    result: Result
    seconds: float


def run(
    checks: Sequence[Check],
    context: Context,
    required: Collection[str] = (),
    only: Collection[str] = (),
) -> Iterator[Outcome]:
    """Run `checks` in order, giving each outcome as soon as there is one.

    Args:
        required: ids that run whatever the profile or level; not having run is their FAIL.
        only: ids that were asked for by name, which overrules the level.
    """
    broken: set[str] = set()
    for check in checks:
        started = time.monotonic()
        result = _excused(check, context, broken, required, only) or _isolated(check, context)
        if check.id in required and result.status in (Status.SKIP, Status.NOT_APPLICABLE):
            result = replace(result, status=Status.FAIL, message=f"required: {result.message}")
        if result.status in TROUBLE and not result.remedy:
            result = replace(result, remedy=check.remedy)
        if result.status in (Status.FAIL, Status.ERROR):
            broken.add(check.id)
        yield Outcome(check, result, time.monotonic() - started)


def _excused(check, context, broken, required, only) -> Result | None:
    """Why a check is not run at all, if so."""
    if check.id not in required:
        if reason := context.not_applicable(check.id):
            return Result(Status.NOT_APPLICABLE, reason)
        if check.id not in only and LEVELS.index(check.level) > LEVELS.index(context.level):
            return Result(Status.SKIP, f"--level {check.level} includes it")
    if missing := sorted(broken.intersection(check.needs)):
        return Result(Status.SKIP, f"pointless before {', '.join(missing)} is mended")
    return None


def _isolated(check: Check, context: Context) -> Result:
    """Run one check in a forked process, which a crash or a hang cannot take the others with."""
    fork = multiprocessing.get_context("fork")
    receiver, sender = fork.Pipe(duplex=False)
    sys.stdout.flush()
    sys.stderr.flush()
    process = fork.Process(target=_child, args=(check, context, sender))
    process.start()
    sender.close()
    limit = check.time_limit(context)
    try:
        if not receiver.poll(limit):
            return Result(Status.ERROR, f"stopped after its limit of {limit:.0f} s")
        return receiver.recv()
    except EOFError:
        process.join()
        return Result(Status.ERROR, f"the check's process died (exit status {process.exitcode})")
    finally:
        kill_tree(process.pid)
        process.join()


def as_attendee(context: Context, action: Callable[..., None], *arguments: object) -> None:
    """Do something in the attendee's home folder with the attendee's rights, whoever calls."""

    def child() -> None:
        become(context.description["user"]["name"], context.home)
        action(*arguments)

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    process.join()


def _child(check: Check, context: Context, sender: Connection) -> None:
    os.setsid()  # Ctrl-C reaches the parent alone, which ends this process and reports it
    sys.stdout = sys.stderr  # standard output belongs to the report
    try:
        become(context.description["user"]["name"], context.home)
        reason = check.excuse(context)
        result = Result(Status.SKIP, reason) if reason else check.run(context)
    except ProbeFailed as error:
        evidence = {"output": error.output}
        result = Result(Status.FAIL, f"{check.title}: {error}", evidence)
    except Exception as error:
        message = f"the check itself crashed: {type(error).__name__}: {error}"
        result = Result(Status.ERROR, message, {"traceback": traceback.format_exc()})
    sender.send(result)
