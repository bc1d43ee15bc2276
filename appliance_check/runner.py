"""Runs checks side by side where that is safe, each in a process of its own with a time limit."""

import multiprocessing
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from .check import LEVELS, Check
from .context import Context, ProbeFailed, become
from .processes import kill_tree
from .result import NOT_RUN, TROUBLE, Result, Status

FORK = multiprocessing.get_context("fork")
INTERRUPT = {signal.SIGINT}


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
    jobs: int = 1,
) -> Iterator[Outcome]:
    """Run `checks` and give their outcomes in this order, each as soon as there is one.

    Args:
        required: ids that run whatever the profile or level; not having run is their FAIL.
        only: ids that were asked for by name, which overrules the level.
        jobs: how many may run at a time.

    Raises:
        KeyboardInterrupt: after Ctrl-C, when the outcomes of all checks have been given; those
            that had not ended are NOT_RUN.
    """
    # Ctrl-C comes while this waits, and at no other time: nothing that has ended gets lost.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, INTERRUPT)
    work = _Work(checks, context, required, only, jobs, before)
    try:
        for check in checks:
            while check.id not in work.done:
                work.start()
                if check.id not in work.done:
                    work.wait()
            yield work.done[check.id]
    except KeyboardInterrupt:
        work.stop()
        left = checks[list(checks).index(check) :]
        yield from (work.done.get(each.id, Outcome(each, NOT_RUN, 0.0)) for each in left)
        raise
    finally:
        work.stop()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@dataclass
class _Job:
    """A check that runs."""

    check: Check
    process: BaseProcess
    receiver: Connection
    started: float
    limit: float  # seconds

    @property
    def left(self) -> float:
        """Seconds that it may still take."""
        return self.started + self.limit - time.monotonic()


class _Work:
    """What has ended, what runs, and what waits for its turn."""

    def __init__(self, checks, context, required, only, jobs, mask: Iterable[signal.Signals]):
        self.context, self.required, self.only, self.jobs = context, required, only, jobs
        self.mask = mask  # of signals, outside this module
        self.done: dict[str, Outcome] = {}
        self.running: list[_Job] = []
        self.waiting = list(checks)
        self.broken: set[str] = set()

    def start(self) -> None:
        """Start all that can run now, and settle what need not run."""
        for check in list(self.waiting):
            open_needs = {job.check.id for job in self.running} | {c.id for c in self.waiting}
            result = self._excused(check)
            if not result:
                if open_needs.intersection(check.needs):
                    continue
                result = self._pointless(check)
            if not result and not self._may_start(check):
                continue
            self.waiting.remove(check)
            if result:
                self._end(check, result, 0.0)
            else:
                self._launch(check)

    def _may_start(self, check: Check) -> bool:
        if check.alone or any(job.check.alone for job in self.running):
            return not self.running
        return len(self.running) < self.jobs

    def _excused(self, check: Check) -> Result | None:
        """Why a check is not run at all, whatever the others find."""
        if check.id in self.required:
            return None
        if reason := self.context.not_applicable(check.id):
            return Result(Status.NOT_APPLICABLE, reason)
        level = LEVELS.index(check.level)
        if check.id not in self.only and level > LEVELS.index(self.context.level):
            return Result(Status.SKIP, f"--level {check.level} includes it")
        return None

    def _pointless(self, check: Check) -> Result | None:
        """Why a check is not run after what others found."""
        missing = sorted(self.broken.intersection(check.needs))
        if not missing:
            return None
        return Result(Status.SKIP, f"pointless before {', '.join(missing)} is mended")

    def _launch(self, check: Check) -> None:
        """Fork a process, which a crash or a hang cannot take the others with."""
        receiver, sender = FORK.Pipe(duplex=False)
        sys.stdout.flush()
        sys.stderr.flush()
        process = FORK.Process(target=_child, args=(check, self.context, sender, self.mask))
        process.start()
        sender.close()
        limit = check.time_limit(self.context)
        self.running.append(_Job(check, process, receiver, time.monotonic(), limit))

    def wait(self) -> None:
        """Until one of those that run has ended or has used its time up."""
        left = min(job.left for job in self.running)
        try:
            signal.pthread_sigmask(signal.SIG_SETMASK, self.mask)
            ready = wait([job.receiver for job in self.running], max(0.0, left))
        finally:
            signal.pthread_sigmask(signal.SIG_BLOCK, INTERRUPT)
        for job in list(self.running):
            if job.receiver in ready:
                self._collect(job, self._received(job))
            elif job.left <= 0:
                text = f"stopped after its limit of {job.limit:.0f} s"
                self._collect(job, Result(Status.ERROR, text))

    def _received(self, job: _Job) -> Result:
        try:
            return job.receiver.recv()
        except EOFError:
            job.process.join()
            status = job.process.exitcode
            return Result(Status.ERROR, f"the check's process died (exit status {status})")

    def _collect(self, job: _Job, result: Result) -> None:
        seconds = time.monotonic() - job.started
        self._kill(job)
        self._end(job.check, result, seconds)

    def _kill(self, job: _Job) -> None:
        kill_tree(job.process.pid)
        job.process.join()
        job.receiver.close()
        self.running.remove(job)

    def _end(self, check: Check, result: Result, seconds: float) -> None:
        if check.id in self.required and result.status in (Status.SKIP, Status.NOT_APPLICABLE):
            result = replace(result, status=Status.FAIL, message=f"required: {result.message}")
        if result.status in TROUBLE and not result.remedy:
            result = replace(result, remedy=check.remedy)
        if result.status in (Status.FAIL, Status.ERROR):
            self.broken.add(check.id)
        self.done[check.id] = Outcome(check, result, seconds)

    def stop(self) -> None:
        """End what still runs."""
        for job in list(self.running):
            self._kill(job)


def as_attendee(context: Context, action: Callable[..., None], *arguments: object) -> None:
    """Do something in the attendee's home folder with the attendee's rights, whoever calls."""

    def child() -> None:
        become(context.description["user"]["name"], context.home)
        action(*arguments)

    process = FORK.Process(target=child)
    process.start()
    process.join()


def _child(check: Check, context: Context, sender: Connection, mask) -> None:
    parent = os.getppid()
    os.setsid()  # Ctrl-C reaches the parent alone, which ends this process and reports it
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    sys.stdout = sys.stderr  # standard output belongs to the report
    try:
        if not check.as_root:
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
    # The parent ends this process with all that it started; that of an ended one nobody finds.
    while os.getppid() == parent:
        time.sleep(1)
