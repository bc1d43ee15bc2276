"""nbclient with budgets: executes a notebook cell by cell, and stops at the first thing wrong."""

import math
import time
from collections.abc import Sequence

import nbformat
from nbclient import NotebookClient

from ..declared import Declared
from .notebook_expectations import unmet
from .notebook_network import NoNetwork
from .watch import Watch

OUTPUT_LIMIT = 20_000_000  # bytes of one cell: a lesson's pictures, redrawn for minutes, are 5 MB
MESSAGE_BYTES = 2_000  # what each message costs beside its content
OUTPUTS_LEFT, TEXT_LEFT = 20, 20_000  # of a cell that put out too much


class Stop(Exception):
    """What is wrong with a cell that itself raised nothing."""


class Client(NotebookClient):
    """Executes `notebook` under the budgets of the whole run and of each cell.

    Args:
        seconds: that the whole run may take; the kernel's own start does not count.
        declared: what each cell declares.
        slowdown: factor for the seconds that cells declare.

    `cell` is the index of the cell that runs or ran last, None before the first; `cells` has for
    each executed one its number from the top, its seconds and its peak in MB; `budget` names
    the limit of time that the current cell is under.
    """

    def __init__(
        self,
        notebook: nbformat.NotebookNode,
        watch: Watch,
        network: NoNetwork,
        seconds: float,
        declared: Sequence[Declared],
        slowdown: float,
        **options,
    ):
        super().__init__(
            notebook,
            timeout_func=self._seconds_for,
            on_notebook_start=lambda notebook: watch.follow(self.km.provisioner.process),
            on_cell_execute=self._begin,
            on_cell_executed=self._judge,
            shutdown_kernel="immediate",
            **options,
        )
        self.watch, self.network, self.declared = watch, network, declared
        self.seconds, self.slowdown = seconds, slowdown
        self.started = self._cell_started = time.monotonic()
        self.cell: int | None = None
        self.cells: list[tuple[int, float, int]] = []
        self.budget = ""
        self._output = 0
        self._open = False

    def end_cell(self) -> None:
        """Write down what the current cell took, if that has not happened yet."""
        if self._open:
            took = round(time.monotonic() - self._cell_started, 1)
            self.cells.append((self.cell + 1, took, self.watch.end_cell()))
            self._open = False

    def process_message(self, msg: dict, cell: nbformat.NotebookNode, cell_index: int):
        """Take one message from the kernel, unless the cell has sent too much already."""
        if self._output > OUTPUT_LIMIT:
            return None
        self._output += _bytes(msg)
        if self._output > OUTPUT_LIMIT:
            most = OUTPUT_LIMIT // 1_000_000
            self.watch.kill(f"it puts out more than {most} MB of text or pictures")
            _shorten(cell.outputs)
            return None
        return super().process_message(msg, cell, cell_index)

    def _seconds_for(self, cell: nbformat.NotebookNode) -> float:
        """Seconds until the cell's own limit or the whole run's, whichever comes first."""
        left = max(1, math.ceil(self.started + self.seconds - time.monotonic()))
        own = self.declared[self.cell].seconds
        if own and own * self.slowdown < left:
            self.budget = f"the {own * self.slowdown:g} s of this cell were over"
            return own * self.slowdown
        self.budget = f"its {self.seconds:g} s were over"
        return left

    def _begin(self, cell: nbformat.NotebookNode, cell_index: int) -> None:
        if self.cell is None:
            self.started = time.monotonic()
        self.cell, self._output, self._open = cell_index, 0, True
        self._cell_started = time.monotonic()
        self.watch.begin_cell(self.declared[cell_index].memory_mb)

    def _judge(self, cell: nbformat.NotebookNode, cell_index: int, execute_reply: dict) -> None:
        self.end_cell()
        if self.watch.verdict:
            raise Stop(self.watch.verdict)
        if execute_reply["content"]["status"] == "error":
            return  # nbclient raises it
        expectations = self.declared[cell_index].expect
        if why := self.network.violation() or unmet(expectations, cell.outputs):
            raise Stop(why)


def _shorten(outputs: list[nbformat.NotebookNode]) -> None:
    """Leave as much of a flood as a person can look at."""
    del outputs[OUTPUTS_LEFT:]
    for output in outputs:
        if len(output.get("text", "")) > TEXT_LEFT:
            output["text"] = output["text"][:TEXT_LEFT] + "\n[cut off here by appliance-check]\n"


def _bytes(message: dict) -> int:
    """How much a message from the kernel adds to the notebook, roughly."""
    content = message["content"]
    parts = [content.get("text", ""), *content.get("data", {}).values(), *message["buffers"]]
    return MESSAGE_BYTES + sum(
        len(part) for part in parts if isinstance(part, str | bytes | memoryview)
    )
