"""Runs a finished appliance: `python3 -m appliance_build.machine --help`."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from .. import cli, description, paths
from . import control, ova

app = cli.application("Start, enter and stop the finished appliance.")


@app.command()
def up(
    firmware: Annotated[Literal["bios", "uefi"], typer.Option(help="for QEMU")] = "bios",
    file: Annotated[
        Path | None, typer.Option("--ova", help="another OVA than the one in build/")
    ] = None,
) -> None:
    """Start the appliance and wait until Jupyter answers."""
    control.up(description.load(), file or ova.find(paths.BUILD), firmware)


@app.command()
def down() -> None:
    """Shut the appliance down."""
    control.down()


@app.command(context_settings={"ignore_unknown_options": True})
def ssh(command: Annotated[list[str] | None, typer.Argument(help="run this only")] = None) -> None:
    """Log in to the running appliance."""
    control.ssh(description.load(), command or ())


if __name__ == "__main__":
    sys.exit(cli.main(app))
