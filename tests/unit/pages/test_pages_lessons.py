"""How far the attendee is with a lesson, told from the notebook's file."""

import copy
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from workshop_pages.lessons import Lesson, Shelf, State

NAME = "1-Second"
OPENING = "# 1 - The second: of two\n\n**Time:** about 40\nminutes of reading"
CELLS = [
    {"cell_type": "markdown", "metadata": {}, "source": [OPENING]},
    {"cell_type": "code", "metadata": {}, "source": ["x = 1"]},
    {"cell_type": "code", "metadata": {"tags": ["expect"]}, "source": ["assert x\n", "print(x)"]},
    {"cell_type": "code", "metadata": {"tags": ["expect"]}, "source": ["assert x == 1"]},
]
for cell in CELLS[1:]:
    cell |= {"execution_count": None, "outputs": []}

ERROR = {"output_type": "error", "ename": "AssertionError", "evalue": "", "traceback": []}
TEXT = {"output_type": "stream", "name": "stdout", "text": ["All is well.\n"]}


def write(path: Path, cells: list[dict], metadata: dict | None = None) -> None:
    path.parent.mkdir(exist_ok=True)
    notebook = {"cells": cells, "metadata": metadata or {}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(notebook), encoding="utf-8")


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """Two lessons; the attendee has a copy of the second alone."""
    write(tmp_path / "pristine" / "0-First.ipynb", [])
    for folder in ("pristine", "copies"):
        write(tmp_path / folder / f"{NAME}.ipynb", CELLS)
    return Shelf(tmp_path / "pristine", tmp_path / "copies")


def save(shelf: Shelf, change: Callable[[list[dict]], None], **metadata: object) -> Lesson:
    """What is known of the second lesson after its copy was changed."""
    cells = copy.deepcopy(CELLS)
    change(cells)
    write(shelf.copies / f"{NAME}.ipynb", cells, metadata)
    return shelf.lessons()[1]


def ran(*outputs: dict) -> Callable[[list[dict]], None]:
    """All cells ran; the last one gave these outputs."""

    def change(cells: list[dict]) -> None:
        for number, cell in enumerate(cells[1:], 1):
            cell["execution_count"] = number
        cells[-1]["outputs"] = list(outputs)

    return change


def test_title_and_minutes_are_those_of_the_first_cell(shelf):
    first, second = shelf.lessons()
    assert second == Lesson(NAME, "The second: of two", 40, State.NEW, True)
    assert first == Lesson("0-First", "0-First", None, State.NEW, False)


def test_lessons_come_as_listed_then_by_number(tmp_path):
    for name in ("0-First", "9-Ninth", "10-Tenth", "Appendix"):
        write(tmp_path / "pristine" / f"{name}.ipynb", [])
    names = lambda *order: Shelf(tmp_path / "pristine", tmp_path, order).names()  # noqa: E731
    assert names() == ["0-First", "9-Ninth", "10-Tenth", "Appendix"]
    assert names("Appendix", "9-Ninth") == ["Appendix", "9-Ninth", "0-First", "10-Tenth"]


def test_opening_alone_starts_nothing(shelf):
    assert save(shelf, lambda cells: None, language_info={"name": "python"}).state == "new"


def edit(cells: list[dict]) -> None:
    cells[1]["source"] = ["x = 2"]


def run_one(cells: list[dict]) -> None:
    cells[1]["execution_count"] = 1


def run_one_check(cells: list[dict]) -> None:
    cells[2]["execution_count"] = 1


def delete_the_checks(cells: list[dict]) -> None:
    del cells[2:]


@pytest.mark.parametrize("change", [edit, run_one, run_one_check, delete_the_checks, ran(ERROR)])
def test_work_is_seen(shelf, change):
    assert save(shelf, change).state == "started"


@pytest.mark.parametrize("outputs", [(), (TEXT,)])
def test_lesson_is_done_when_each_check_ran_without_fault(shelf, outputs):
    assert save(shelf, ran(*outputs)).state == "done"


@pytest.mark.parametrize("content", ["", "{", "[]", '{"cells": 3}', '{"cells": [{}]}', "\xff"])
def test_damaged_copy_is_the_attendees(shelf, content):
    (shelf.copies / f"{NAME}.ipynb").write_text(content, encoding="latin-1")
    assert shelf.lessons()[1].state == "started"


def test_copy_that_was_deleted_is_not_here(shelf):
    assert save(shelf, ran()).here
    (shelf.copies / f"{NAME}.ipynb").unlink()
    assert shelf.lessons()[1] == Lesson(NAME, "The second: of two", 40, State.NEW, False)
