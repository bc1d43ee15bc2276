"""A finished OVA with changes of one's own: `python3 -m appliance_build.customise --help`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from .. import cli, paths
from ..machine import ova as archive
from . import customise

app = cli.application("A finished OVA with changes of your own.")


@app.command()
def customised(
    playbook: Annotated[str, typer.Argument(help="Ansible playbook with your changes")],
    file: Annotated[
        Path | None,
        typer.Option("--ova", readable=False, help="another OVA than the one in build/"),
    ] = None,
    seconds: Annotated[
        int | None, typer.Option(min=1, help="until the machine must answer over SSH")
    ] = None,
) -> None:
    """Start a finished OVA, apply your playbook to it, and write an OVA with the changes."""
    customise.customise(playbook, file or archive.find(paths.BUILD), seconds)


if __name__ == "__main__":
    sys.exit(cli.main(app))
