"""Cells that tests of the notebook runner put together."""

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

EXPECT = ("assert True", "expect")


def declaring(source: str, **workshop) -> NotebookNode:
    """A cell whose metadata declare budgets or expectations."""
    return new_code_cell(source, metadata={"workshop": workshop})


def hold(megabytes: int) -> str:
    """Source that takes so much memory, and keeps it long enough to be seen."""
    return f"import time\nheld = b'x' * {megabytes}_000_000\ntime.sleep(0.3)"
