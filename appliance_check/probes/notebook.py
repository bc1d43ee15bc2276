"""Execute one notebook in a scratch folder and judge it.

Arguments: the notebook, seconds and MB that the run may take, seconds for the kernel's start.
The kernel inherits the environment, WORKSHOP_PROFILE among it.
"""

import math
import re
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from . import reply
from .watch import Watch


def execute(path: Path, seconds: float, memory_mb: int, start_seconds: float) -> dict:
    """Run the notebook and say what happened; `problem` is None when all is well."""
    notebook = nbformat.read(path, as_version=4)
    started = time.monotonic()
    at = {"cell": None}
    with tempfile.TemporaryDirectory() as scratch:
        watch = Watch(memory_mb)

        def start_cell(cell, cell_index):
            at["cell"] = cell_index
            watch.follow(client.km.provisioner.pid)

        client = NotebookClient(
            notebook,
            # What is left of the whole run's time; the kernel's own start does not count.
            timeout_func=lambda cell: max(1, math.ceil(started + seconds - time.monotonic())),
            startup_timeout=math.ceil(start_seconds),
            iopub_timeout=math.ceil(start_seconds),
            shutdown_kernel="immediate",
            resources={"metadata": {"path": scratch}},
            on_cell_start=start_cell,
        )
        problem = None
        try:
            client.execute()
        except CellExecutionError as error:
            problem = _raised(error)
        except CellTimeoutError:
            problem = f"still running when its {seconds:.0f} s were over"
        except DeadKernelError:
            problem = watch.cause_of_death()
        except RuntimeError as error:  # jupyter_client: the kernel never came up
            problem = f"the kernel does not start: {str(error).splitlines()[0]}"
        finally:
            watch.stop()
    if problem and at["cell"] is not None:
        problem = f"{_name(notebook, at['cell'])}: {problem}"
    executed = [c for c in notebook.cells if c.cell_type == "code" and c.execution_count]
    return {
        "problem": problem or _unproven(notebook),
        "executed": len(executed),
        "seconds": round(time.monotonic() - started, 1),
        "peak_mb": watch.peak_mb,
        "compiler_runs": watch.compiler_runs,
    }


def _name(notebook: nbformat.NotebookNode, index: int) -> str:
    """A cell as people find it: its number from the top, and its first line."""
    cell = notebook.cells[index]
    kind = "expectation in cell" if "expect" in cell.metadata.get("tags", []) else "cell"
    first = next((line for line in cell.source.splitlines() if line.strip()), "").strip()
    return f"{kind} {index + 1} (`{first[:60]}`)"


def _raised(error: CellExecutionError) -> str:
    """The error's last line; for a bare `assert`, with the line that it stands in."""
    text = error.evalue.strip().splitlines()
    if text:
        return f"{error.ename}: {text[-1]}"
    plain = re.sub(r"\x1b\[[0-9;]*m", "", error.traceback)
    arrows = re.findall(r"^-+> *\d+ +(.*)$", plain, re.MULTILINE)
    return f"{error.ename}: {arrows[-1]}" if arrows else error.ename


def _unproven(notebook: nbformat.NotebookNode) -> str | None:
    """Why a run without an error still proves nothing."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if not any(cell.execution_count for cell in code):
        return "no code cell was executed"
    expectations = [cell for cell in code if "expect" in cell.metadata.get("tags", [])]
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
    path, seconds, memory_mb, start_seconds = sys.argv[1:]
    reply(execute(Path(path), float(seconds), int(memory_mb), float(start_seconds)))
