"""The laptops in the room: what each posted last, kept in files so that a restart forgets none."""

import csv
import hashlib
import io
import json
import re
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from pydantic import ValidationError

from appliance_check.result import TROUBLE, Status

from .posted import Envelope, Posted, Refused

MOST_SEATS = 200
COLUMNS = (
    *("seat", "state", "problems", "warnings", "summary", "received"),
    *("level", "profile", "version", "complete", "part", "machines"),
)


class State(StrEnum):
    """What the organiser has to know of a laptop; the first has to be looked at first."""

    PROBLEMS = "Problems"
    INCOMPLETE = "Incomplete"
    WARNINGS = "Warnings"
    READY = "Ready"


class Seats:
    """All that was posted, by name.

    Args:
        folder: has a file for each name; made if need be.
        warn: told of each file that cannot be read.
    """

    def __init__(self, folder: Path, warn: Callable[[str], None]) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.kept: dict[str, Envelope] = {}
        for file in sorted(folder.glob("*.json")):
            try:
                envelope = Envelope.model_validate_json(file.read_bytes())
            except (OSError, ValidationError):
                warn(f"{file} is damaged, and its laptop is not shown; let it post again")
                continue
            self.kept[_key(envelope.name)] = envelope

    def forget(self) -> None:
        """Begin anew."""
        for file in self.folder.glob("*.json"):
            file.unlink()
        self.kept.clear()

    def take(self, posted: Posted) -> Envelope:
        """Put a report in the place of the one before of that name.

        Raises:
            Refused: there are too many names.
            OSError: it cannot be kept.
        """
        key = _key(posted.name)
        before = self.kept.get(key)
        if before is None and len(self.kept) >= MOST_SEATS:
            raise Refused(
                f"the board is full with {MOST_SEATS} names: use one of them, or start it with "
                "--fresh"
            )
        seen = [each for each in before.machines if each != posted.machine] if before else []
        envelope = Envelope(
            name=posted.name,
            machines=[*seen, posted.machine][-10:] if posted.machine else seen,
            part=posted.part,
            received=datetime.now(UTC).isoformat(timespec="seconds"),
            report=posted.report,
        )
        _write(self.folder / f"{key}.json", envelope.model_dump_json(by_alias=True))
        self.kept[key] = envelope
        return envelope

    def in_order(self) -> list[Envelope]:
        """By name, as people count: 7 before 12."""
        return sorted(self.kept.values(), key=lambda each: _natural(each.name))

    def shown(self) -> list[dict]:
        """What the page shows of each laptop: JSON values."""
        return [_shown(each) for each in self.in_order()]

    def as_json(self) -> str:
        """Everything, with the whole reports."""
        seats = [
            {"seat": each.name, "state": state(each)}
            | each.model_dump(mode="json", by_alias=True, exclude={"name", "machines"})
            for each in self.in_order()
        ]
        return json.dumps({"schema": 1, "seats": seats}, indent=2)

    def as_csv(self) -> str:
        """A line for each laptop, for a spreadsheet."""
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(COLUMNS)
        for each in self.in_order():
            report = each.report
            row = (each.name, state(each), " ".join(_ids(each, Status.FAIL, Status.ERROR)))
            row += (" ".join(_ids(each, Status.WARN)), report.summary, each.received)
            row += (report.level, report.profile, report.version)
            row += (report.complete, each.part, len(each.machines))
            writer.writerow([_harmless(str(value)) for value in row])
        return text.getvalue()


def state(seat: Envelope) -> State:
    """What a report comes to: a FAIL stands even when the rest is unknown; unknown is not good."""
    found = {each.status for each in seat.report.checks}
    if found & {Status.FAIL, Status.ERROR}:
        return State.PROBLEMS
    if not seat.report.complete or seat.part or not found & {Status.PASS, Status.WARN}:
        return State.INCOMPLETE
    return State.WARNINGS if Status.WARN in found else State.READY


def _shown(seat: Envelope) -> dict:
    report = seat.report
    trouble = [each for each in report.checks if each.status in TROUBLE]
    return {
        "key": _key(seat.name),
        "name": seat.name,
        "state": state(seat),
        "summary": report.summary,
        "part": seat.part,
        "complete": report.complete,
        "passed": len(_ids(seat, Status.PASS)),
        "trouble": [
            each.model_dump(mode="json", include={"id", "title", "status", "message", "remedy"})
            for each in trouble
        ],
        "received": seat.received,
        "version": report.version,
        "profile": report.profile,
        "level": report.level,
        "machines": len(seat.machines),
    }


def _ids(seat: Envelope, *statuses: Status) -> list[str]:
    return [each.id for each in seat.report.checks if each.status in statuses]


def _key(name: str) -> str:
    """The same for names that differ in capitals alone; fit for a file."""
    return hashlib.sha256(name.casefold().encode()).hexdigest()[:16]


def _natural(name: str) -> list[tuple[int, int, str]]:
    parts = re.findall(r"[0-9]+|[^0-9]+", name.casefold())
    return [(0, int(part), "") if part[0] in "0123456789" else (1, 0, part) for part in parts]


def _harmless(value: str) -> str:
    """A spreadsheet would compute what begins like a formula."""
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def _write(file: Path, text: str) -> None:
    """Put a text under its name in one go."""
    with tempfile.NamedTemporaryFile("w", dir=file.parent, delete=False, encoding="utf-8") as part:
        try:
            part.write(text)
            part.close()
            Path(part.name).replace(file)
        except BaseException:
            Path(part.name).unlink(missing_ok=True)
            raise
