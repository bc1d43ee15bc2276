"""Where things are: the project, what is built, what is kept between builds."""

import os
import shutil
from pathlib import Path
from typing import TextIO

from .errors import BuildError

PROJECT = Path(__file__).resolve().parent.parent

#: Names an organiser's own folder, which keeps apart from the project what is theirs.
OWN = "APPLIANCE_WORKSHOP"


def workshop() -> Path:
    """The organiser's folder: what differs, what is added, and what is built; else the project."""
    named = os.environ.get(OWN, "")
    return Path(named).expanduser().resolve() if named else PROJECT


def shown(path: Path) -> str:
    """A path as people know it: from the project on, if it is in it."""
    return str(path.relative_to(PROJECT) if path.is_relative_to(PROJECT) else path)


WORKSHOP = workshop()
BUILD = WORKSHOP / "build"
LOGS = BUILD / "log"
DESCRIPTION = PROJECT / "appliance.yml"
#: The description, and where there is an organiser's folder what overlays it.
DESCRIPTIONS = tuple(dict.fromkeys((DESCRIPTION, WORKSHOP / "appliance.yml")))
NOTEBOOKS = PROJECT / "notebooks"

#: Room that a build from nothing takes on the cache's disk, in GiB.
ROOM_GB = 8


def cache() -> Path:
    """The folder for verified downloads and finished layers (`APPLIANCE_CACHE`)."""
    default = Path.home() / ".cache" / "deep-learning-workshop"
    return Path(os.environ.get("APPLIANCE_CACHE") or default).expanduser().absolute()


def lock_file(name: str) -> TextIO:
    """A file in the cache, open for flock(2); makes the cache if need be.

    Raises:
        BuildError: the cache cannot be written.
    """
    path = cache() / name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("w")
    except OSError as error:
        raise BuildError(
            f"cannot write to the cache {cache()} ({error.strerror}); "
            "make it writable or set APPLIANCE_CACHE to another folder"
        ) from None


def mirrors() -> list[str]:
    """Directories and URLs to ask for an asset before its own URL (`APPLIANCE_MIRROR`)."""
    return os.environ.get("APPLIANCE_MIRROR", "").split()


def check_room() -> None:
    """Refuse early what would stop a build late.

    Raises:
        BuildError: the disk of the cache or of what is built is too full.
    """
    for folder in (cache(), WORKSHOP):
        free = shutil.disk_usage(folder).free / 1024**3
        if free < ROOM_GB:
            raise BuildError(
                f"{folder} has {free:.1f} GiB free and a build needs {ROOM_GB}; free some, "
                "or set APPLIANCE_CACHE to a folder on a larger disk"
            )


def check_workshop() -> None:
    """Refuse an organiser's folder that is none.

    Raises:
        BuildError: it is not there, or has no description.
    """
    if not DESCRIPTIONS[-1].is_file():
        raise BuildError(
            f"{OWN} names {WORKSHOP}, which has no appliance.yml; correct the path, or make "
            "that file: docs/customise.md says what may stand in it"
        )
