"""The command line behind the Makefile: `python3 -m appliance_build --help`."""

import errno
import os
import sys

import typer

from . import description as descriptions
from .errors import BuildError
from .machine import cli as machine
from .paths import NOTEBOOKS, PROJECT
from .progress import console, fail

app = typer.Typer(
    help="Build, start and check the appliance that appliance.yml describes.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(machine.app)  # up, down, ssh

INTERRUPTED = 130  # what a shell reports after Ctrl-C

#: What the system may refuse at any time, and what helps.
REFUSALS = {
    errno.ENOSPC: "make room on that disk or set APPLIANCE_CACHE to a folder on a larger one",
    errno.EACCES: "give it to the user who builds",
    errno.EROFS: "set APPLIANCE_CACHE to a folder that can be written",
}


@app.command()
def describe() -> None:
    """Check appliance.yml and print it as the build understands it (JSON)."""
    print(descriptions.load().model_dump_json(indent=2))


@app.command()
def ova() -> None:
    """Build the VirtualBox appliance into build/."""
    from .build import ova as build_ova

    build_ova(descriptions.load())


@app.command()
def release() -> None:
    """Build it for handing out: like `ova`, but stand-ins stop it."""
    from .build import ova as build_ova

    build_ova(descriptions.load(), release=True)


@app.command()
def notebooks() -> None:
    """Write notebooks/*.ipynb from notebooks/source/*.py."""
    from . import lessons

    for path in lessons.generate(NOTEBOOKS / "source", NOTEBOOKS, descriptions.load().lessons):
        print(path.relative_to(PROJECT))


@app.command()
def lock() -> None:
    """Resolve locks/*.lock anew from locks/*.in and show what changes."""
    from . import locks

    locks.resolve()


def main() -> int:
    """Run a command and return its exit status: 1 after a BuildError, 2 after wrong use."""
    os.umask(0o022)  # what gets into the appliance has the same modes, whoever builds it
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


if __name__ == "__main__":
    sys.exit(main())
