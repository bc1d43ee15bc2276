"""What an organiser adds to Debian's and Python's packages, in locks of their own.

They stand on the project's locks and change nothing there: a package of the project keeps its
version, whatever an addition would like.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..description import Description
from ..errors import BuildError
from ..paths import PROJECT, WORKSHOP, shown
from ..store import fingerprint
from . import debian

LOCKS = WORKSHOP / "locks"
DEBIAN, PYTHON = LOCKS / "extra-debian.lock", LOCKS / "extra-python.lock"

#: Sets of the project's lock that each form has, and the set of what is added to it.
ON = {
    "extra-vm": ("base", "system", "vm"),
    "extra-cpu": ("base", "system", "container"),
    "extra-cuda": ("base", "system", "container", "cuda"),
}

#: Packages that make a keyboard's table while the machine is built, and do not ship: X's layouts,
#: what makes a table for the console of one, and what writes it down.
KEYBOARD, MAKE_KEYBOARD = "keyboard", ("xkb-data", "console-setup", "kbd")

SETS = (*ON, KEYBOARD)

#: Locks of the project that an addition must fit.
FITS = [PROJECT / "locks" / f"python.{ending}" for ending in ("lock", "overrides")]
FITS.append(PROJECT / "locks" / "sources.lock")

MADE = "# Made by `make lock`"


@dataclass(frozen=True)
class Additions:
    """What is added.

    Attributes:
        debian: in the sets `SETS`; empty without packages.
        python: the lock for pip; None if nothing is to be installed.
    """

    debian: debian.Lock
    python: Path | None


def requested(description: Description) -> dict[str, tuple[str, ...]]:
    """The Debian packages that are asked for, by set."""
    packages = tuple(description.extra.packages)
    keyboard = MAKE_KEYBOARD if description.locale.has_own_keyboard else ()
    return dict.fromkeys(ON, packages) | {KEYBOARD: keyboard}


def ground(lock: debian.Lock) -> str:
    """A hash of all that additions stand on."""
    debs = lock.of(*{name for sets in ON.values() for name in sets})
    return fingerprint(sorted((deb.name, deb.version) for deb in debs), files=FITS)[:16]


def none(lock: debian.Lock) -> debian.Lock:
    """A lock of nothing."""
    return debian.Lock(lock.suite, lock.resolved, dict.fromkeys(SETS, ()), ())


def load(description: Description, lock: debian.Lock) -> Additions:
    """Read the locks of what is added.

    Raises:
        BuildError: they were not made for these additions, or for another version of the project.
    """
    added, python = none(lock), None
    if any(requested(description).values()):
        _require(DEBIAN)
        added = debian.load(DEBIAN, SETS)
        if dict(added.requested) != requested(description):
            raise BuildError(_other(DEBIAN, "packages or another keyboard"))
        if added.ground != ground(lock):
            raise BuildError(_older(DEBIAN))
    if description.extra.python:
        _require(PYTHON)
        head = [line for line in PYTHON.read_text().splitlines() if line.startswith("#")]
        if head[:1] != [header(ground(lock), ())[0]]:
            raise BuildError(_older(PYTHON))
        if head != header(ground(lock), description.extra.python):
            raise BuildError(_other(PYTHON, "requirements"))
        python = PYTHON if pins(PYTHON) else None  # all of it may be inside already
    return Additions(added, python)


def header(on: str, requirements: Sequence[str]) -> list[str]:
    """The first lines of the lock for pip: what it stands on, what was asked for."""
    return [f"{MADE} on {on}, for", *(f"# {requirement}" for requirement in requirements)]


def pins(lock: Path) -> Mapping[str, str]:
    """The version of each package in a lock for pip."""
    return dict(re.findall(r"(?m)^([A-Za-z0-9._-]+)==([^\s;\\]+)", lock.read_text()))


def _require(lock: Path) -> None:
    if not lock.is_file():
        raise BuildError(
            f"{shown(lock)} is missing, which says exactly what is added to the machine; "
            "run `make lock`"
        )


def _other(lock: Path, what: str) -> str:
    return f"{shown(lock)} was resolved for other {what} than are asked for now; run `make lock`"


def _older(lock: Path) -> str:
    return (
        f"{shown(lock)} was resolved for another version of this project than this one; "
        "run `make lock`"
    )
