"""The command line behind the Makefile: `python3 -m appliance_build --help`."""

import sys

import typer

from . import description as descriptions
from .errors import BuildError
from .machine import cli as machine
from .paths import NOTEBOOKS, PROJECT
from .progress import console

app = typer.Typer(
    help="Build, start and check the appliance that appliance.yml describes.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(machine.app)  # up, down, ssh


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
    """Run a command; a BuildError ends it with its sentence and status 1."""
    try:
        app(standalone_mode=False)
    except BuildError as error:
        console.print(f"[red]error:[/] {error}", soft_wrap=True)
        return 1
    except typer.Exit as stop:
        return stop.exit_code
    except (KeyboardInterrupt, typer.Abort):
        console.print("stopped; what was finished is kept, the rest is left as it was")
        return 130
    except Exception as error:
        if hasattr(error, "format_message"):  # wrong use of the command line
            console.print(f"[red]error:[/] {error.format_message()}")
            return 2
        raise
    return 0


if __name__ == "__main__":
    sys.exit(main())
