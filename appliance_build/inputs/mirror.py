"""`make mirror`: every locked input in a plain folder, for builds without a network.

The folder is what APPLIANCE_MIRROR takes: Debian's packages below `debs/`, Python's below
`python/`, JavaScript's below `npm/`, the lessons' data below the paths of their lock; and a list
of all hashes.
"""

import shutil
from pathlib import Path

from ..description import Description
from ..errors import BuildError
from ..papers import sums
from ..progress import console, downloading, step, warn
from ..store import locked
from . import additions, archive, assets, debian, npm, wheels
from .fetch import digest

#: The Python locks whose files a build installs, and how pip must choose them.
PYTHON = {
    "tools": ["--only-binary=:all:"],
    "python": wheels.TARGET,
    "photos": wheels.TARGET,
    "sources": ["--no-binary=:all:", "--no-build-isolation"],
}


def collect(description: Description, folder: Path) -> None:
    """Bring every input into the folder; what is there already is not copied again.

    Raises:
        BuildError: an input can be had from nowhere, or the folder is too small.
    """
    lock = debian.load()
    added = additions.load(description, lock)
    with locked():
        debs, reasons = {}, {}
        with downloading("Debian packages") as tick:
            for each in (lock, added.debian):
                found, missed = archive.fetch(each.debs, each.suite, each.resolved, warn, tick)
                debs, reasons = {**debs, **found}, {**reasons, **missed}
        data, missing = assets.fetch_all(assets.locked_assets())
        _refuse({**reasons, **{entry["asset"]: [entry["reason"]] for entry in missing}})
        files = {f"debs/{deb.file}": path for deb, path in debs.items()} | data
        with step("Python packages", "mirror") as log:
            for name, options in PYTHON.items():
                wheels.download(wheels.LOCKS / f"{name}.lock", folder / "python", options, log)
            if added.python:
                wheels.download(added.python, folder / "python", wheels.TARGET, log)
        with step("JavaScript packages", "mirror") as log:
            npm.collect(folder, log)
    room = sum(path.stat().st_size for path in files.values())
    if room > shutil.disk_usage(folder).free and not (folder / "SHA256SUMS").exists():
        raise BuildError(f"{folder} needs {room / 1e6:.0f} MB more; make room or take another disk")
    with step("copies", "mirror"):
        for name, source in files.items():
            _copy(source, folder / name)
    parts = (path for part in ("python", npm.FOLDER) for path in (folder / part).iterdir())
    names = [*files, *(str(path.relative_to(folder)) for path in parts)]
    sums.write(folder, names, None)
    total = sum((folder / name).stat().st_size for name in names)
    console.print(f"{folder}  {len(names)} files, {total:,} bytes")
    console.print(f"To build from it: APPLIANCE_MIRROR={folder} make ova")


def _refuse(reasons: dict[str, list[str]]) -> None:
    if reasons:
        listed = "\n".join(f"    {name}: {'; '.join(why)}" for name, why in reasons.items())
        raise BuildError(
            f"a mirror must be whole, and these inputs could be had from nowhere:\n{listed}\n"
            "connect to the internet, or name a folder or URL that has them in APPLIANCE_MIRROR"
        )


def _copy(source: Path, target: Path) -> None:
    if target.is_file() and digest(target) == digest(source):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_name(f"{target.name}.new")
    shutil.copyfile(source, new)
    new.replace(target)
