"""What every repair is."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

from ..commands import Command
from ..context import Context
from ..result import Status
from ..runner import Outcome, run


class Refused(Exception):
    """The repair would help, but must not or cannot be done from here; the text says why."""


@dataclass(frozen=True)
class Plan:
    """The commands that mend it, in order; `detail` is what is special about this time."""

    commands: Sequence[Command]
    detail: str = ""


class Repair:
    """One safe repair: done twice it is as done once, and an attendee's work is never deleted.

    A subclass sets these and `plan`:

    id      its name in the documentation
    title   what is done, as an order: the question is this with a question mark
    does    what that means for the attendee, one sentence
    checks  ids of the checks whose problems it may mend
    """

    id: str
    title: str
    does: str
    checks: tuple[str, ...]

    def plan(self, context: Context, outcome: Outcome) -> Plan | None:
        """What to do about `outcome`, or None where this repair would mend nothing; looks only.

        Raises:
            Refused: it would help, but not from here.
        """
        raise NotImplementedError

    def settled(self, context: Context) -> bool:
        """Whether what was restarted is up by now, so that the check can look again."""
        return True


def again(outcome: Outcome, context: Context, **environment: str) -> Outcome:
    """The check's outcome with these variables set: whether what they replace is at fault."""
    before = dict(os.environ)
    os.environ |= environment
    try:
        [second] = run([outcome.check], context, only=[outcome.check.id])
    finally:
        os.environ.clear()
        os.environ |= before
    return second


def good(outcome: Outcome) -> bool:
    """Whether the check looked and found it well enough."""
    return outcome.result.status in (Status.PASS, Status.WARN)
