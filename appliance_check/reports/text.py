"""The report for people: a line for each check as it ends, then what to do about the bad ones."""

import json
import os
import textwrap
from typing import TextIO

from ..context import Context
from ..result import TROUBLE, Status
from ..runner import Outcome
from .content import commands, ordered, sentence
from .words import MARKS, WORDS

WIDTH = 96  # columns of what is wrapped
LONGEST = 300  # characters of a message or a line of evidence; the other forms have the whole


class TextReport:
    """Writes to a stream, each line at once."""

    def __init__(self, stream: TextIO, width: int):
        self.stream = stream
        self.width = width  # of the longest check id
        self.group = None
        self.colour = stream.isatty() and "NO_COLOR" not in os.environ

    def start(self, context: Context) -> None:
        """The first line, before any check runs."""
        self._write(
            f"Checking {context.description['title']} {context.description['version']} "
            f"({context.place}; profile {context.profile}, level {context.level})"
        )

    def add(self, outcome: Outcome) -> None:
        """The line of a check, below the heading of its group."""
        check, result = outcome.check, outcome.result
        if check.group != self.group:
            self.group = check.group
            self._write(f"\n{check.group}")
        self._write(
            f"  {self._mark(result.status)}  {check.id:<{self.width}} {outcome.seconds:>6.1f} s  "
            f"{_cut(sentence(result.message))}"
        )

    def finish(self, report: dict) -> None:
        """What to do, and the closing sentence."""
        for check in report["checks"]:
            if check["status"] in TROUBLE:
                mark = self._mark(Status(check["status"]))
                self._write(f"\n{mark}  {check['id']}: {_cut(check['message'])}")
                self._write(textwrap.indent(explanation(check), "    "))
        self._write("\n" + report["summary"])

    def _mark(self, status: Status) -> str:
        pretty, plain, colour = MARKS[status]
        text = f"{pretty} {WORDS[status]:<5}"
        try:
            text.encode(self.stream.encoding or "ascii")
        except UnicodeEncodeError:
            text = text.replace(pretty, plain)
        return f"\033[{colour}m{text}\033[0m" if self.colour else text

    def _write(self, line: str) -> None:
        encoding = self.stream.encoding or "ascii"
        print(line.encode(encoding, "replace").decode(encoding), file=self.stream, flush=True)


def explanation(check: dict) -> str:
    """What was expected and found, why that matters, and what to do, with commands to copy."""
    lines = []
    for key, value in ordered(check["evidence"]):
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        first, *rest = text.splitlines() or [""]
        lines += [_cut(f"{key}: {first}"), *(_cut(f"  {line}") for line in rest)]
    lines += _wrapped(f"Why it matters: {check['matters']}")
    if check["remedy"]:
        lines += _wrapped(f"What to do: {check['remedy']}")
        lines += [f"    {command}" for command in commands(check["remedy"])]
    lines.append(f"More: appliance-check --explain {check['id']}, or {check['page']}")
    return "\n".join(lines)


def _cut(line: str) -> str:
    return line if len(line) <= LONGEST else line[:LONGEST].rstrip() + " …"


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH - 4, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )
