"""Makes the repository: `python3 -m appliance_build.new --help`."""

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from .. import cli
from ..errors import BuildError
from ..progress import console, warn
from . import engine, repository

app = cli.application("Make a repository for a workshop of one's own.")


@app.command()
def new(
    folder: Annotated[
        Path | None, typer.Option("--DIR", help="that is not there yet, or is empty")
    ] = None,
    name: Annotated[str, typer.Option("--NAME", help="of files and machine; or the folder's")] = "",
    title: Annotated[str, typer.Option("--TITLE", help="what people read; or the name's")] = "",
) -> None:
    """Make a small repository that names this project as its engine."""
    if folder is None:
        raise BuildError("no folder is named; run `make new DIR=…` with one that is not there yet")
    workshop = repository.Workshop.of(folder.expanduser().absolute(), name, title)
    found = engine.here()
    repository.make(workshop, found)
    for warning in found.warnings:
        warn(warning)
    console.print(f"[bold]{folder}[/] is a git repository with one commit", soft_wrap=True)
    console.print(f"Next: cd {shlex.quote(str(folder))} && make ova", markup=False, soft_wrap=True)


if __name__ == "__main__":
    sys.exit(cli.main(app))
