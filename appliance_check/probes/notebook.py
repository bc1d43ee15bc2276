"""Execute one notebook in a scratch folder and judge it.

Arguments: the notebook, seconds and MB that the run may take, seconds for the kernel's start,
the machine's slowdown, the folder that keeps what failed.
The kernel inherits the environment, WORKSHOP_PROFILE among it.
"""

import math
import os
import re
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import NoSuchKernel
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from ..declared import Declared, Unclear, declared, expects
from . import reply
from .notebook_client import Client, Stop
from .notebook_kept import forget, keep
from .notebook_network import NoNetwork
from .watch import Watch

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
LONGEST = 400  # characters of a sentence in a report


def execute(
    path: Path, seconds: float, memory_mb: int, start_seconds: float, slowdown: float, failed: Path
) -> dict:
    """Run the notebook and say what happened; `problem` is None when all is well.

    Raises:
        Unclear: the metadata of a cell cannot be understood; nothing has been run.
    """
    notebook = _fresh(nbformat.read(path, as_version=4))
    declarations = _declared(notebook, os.environ["WORKSHOP_PROFILE"])
    started = time.monotonic()
    watch = Watch(memory_mb)
    with tempfile.TemporaryDirectory() as scratch, tempfile.TemporaryDirectory() as beside:
        network = NoNetwork(Path(beside))
        client = Client(
            notebook,
            watch,
            network,
            seconds,
            declarations,
            slowdown,
            startup_timeout=math.ceil(start_seconds),
            iopub_timeout=math.ceil(start_seconds),
            resources={"metadata": {"path": scratch}},
        )
        try:
            problem = _run(client)
        finally:
            watch.stop()
        problem = network.violation() or problem
    if problem and client.cell is not None:
        problem = f"{_name(notebook, client.cell)}: {problem}"
    problem = _plain(problem or _unproven(notebook))
    report = {
        "problem": problem,
        "executed": sum(bool(cell.get("execution_count")) for cell in notebook.cells),
        "seconds": round(time.monotonic() - started, 1),
        "cpu_seconds": round(watch.cpu_seconds, 1),
        "peak_mb": watch.peak_mb,
        "compiler_runs": watch.compiler_runs,
        "cells": client.cells,
    }
    forget(path.stem, failed)
    if problem:
        report["kept"] = keep(notebook, path.stem, problem, failed)
    return report


def _fresh(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook without what an earlier run left in it, which would pass for this one's."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def _declared(notebook: nbformat.NotebookNode, profile: str) -> list[Declared]:
    found = []
    for index, cell in enumerate(notebook.cells):
        try:
            found.append(declared(cell, profile))
        except Unclear as error:
            raise Unclear(f"{_name(notebook, index)}: {error}") from None
    return found


def _run(client: Client) -> str | None:
    """Execute it all, and say what went wrong."""
    try:
        client.execute(env=client.network.environment)
    except CellExecutionError as error:
        return _raised(error)
    except CellTimeoutError:
        return f"still running when {client.budget}"
    except DeadKernelError:
        return client.watch.cause_of_death()
    except Stop as stop:
        return str(stop)
    except (RuntimeError, OSError, NoSuchKernel) as error:
        if client.cell is not None:
            raise
        return f"the kernel does not start: {str(error).splitlines()[0]}"
    finally:
        client.end_cell()
    return None


def _name(notebook: nbformat.NotebookNode, index: int) -> str:
    """A cell as people find it: its number from the top, and its first line."""
    cell = notebook.cells[index]
    kind = "expectation in cell" if expects(cell) else "cell"
    first = next((line for line in cell.source.splitlines() if line.strip()), "").strip()
    return f"{kind} {index + 1} (`{first[:60]}`)"


def _raised(error: CellExecutionError) -> str:
    """The error's last line; for a bare `assert`, with the line that it stands in."""
    if error.ename == "StdinNotImplementedError":
        return "it asks for input, and in a check nobody answers"
    text = error.evalue.strip().splitlines()
    # NumPy's has a name of its own.
    cause = "out of memory: " if error.ename.endswith("MemoryError") else ""
    if text:
        return f"{cause}{error.ename}: {text[-1]}"
    plain = COLOUR.sub("", error.traceback)
    arrows = re.findall(r"^-+> *\d+ +(.*)$", plain, re.MULTILINE)
    return f"{cause}{error.ename}: {arrows[-1]}" if arrows else f"{cause}{error.ename}"


def _plain(text: str | None) -> str | None:
    """A sentence that every report can show: without colours, of a length to read."""
    if not text:
        return None
    visible = "".join(c if c.isprintable() else "?" for c in COLOUR.sub("", text))
    return visible if len(visible) <= LONGEST else visible[: LONGEST - 2] + " …"


def _unproven(notebook: nbformat.NotebookNode) -> str | None:
    """Why a run without an error still proves nothing."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if not any(cell.execution_count for cell in code):
        return "no code cell was executed"
    expectations = [cell for cell in code if expects(cell)]
    if not expectations:
        return "it has no cell tagged `expect`, so that nothing says what its outcome should be"
    for cell in expectations:
        name = _name(notebook, notebook.cells.index(cell))
        if not cell.execution_count:
            return f"{name} did not run"
        if any(output.output_type == "error" for output in cell.outputs):
            return f"{name} failed, though the notebook allows it to"
    return None


if __name__ == "__main__":
    path, seconds, memory_mb, start_seconds, slowdown, failed = sys.argv[1:]
    try:
        reply(
            execute(
                Path(path),
                float(seconds),
                int(memory_mb),
                float(start_seconds),
                float(slowdown),
                Path(failed),
            )
        )
    except Unclear as error:
        reply({"problem": str(error)})
