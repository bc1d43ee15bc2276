"""What is posted: read with suspicion, since anybody with the address can send anything."""

import json
import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from appliance_check.post import LONGEST_NAME, tidy
from appliance_check.reports.content import SCHEMA
from appliance_check.result import Status

Word = Annotated[str, Field(min_length=1, max_length=64)]
Text = Annotated[str, Field(max_length=10_000)]
Machine = Annotated[str, Field(pattern=r"^[A-Za-z0-9]{0,32}$")]


class Refused(Exception):
    """What came is no report; the text is one sentence that says why."""


class CheckResult(BaseModel):
    """One check of a report. Keys that later versions add are kept and ignored."""

    model_config = ConfigDict(extra="allow", strict=True)

    id: Word
    title: Annotated[str, Field(max_length=200)]
    status: Annotated[Status, Field(strict=False)]
    seconds: Annotated[float, Field(ge=0, le=1e6)]
    message: Text
    evidence: dict[str, Any]
    remedy: Text


class Report(BaseModel):
    """The JSON report of `appliance-check`, see docs/appliance-check.md."""

    model_config = ConfigDict(extra="allow", strict=True)

    schema_number: Annotated[int, Field(alias="schema", ge=SCHEMA, le=SCHEMA)]
    profile: Word
    level: Word
    version: Word
    complete: bool
    summary: Text
    checks: Annotated[list[CheckResult], Field(max_length=200)]


class Envelope(BaseModel):
    """What the board keeps of a laptop.

    machines are the random numbers of those that posted under this name, the last one last; part
    says that only some checks were asked for; received is the board's own time, UTC.
    """

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
    machines: Annotated[list[Machine], Field(max_length=10)]
    part: bool
    received: str
    report: Report


@dataclass(frozen=True)
class Posted:
    """A report, and whose."""

    name: str
    machine: str
    part: bool
    report: Report


def read(body: bytes, name: str, machine: str, part: str) -> Posted:
    """Check all that came: the body, and name, machine and part of the address.

    Raises:
        Refused: something about it is not as `appliance-check` sends it.
    """
    known = tidy(name)
    if known is None:
        raise Refused(
            f"no name that can be shown: send ?name= with 1 to {LONGEST_NAME} letters, digits or "
            "signs"
        )
    if not re.fullmatch("[A-Za-z0-9]{0,32}", machine):
        raise Refused("no random number: leave ?machine= out, or send up to 32 letters and digits")
    try:
        data = json.loads(body, parse_constant=_no_number)
        report = Report.model_validate(data)
        # As it will be kept: not all that Python reads can be written, such as 1e999.
        report = Report.model_validate_json(report.model_dump_json(by_alias=True))
    except ValidationError as error:
        raise Refused(_sentence(error)) from None
    except RecursionError:
        raise Refused("no report of appliance-check: it is nested too deeply") from None
    except ValueError:
        raise Refused("no report of appliance-check: it is not JSON in UTF-8") from None
    return Posted(known, machine, bool(part), report)


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no number")


def _sentence(error: ValidationError) -> str:
    """The first thing that is wrong."""
    first = error.errors(include_url=False, include_context=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    if key == "schema" and isinstance(first["input"], int):
        return (
            f"its schema is {str(first['input'])[:20]} and this board knows {SCHEMA}: take board "
            "and appliance of the same version"
        )
    place = f"{key[:80]}: " if key else ""
    return f"no report of appliance-check: {place}{first['msg']}"
