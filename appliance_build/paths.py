"""Where things are: the project, what is built, what is kept between builds."""

import os
from pathlib import Path
from typing import TextIO

from .errors import BuildError

PROJECT = Path(__file__).resolve().parent.parent
BUILD = PROJECT / "build"
LOGS = BUILD / "log"
DESCRIPTION = PROJECT / "appliance.yml"
NOTEBOOKS = PROJECT / "notebooks"


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
