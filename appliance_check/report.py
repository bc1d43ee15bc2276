"""The report for people and the report for programs."""

import contextlib
import json
import os
import tempfile
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from .context import Context
from .result import NOT_RUN, TROUBLE, Status
from .runner import Outcome

SCHEMA = 1  # of the JSON report: raised when a key changes its meaning or goes

MARKS = {
    Status.PASS: ("✓", "+", "32"),
    Status.WARN: ("!", "!", "33"),
    Status.FAIL: ("✗", "x", "31"),
    Status.ERROR: ("✗", "x", "31"),
    Status.SKIP: ("·", ".", "90"),
    Status.NOT_APPLICABLE: ("·", ".", "90"),
}
WORDS = {Status.NOT_APPLICABLE: "N/A"}


class TextReport:
    """Writes one aligned line for each check as it ends, then what to do about the bad ones."""

    def __init__(self, stream: TextIO, width: int):
        self.stream = stream
        self.width = width  # of the longest check id
        self.group = None
        self.colour = stream.isatty() and "NO_COLOR" not in os.environ

    def start(self, context: Context) -> None:
        self._write(
            f"Checking {context.description['title']} {context.description['version']} "
            f"({context.place}; profile {context.profile}, level {context.level})"
        )

    def add(self, outcome: Outcome) -> None:
        check, result = outcome.check, outcome.result
        if check.group != self.group:
            self.group = check.group
            self._write(f"\n{check.group}")
        self._write(
            f"  {self._mark(result.status)}  {check.id:<{self.width}} {outcome.seconds:>6.1f} s  "
            f"{result.message}"
        )

    def finish(self, outcomes: Sequence[Outcome], complete: bool, strict: bool) -> None:
        for outcome in outcomes:
            if outcome.result.status in TROUBLE:
                self._explain(outcome)
        self._write("\n" + closing(outcomes, complete, strict))

    def _explain(self, outcome: Outcome) -> None:
        check, result = outcome.check, outcome.result
        self._write(f"\n{self._mark(result.status)}  {check.id}: {result.message}")
        for key, value in result.evidence.items():
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            first, *rest = text.splitlines() or [""]
            self._write(f"    {key}: {first}")
            for line in rest:
                self._write(f"      {line}")
        for label, text in (("Why it matters", check.matters), ("What to do", result.remedy)):
            lines = textwrap.wrap(
                f"{label}: {text}", 96, initial_indent="    ", subsequent_indent="      "
            )
            self._write("\n".join(lines))

    def _mark(self, status: Status) -> str:
        pretty, plain, colour = MARKS[status]
        text = f"{pretty} {WORDS.get(status, status):<5}"
        try:
            text.encode(self.stream.encoding or "ascii")
        except UnicodeEncodeError:
            text = text.replace(pretty, plain)
        return f"\033[{colour}m{text}\033[0m" if self.colour else text

    def _write(self, line: str) -> None:
        encoding = self.stream.encoding or "ascii"
        print(line.encode(encoding, "replace").decode(encoding), file=self.stream, flush=True)


def closing(outcomes: Sequence[Outcome], complete: bool, strict: bool) -> str:
    """The one sentence that sums it all up; `strict` counts warnings as problems."""
    if not complete:
        ran = [outcome for outcome in outcomes if outcome.result != NOT_RUN]
        return f"Interrupted after {_count(ran, 'check')}: nothing is known of the others."
    problems = (Status.FAIL, Status.ERROR, *([Status.WARN] if strict else []))
    bad = [o.check.id for o in outcomes if o.result.status in problems]
    warned = [o.check.id for o in outcomes if o.result.status == Status.WARN]
    if bad:
        return f"{_count(bad, 'problem')}: {', '.join(bad)}."
    if warned:
        return f"Ready for the workshop, with {_count(warned, 'warning')}: {', '.join(warned)}."
    if not any(o.result.status == Status.PASS for o in outcomes):
        return "Nothing was checked."
    return "Ready for the workshop."


def _count(things: Sequence, word: str) -> str:
    return f"{len(things)} {word}{'' if len(things) == 1 else 's'}"


def as_json(outcomes: Sequence[Outcome], context: Context, complete: bool, strict: bool) -> str:
    """The report as a JSON text; `complete` is false after Ctrl-C."""
    return json.dumps(
        {
            "schema": SCHEMA,
            "profile": context.profile,
            "level": context.level,
            "version": context.description["version"],
            "complete": complete,
            "summary": closing(outcomes, complete, strict),
            "checks": [
                {
                    "id": outcome.check.id,
                    "title": outcome.check.title,
                    "status": str(outcome.result.status),
                    "seconds": round(outcome.seconds, 3),
                    "message": outcome.result.message,
                    "evidence": outcome.result.evidence,
                    "remedy": outcome.result.remedy,
                }
                for outcome in outcomes
            ],
        },
        indent=2,
        ensure_ascii=False,
    )


def keep(path: Path, text: str) -> None:
    """Leave a report for the landing page; a full disk is no reason to fail, and has a check."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, text)


def write(path: Path, text: str) -> None:
    """Put `text` under its name in one go, so that no reader ever sees half of it.

    Raises:
        OSError: the folder is missing, not writable or full.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text + "\n")
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
