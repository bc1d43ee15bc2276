"""`--fix`: offers repairs for what fails, does them, and has the checks look again."""

import sys
import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TextIO

from .commands import execute
from .context import Context
from .repairs import REPAIRS
from .repairs.repair import Plan, Refused, Repair
from .result import TROUBLE, Status
from .runner import Outcome, run

SETTLE_SECONDS = 60  # for a service to answer after its start, at native speed
POLL_SECONDS = 0.2
AGAIN = (*TROUBLE, Status.SKIP)  # what a repair may have changed


@dataclass
class Mending:
    """One go at mending.

    say      writes a line of the report
    ask      answers a yes-or-no question; None where nothing may be changed
    tried    ids of repairs that were offered: each is offered once
    latest   how each check stands, by its id
    stale    ids of checks that have not looked since the last repair
    """

    context: Context
    say: Callable[[str], None]
    ask: Callable[[str], bool] | None
    required: Sequence[str] = ()
    only: Sequence[str] = ()
    repairs: Sequence[Repair] = REPAIRS
    tried: set[str] = field(default_factory=set)
    latest: dict[str, Outcome] = field(default_factory=dict)
    stale: set[str] = field(default_factory=set)

    def mend(self, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """Offer what may help, and return how each check stands afterwards, in the same order.

        With Ctrl-C no more is offered; what was done by then stays done.
        """
        self.latest = {outcome.check.id: outcome for outcome in outcomes}
        troubled = any(map(self._is_bad, self.latest))
        try:
            while self._round():
                pass
        except KeyboardInterrupt:
            self.say("\nInterrupted: no more repairs.")
        if troubled and not self.tried:
            self.say("\nThere is no repair for this: see what to do above.")
        return [self.latest[outcome.check.id] for outcome in outcomes]

    def _round(self) -> bool:
        """Offer each check's repairs; whether one was done, so that others may help now."""
        done = False
        for check_id in self.latest:
            if check_id in self.stale:
                self._look(check_id, quiet=True)
            if not self._is_bad(check_id):
                continue
            for repair, plan in self._plans(check_id):
                if self._offer(repair, plan):
                    done = True
                    # It may have helped other checks, and what was skipped for want of another.
                    self.stale = {n for n in self.latest if self.latest[n].result.status in AGAIN}
                    self._look(check_id)
                    if not self._is_bad(check_id):
                        break
        return done

    def _is_bad(self, check_id: str) -> bool:
        return self.latest[check_id].result.status in TROUBLE

    def _plans(self, check_id: str) -> Iterator[tuple[Repair, Plan]]:
        """The repairs that would mend something now, each planned when its turn comes."""
        for repair in self.repairs:
            if check_id not in repair.checks or repair.id in self.tried:
                continue
            try:
                plan = repair.plan(self.context, self.latest[check_id])
            except (Refused, OSError) as error:
                self.tried.add(repair.id)
                self.say(f"\n{check_id}: {repair.title}: {error}.")
                continue
            if plan:
                self.tried.add(repair.id)
                self.say(f"\n{check_id}: {repair.title}")
                yield repair, plan

    def _offer(self, repair: Repair, plan: Plan) -> bool:
        """Show, ask, and do; whether it was tried, so that the check has to look again."""
        self.say(textwrap.indent(textwrap.fill(f"{plan.detail} {repair.does}".strip(), 92), "    "))
        for command in plan.commands:
            self.say(f"    {command}")
        if self.ask is None:
            return False
        if not self.ask(f"{repair.title}? [y/N] "):
            self.say("    Left as it is.")
            return False
        if problem := self._do(plan):
            self.say(f"    {repair.title}: this failed: {problem}")
        else:
            self._wait(repair)
        return True

    def _do(self, plan: Plan) -> str:
        """Run the commands up to the first that fails, and say which did."""
        for command in plan.commands:
            try:
                done = execute(command, self.context)
            except OSError as error:
                return f"`{command}`: {error.strerror}"
            lines = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()
            if done.returncode:
                return f"`{command}` ended with status {done.returncode}: {lines[-1]}"
        return ""

    def _wait(self, repair: Repair) -> None:
        """Until what was restarted answers; when it does not, the check will say so."""
        end = time.monotonic() + SETTLE_SECONDS * self.context.slowdown
        while not repair.settled(self.context) and time.monotonic() < end:
            time.sleep(POLL_SECONDS)

    def _look(self, check_id: str, quiet: bool = False) -> None:
        """Run a check again; `quiet` says something only if it comes out otherwise than before."""
        self.stale.discard(check_id)
        check, before = self.latest[check_id].check, self.latest[check_id].result
        needed = [self.latest[name].result.status for name in check.needs if name in self.latest]
        if before.status == Status.SKIP and not {Status.FAIL, Status.ERROR}.isdisjoint(needed):
            return
        [outcome] = run([check], self.context, self.required, self.only)
        self.latest[check_id] = outcome
        now = outcome.result
        if not quiet or (now.status, now.message) != (before.status, before.message):
            self.say(f"    Now {check_id} says {now.status}: {now.message}")


def speaker(stream: TextIO) -> Callable[[str], None]:
    """Writes lines to `stream`, as far as its encoding can."""

    def say(line: str) -> None:
        encoding = stream.encoding or "ascii"
        print(line.encode(encoding, "replace").decode(encoding), file=stream, flush=True)

    return say


def question(stream: TextIO) -> Callable[[str], bool]:
    """Asks on `stream`, and reads the answer from the terminal; no answer is a no."""

    def ask(text: str) -> bool:
        print(f"    {text}", end="", file=stream, flush=True)
        return sys.stdin.readline().strip().lower() in ("y", "yes")

    return ask
