"""Turns the lessons' sources into the notebooks that attendees open.

`notebooks/source/<name>.py` (jupytext's percent format) is what we edit; the `.ipynb` is
derived from it and from nothing else, so that two runs give the same bytes.
"""

import hashlib
import json
from pathlib import Path

import jupytext
import yaml
from nbformat import NotebookNode

from .errors import BuildError

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def generate(source: Path, target: Path, lessons: list[str], code_only: bool = False) -> list[Path]:
    """Write `target/<lesson>.ipynb` from `source/<lesson>.py` for each lesson.

    All sources are read before the first notebook is written.

    Args:
        code_only: leave out what does not run: the text, and the limits.

    Returns:
        The paths written, in the order of `lessons`.

    Raises:
        BuildError: a source is missing, is not text, or its header gives no limits.
    """
    texts = documents(source, lessons, code_only)
    target.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        path = target / name
        part = path.with_suffix(".part")  # a killed run leaves no half notebook under its name
        part.write_text(text, encoding="utf-8", newline="\n")
        part.replace(path)
    return [target / name for name in texts]


def documents(source: Path, lessons: list[str], code_only: bool = False) -> dict[str, str]:
    """The JSON of each notebook by its file's name; arguments and errors as for `generate`."""
    return {f"{name}.ipynb": _notebook(source / f"{name}.py", code_only) for name in lessons}


def _notebook(path: Path, code_only: bool) -> str:
    """The notebook's JSON for one source file."""
    try:
        text = path.read_text(encoding="utf-8")
        notebook = jupytext.reads(text, fmt="py:percent")
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
    if not isinstance(limits, dict):
        raise BuildError(
            f"{path}: the YAML header between the two `# ---` is broken or has no `workshop:` with "
            "limits; compare it with another lesson's"
        )
    seen: set[str] = set()
    kept = [cell for cell in notebook.cells if cell.cell_type == "code" or not code_only]
    cells = [_cell(cell, seen) for cell in kept]
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    if not code_only:
        metadata["workshop"] = limits
    content = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


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
