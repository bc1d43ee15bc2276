"""The one object that every form of the report is made of; report.schema.json describes it."""

import math
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime

from ..context import Context
from ..runner import Outcome
from .closing import closing

SCHEMA = 1  # raised when a key changes its meaning or goes; a new key does not raise it
PAGE = "docs/checks.md"  # has a section for each check

# Colours of a terminal, which tracebacks of notebooks are full of.
COLOURS = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
# What XML or HTML cannot hold, and halves of characters (file names that are not UTF-8).
FORBIDDEN = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def compose(
    outcomes: Sequence[Outcome],
    context: Context,
    complete: bool,
    strict: bool,
    mendable: Collection[str] = (),
) -> dict:
    """The report of a run, in JSON's own types.

    Args:
        complete: false after Ctrl-C.
        strict: whether warnings count as problems.
        mendable: ids of the checks that `--fix` has repairs for.
    """
    return {
        "schema": SCHEMA,
        "title": context.description["title"],
        "version": context.description["version"],
        "profile": context.profile,
        "level": context.level,
        "settings": context.settings,
        "strict": strict,
        "complete": complete,
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "summary": closing(outcomes, complete, strict, mendable),
        "checks": [
            {
                "id": outcome.check.id,
                "group": outcome.check.group,
                "title": outcome.check.title,
                "status": outcome.result.status.value,
                "seconds": round(outcome.seconds, 3),
                "message": sentence(outcome.result.message),
                "evidence": plain(outcome.result.evidence),
                "matters": outcome.check.matters,
                "remedy": sentence(outcome.result.remedy),
                "page": f"{PAGE}#{outcome.check.id}",
            }
            for outcome in outcomes
        ],
    }


def plain(value: object) -> object:
    """A value in JSON's own types, with texts that every format can hold."""
    if isinstance(value, str):
        text = COLOURS.sub("", value).replace("\r\n", "\n").replace("\r", "\n")
        return FORBIDDEN.sub("\ufffd", text)
    if isinstance(value, Mapping):
        return {plain(str(key)): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    return plain(str(value))  # JSON has no infinity and no NaN


def sentence(text: str) -> str:
    """A text in one line."""
    return " ".join(plain(text).split())


def commands(remedy: str) -> list[str]:
    """What a remedy says to type: its pieces of code that are more than one word."""
    return [code for code in re.findall("`([^`]+)`", remedy) if re.match(r"[^-\s]\S* ", code)]


def ordered(evidence: Mapping[str, object]) -> list[tuple[str, object]]:
    """Evidence with what was expected and what was found first."""
    first = [key for key in ("expected", "found") if key in evidence]
    return [(key, evidence[key]) for key in dict.fromkeys([*first, *evidence])]
