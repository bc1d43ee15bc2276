"""What the tests of all lessons' exercises share: an exercise taken out of a source, and run."""

import ast
import sys
from functools import cache

import jupytext

from appliance_build.exercises import TAG, split
from appliance_build.paths import NOTEBOOKS

sys.path.append(str(NOTEBOOKS))
from workshop.exercises import Verdict


class Exercise:
    """An exercise of a lesson's source.

    Args:
        lesson: name of the lesson, such as '1-MNIST-MLP'.
        number: as in its heading, from 1.
        names: what its cell finds in the notebook: `check`, and what the cells before define.

    Attributes:
        opened: the cell as attendees find it.
        solved: the cell with its solution.
    """

    def __init__(self, lesson: str, number: int, **names: object) -> None:
        self.opened, self.solved = split(_cells(lesson)[number - 1])
        self.names = names

    def verdict(self, source: str) -> Verdict:
        """Run a cell to its last line, the check, and return what that says."""
        *before, last = ast.parse(source).body
        names = dict(self.names)
        exec(compile(ast.Module(before, []), "<exercise>", "exec"), names)
        return eval(compile(ast.Expression(last.value), "<exercise>", "eval"), names)

    def edited(self, old: str, new: str) -> str:
        """The solution with a mistake in it."""
        assert self.solved.count(old) == 1, f"{old!r} is not once in the solution:\n{self.solved}"
        return self.solved.replace(old, new)


@cache
def _cells(lesson: str) -> list[str]:
    notebook = jupytext.read(NOTEBOOKS / "source" / f"{lesson}.py", fmt="py:percent")
    return [cell.source for cell in notebook.cells if TAG in cell.metadata.get("tags", [])]
