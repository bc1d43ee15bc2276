"""What a check found."""

from dataclasses import dataclass, field
from enum import StrEnum


class Status(StrEnum):
    """PASS, WARN and FAIL are findings; the others say why there is none.

    Unknown is never good: what could not be found out is SKIP, with the reason, or ERROR.
    """

    PASS = "PASS"
    WARN = "WARN"
    FAIL = "FAIL"
    SKIP = "SKIP"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    ERROR = "ERROR"


# Statuses that a person has to act on: they are explained at the end of the report.
TROUBLE = (Status.FAIL, Status.ERROR, Status.WARN)


@dataclass(frozen=True)
class Result:
    """One check's outcome.

    message is one sentence that names the thing; evidence holds the figures behind it (plain
    JSON values); remedy says what to do, and is the check's own one when left empty.
    """

    status: Status
    message: str
    evidence: dict = field(default_factory=dict)
    remedy: str = ""


# Of a check that Ctrl-C came before, or stopped.
NOT_RUN = Result(Status.SKIP, "not run: interrupted")


def passed(message: str, **evidence) -> Result:
    return Result(Status.PASS, message, evidence)


def warned(message: str, remedy: str = "", **evidence) -> Result:
    return Result(Status.WARN, message, evidence, remedy)


def failed(message: str, remedy: str = "", **evidence) -> Result:
    return Result(Status.FAIL, message, evidence, remedy)


def skipped(reason: str, **evidence) -> Result:
    return Result(Status.SKIP, reason, evidence)
