"""The exercises of a lesson as they stand in its source."""

import sys

import jupytext

from appliance_build import exercises as marks
from appliance_build.paths import NOTEBOOKS

sys.path.append(str(NOTEBOOKS))
from workshop import exercises


def cells(lesson: str) -> list[tuple[str, str]]:
    """Each exercise of a lesson: as attendees find it, and its solution."""
    notebook = jupytext.read(NOTEBOOKS / "source" / f"{lesson}.py", fmt="py:percent")
    tagged = [c for c in notebook.cells if marks.TAG in c.metadata.get("tags", [])]
    return [marks.split(cell.source) for cell in tagged]


def verdict(source: str, **names: object) -> exercises.Verdict:
    """What a cell that ends with a check is told. names: what the lesson has defined before."""
    exercises.verdicts.clear()
    exec(source, names)
    [found] = exercises.verdicts.values()
    return found
