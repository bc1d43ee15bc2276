"""The build's command line, inside the tools tree: `python3 -m appliance_build.tools --help`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from . import cli
from . import description as descriptions
from .paths import PROJECT, WORKSHOP, shown

app = cli.application("Build the appliance that appliance.yml describes.")


@app.command()
def describe() -> None:
    """Check appliance.yml and print it as the build understands it (JSON)."""
    print(descriptions.load().model_dump_json(indent=2))


@app.command()
def ova() -> None:
    """Build the VirtualBox appliance into build/."""
    from . import build

    build.build(descriptions.load(), build.OVA)


@app.command()
def docker() -> None:
    """Build the Docker images, with CUDA and without, into build/."""
    from . import build

    build.build(descriptions.load(), build.IMAGES)


@app.command()
def layer(name: str) -> None:
    """Build one layer and print the folder in which it is kept."""
    from . import build

    print(build.layer(descriptions.load(), name))


@app.command()
def release() -> None:
    """Build all for handing out: stand-ins stop it."""
    from . import build

    build.build(descriptions.load(), (*build.OVA, *build.IMAGES), release=True)


@app.command()
def notebooks() -> None:
    """Write notebooks/*.ipynb from notebooks/source/*.py, or from an organiser's own lessons."""
    from . import lessons, own

    description = descriptions.load()
    mine = own.lessons(description.extra)
    names = mine if WORKSHOP != PROJECT else description.lessons
    for path in lessons.generate(own.OURS, WORKSHOP / "notebooks", names, elsewhere=mine):
        print(shown(path))


@app.command()
def lock() -> None:
    """Resolve locks/*.lock anew and show what changes; an organiser's own, if there is one."""
    from .inputs import adding, locks
    from .new import locks as template

    description = descriptions.load()
    if WORKSHOP == PROJECT:
        locks.renew(description)
    adding.renew(description)
    if WORKSHOP == PROJECT:
        template.renew()


@app.command()
def mirror(folder: Path) -> None:
    """Collect every locked input into a folder, for builds without a network."""
    from .inputs import mirror as inputs

    inputs.collect(descriptions.load(), folder)


@app.command()
def audit(
    tracker: Annotated[str, typer.Option(help="Debian's security tracker: URL or file")] = "",
    wheels: Annotated[str, typer.Option(help="OSV: URL, or a file of pip-audit")] = "",
    scripts: Annotated[str, typer.Option(help="OSV: URL, or a file of osv-scanner")] = "",
) -> None:
    """List the known vulnerabilities of what the locks name."""
    from .inputs import additions, debian
    from .papers import audit as audits

    lock = debian.load()
    debs = lock.of(*(name for name in debian.SETS if name != "tools"))
    added = additions.load(descriptions.load(), lock)
    debs += added.debian.of(*additions.ON)
    locks = [*audits.LOCKS, *filter(None, [added.python])]
    sources = (tracker or audits.TRACKER, wheels or audits.OSV, scripts or audits.OSV)
    audits.audit(debs, lock.suite, *sources, locks=locks)


if __name__ == "__main__":
    sys.exit(cli.main(app))
