"""How many compilers run before a lesson's first training function is ready?

Argument: the lesson's notebook. Its code cells run in order, in this fresh process, until
`theano.function` has compiled a function with updates. So the graph is the lesson's own.
"""

import json
import os
import sys
import tempfile
import time
from contextlib import redirect_stdout
from pathlib import Path

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from . import compiler_runs, reply


class Shell(InteractiveShell):
    """Runs cells, magics included, and draws nothing."""

    def enable_gui(self, gui=None):
        """`%matplotlib` asks for an event loop; there is none."""


class Compiled(BaseException):
    """Ends the lesson; no `except Exception` of its own holds this up."""


def stop_at_training_function(theano) -> None:
    """Make `theano.function` raise Compiled when it has compiled one with updates."""
    compile_function = theano.function

    def function(*arguments, **keywords):
        compiled = compile_function(*arguments, **keywords)
        if any(variable.update is not None for variable in compiled.maker.inputs):
            raise Compiled
        return compiled

    theano.function = function


def first_training_function(notebook: Path) -> str | None:
    """Run the lesson up to there; None, or why it never came so far."""
    with tempfile.TemporaryDirectory() as scratch, redirect_stdout(sys.stderr):
        os.chdir(scratch)
        os.environ |= {"IPYTHONDIR": scratch, "MPLBACKEND": "agg", "WORKSHOP_PROFILE": "quick"}
        shell = Shell.instance(config=Config({"HistoryManager": {"enabled": False}}))
        for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] != "code":
                continue
            result = shell.run_cell("".join(cell["source"]))
            error = result.error_before_exec or result.error_in_exec
            if isinstance(error, Compiled):
                return None
            if error is not None:
                return f"{type(error).__name__}: {error}"
    return "it compiles no function with updates"


def main() -> None:
    runs = compiler_runs()
    import theano  # after compiler_runs, so that nothing Theano starts is missed

    started = time.monotonic()
    stop_at_training_function(theano)
    trouble = first_training_function(Path(sys.argv[1]))
    reply(
        {
            "compiledir": theano.config.compiledir,
            "age_thresh_use": theano.config.cmodule.age_thresh_use,
            "compiler_runs": len(runs),
            "trouble": trouble,
            "seconds": round(time.monotonic() - started, 2),
        }
    )


if __name__ == "__main__":
    main()
