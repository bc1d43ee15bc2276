"""The lessons, and how far the attendee is with each.

Only the standard library is used.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

TITLE = re.compile(r"^# (?:\d+ - )?(.+)$", re.M)
TIME = re.compile(r"\*\*Time:\*\* about\s+(\d+)\s+minutes")


class State(StrEnum):
    """What the attendee's copy says of itself."""

    NEW = "new"  # as it was shipped, or not there
    STARTED = "started"
    DONE = "done"  # each cell that checks the lesson's promise ran, and none found fault


@dataclass(frozen=True)
class Lesson:
    """A lesson as the landing page shows it.

    Attributes:
        minutes: what its first cell says; None if it says nothing.
        here: whether the attendee has a copy.
    """

    name: str
    title: str
    minutes: int | None
    state: State
    here: bool

    def as_json(self) -> dict:
        """Its attributes."""
        return asdict(self)


class Shelf:
    """Pristine lessons, and the attendee's copies of them.

    Args:
        pristine: the folder of the lessons as they were shipped.
        copies: the attendee's folder.
        order: names as the description has them; others come after these, by their numbers.
    """

    def __init__(self, pristine: Path, copies: Path, order: Sequence[str] = ()) -> None:
        self.pristine, self.copies = pristine, copies
        self.order = {name: place for place, name in enumerate(order)}
        self._known: dict[Path, tuple[tuple[int, int], Lesson]] = {}

    def names(self) -> list[str]:
        """The names of all lessons, in order."""
        return sorted((path.stem for path in self.pristine.glob("*.ipynb")), key=self._place)

    def _place(self, name: str) -> tuple:
        number = name.partition("-")[0]
        place = self.order.get(name, len(self.order))
        # Numbers count, so that 10 comes after 9; other names come last.
        return place, not number.isdecimal(), int(number) if number.isdecimal() else 0, name

    def lessons(self) -> list[Lesson]:
        """All lessons, in order; a copy that did not change is not read again."""
        return [self._lesson(name) for name in self.names()]

    def _lesson(self, name: str) -> Lesson:
        copy = self.copies / f"{name}.ipynb"
        try:
            status = copy.stat()
            version = status.st_mtime_ns, status.st_size
        except OSError:
            version = 0, 0
        if self._known.get(copy, (None,))[0] != version:
            self._known[copy] = version, self._read(name, copy, version != (0, 0))
        return self._known[copy][1]

    def _read(self, name: str, copy: Path, here: bool) -> Lesson:
        shipped = json.loads((self.pristine / copy.name).read_text(encoding="utf-8"))
        first = _text(shipped["cells"][0]) if shipped["cells"] else ""
        title, minutes = TITLE.search(first), TIME.search(first)
        return Lesson(
            name,
            title[1].strip() if title else name,
            int(minutes[1]) if minutes else None,
            _state(shipped["cells"], copy) if here else State.NEW,
            here,
        )


def _state(shipped: Sequence[dict], copy: Path) -> State:
    """Jupyter saves a notebook that was only opened with other metadata: cells alone count."""
    try:
        cells = json.loads(copy.read_text(encoding="utf-8"))["cells"]
        if [_essence(cell) for cell in cells] == [_essence(cell) for cell in shipped]:
            return State.NEW
        checks = [cell for cell in cells if "expect" in cell["metadata"].get("tags", [])]
        promised = sum("expect" in cell["metadata"].get("tags", []) for cell in shipped)
        is_done = len(checks) >= promised > 0 and all(map(_went_well, checks))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return State.STARTED  # damaged, or being written: it is the attendee's in any case
    return State.DONE if is_done else State.STARTED


def _essence(cell: dict) -> tuple:
    ran = bool(cell.get("outputs")) or cell.get("execution_count") is not None
    return cell["cell_type"], _text(cell), ran


def _went_well(cell: dict) -> bool:
    failed = any(output["output_type"] == "error" for output in cell["outputs"])
    return cell["execution_count"] is not None and not failed


def _text(cell: dict) -> str:
    return "".join(cell["source"])
