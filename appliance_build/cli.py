"""What every command line here does with errors: one sentence, and the exit status."""

import errno

import typer

from .errors import BuildError
from .progress import console, fail

INTERRUPTED = 130  # what a shell reports after Ctrl-C

#: What the system may refuse at any time, and what helps.
REFUSALS = {
    errno.ENOSPC: "make room on that disk or set APPLIANCE_CACHE to a folder on a larger one",
    errno.EACCES: "give it to the user who builds",
    errno.EROFS: "set APPLIANCE_CACHE to a folder that can be written",
}


def application(purpose: str) -> typer.Typer:
    """A command line whose errors are left to `main`."""
    return typer.Typer(
        help=purpose, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
    )


def main(app: typer.Typer) -> int:
    """Run a command and return its exit status: 1 after a BuildError, 2 after wrong use."""
    try:
        status = app(standalone_mode=False) or 0  # typer returns the status of its own exits
    except BuildError as error:
        fail(str(error))
        return 1
    except OSError as error:
        if error.errno not in REFUSALS:
            raise
        place = f" {error.filename}" if error.filename else ""
        fail(f"cannot write{place}: {error.strerror}; {REFUSALS[error.errno]}, then try again")
        return 1
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        if message := error.format_message():  # none where the list of commands was printed
            fail(f"{message.rstrip('.')}; `--help` lists what there is")
        return 2
    if status == INTERRUPTED:
        console.print("stopped; what was finished is kept, the rest is left as it was")
    return status
