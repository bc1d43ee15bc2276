"""Turns the lessons' sources into the notebooks that attendees open, and into their solutions.

`notebooks/source/<name>.py` (jupytext's percent format) is what we edit; the `.ipynb` is
derived from it and from nothing else, so that two runs give the same bytes.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path

import jupytext
import yaml
from nbformat import NotebookNode, ValidationError, v4
from nbformat.reader import NotJSONError

from . import exercises
from .errors import BuildError

#: By the ending of a source: jupytext's names.
FORMATS = {".py": "py:percent", ".ipynb": "ipynb"}

#: Of a lesson that Jupyter saved: seconds of a run, and memory.
LIMITS = {"seconds": {"quick": 300, "full": 600}, "memory_mb": 1000}

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


class Variant(Enum):
    """What a notebook is for."""

    STUDENT = "exercises are open, each with its solution folded away below it"
    SOLUTION = "exercises are solved; the last cell says whether all are"
    CODE = "what runs of the solution: neither text nor limits"


def generate(
    source: Path,
    target: Path,
    lessons: list[str],
    variant: Variant = Variant.STUDENT,
    elsewhere: Mapping[str, Path] | None = None,
) -> list[Path]:
    """Write `target/<lesson>.ipynb` from `source/<lesson>.py` for each lesson.

    All sources are read before the first notebook is written.

    Args:
        elsewhere: the source of each lesson that does not lie in the folder `source`.

    Returns:
        The paths written, in the order of `lessons`.

    Raises:
        BuildError: a source is missing, is not text, its header gives no limits, or an
            exercise has no solution.
    """
    texts = documents(source, lessons, variant, elsewhere)
    target.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        path = target / name
        part = path.with_suffix(".part")  # a killed run leaves no half notebook under its name
        part.write_text(text, encoding="utf-8", newline="\n")
        part.replace(path)
    return [target / name for name in texts]


def documents(
    source: Path,
    lessons: list[str],
    variant: Variant = Variant.STUDENT,
    elsewhere: Mapping[str, Path] | None = None,
) -> dict[str, str]:
    """The JSON of each notebook by its file's name; arguments and errors as for `generate`."""
    paths = {name: source / f"{name}.py" for name in lessons} | dict(elsewhere or {})
    return {f"{name}.ipynb": _notebook(paths[name], variant) for name in lessons}


def _notebook(path: Path, variant: Variant) -> str:
    """The notebook's JSON for one source file."""
    try:
        text = path.read_text(encoding="utf-8")
        notebook = jupytext.reads(text, fmt=FORMATS[path.suffix])
        limits = notebook.metadata.get("workshop")
    except FileNotFoundError:
        raise BuildError(
            f"{path} is missing; write this lesson or take {path.stem} out of lessons in "
            "appliance.yml"
        ) from None
    except UnicodeDecodeError as error:
        raise BuildError(f"{path}: not UTF-8 text at byte {error.start}; save it as such") from None
    except yaml.YAMLError:
        limits = None  # jupytext raises for some broken headers and passes over others
    except (NotJSONError, ValidationError):
        raise BuildError(f"{path} is no notebook; save it anew in Jupyter") from None
    if path.suffix == ".ipynb":
        limits = limits or LIMITS  # Jupyter has no place to write them
    if not isinstance(limits, dict):
        raise BuildError(
            f"{path}: the YAML header between the two `# ---` is broken or has no `workshop:` with "
            "limits; compare it with another lesson's"
        )
    seen: set[str] = set()
    cells = [
        _cell(cell, seen)
        for cell in _with_exercises(notebook.cells, variant, path)
        if cell.cell_type == "code" or variant is not Variant.CODE
    ]
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    if variant is not Variant.CODE:
        metadata["workshop"] = limits
    content = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _with_exercises(
    cells: list[NotebookNode], variant: Variant, path: Path
) -> Iterator[NotebookNode]:
    """The cells with each exercise open and its solution below it, or solved."""
    found = False
    for cell in cells:
        if exercises.TAG not in cell.metadata.get("tags", []):
            if cell.cell_type == "code" and exercises.marked(cell.source):
                raise BuildError(
                    f"{path}: the cell {cell.source.splitlines()[0]!r} has a solution, but no tag "
                    f"{exercises.TAG!r}, so attendees would see it; give it the tag"
                )
            yield cell
            continue
        found = True
        try:
            opened, solved = exercises.split(cell.source)
        except exercises.Unclear as error:
            raise BuildError(f"{path}, exercise {cell.source.splitlines()[0]!r}: {error}") from None
        student = variant is Variant.STUDENT
        yield v4.new_code_cell(opened if student else solved, metadata=cell.metadata)
        if student:
            yield v4.new_markdown_cell(exercises.folded(solved))
    if found and variant is not Variant.STUDENT:
        yield v4.new_code_cell(exercises.LAST_CELL)


def _cell(cell: NotebookNode, seen: set[str]) -> dict:
    """The cell without outputs; its id depends on its text, so that edits elsewhere keep it."""
    number = 0
    while True:
        identity = f"{cell.cell_type}\0{cell.source}\0{number}"
        name = hashlib.sha256(identity.encode()).hexdigest()[:12]
        if name not in seen:
            break
        number += 1
    seen.add(name)
    plain = {
        "cell_type": cell.cell_type,
        "id": name,
        "metadata": {key: cell.metadata[key] for key in sorted(cell.metadata)},
        "source": cell.source.splitlines(keepends=True),
    }
    if cell.cell_type == "code":
        plain |= {"execution_count": None, "outputs": []}
    return plain
