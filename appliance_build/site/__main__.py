"""`make docs`: the documentation as a folder of pages, `python3 -m appliance_build.site --help`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from .. import cli
from ..errors import BuildError
from ..paths import BUILD, PROJECT

app = cli.application("Build the documentation site, and what it shows of the code.")


@app.command()
def build(
    folder: Annotated[Path, typer.Argument(help="where the pages go")] = BUILD / "site",
) -> None:
    """Build the site; a warning of MkDocs's stops it."""
    folder = folder.absolute()
    fresh = folder.with_name(f"{folder.name}.new")
    command = [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(fresh)]
    # The theme advertises its successor on each start unless it is told not to.
    settings = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(
        command, cwd=PROJECT, env=settings, capture_output=True, text=True, check=False
    )
    told = [line for line in done.stderr.splitlines() if line and not line.startswith("INFO")]
    print(*told, sep="\n", end="\n" if told else "", file=sys.stderr)
    if done.returncode:
        shutil.rmtree(fresh, ignore_errors=True)
        raise BuildError("the documents have what stands above; correct it, then `make docs` again")
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)
    print(f"{folder / 'index.html'}: open it, or publish the folder as it is")


@app.command()
def links(
    folder: Annotated[Path, typer.Argument(help="a built site")] = BUILD / "site",
    ask: Annotated[bool, typer.Option("--ask", help="whether each still answers")] = False,
) -> None:
    """List the site's links to other hosts; with --ask those that are dead, over the network."""
    from . import links as others

    if not (folder / "index.html").is_file():
        raise BuildError(f"{folder} has no site; run `make docs` first")
    found = others.external(folder)
    why = others.dead(found) if ask else {}
    for address, page in found.items():
        if not ask or address in why:
            print(f"{address}  ({page})  {why.get(address, '')}".rstrip())
    if ask:
        print(f"{len(found)} links, {len(why)} dead")
    if why:
        raise typer.Exit(1)


@app.command()
def figures() -> None:
    """Draw the figures of docs/architecture.md of the code anew."""
    from . import figures as drawn

    for file in drawn.write():
        print(file.relative_to(PROJECT))


if __name__ == "__main__":
    sys.exit(cli.main(app))
