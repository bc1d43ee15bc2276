"""Where things are: the project, what is built, what is kept between builds."""

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
BUILD = PROJECT / "build"
LOGS = BUILD / "log"
DESCRIPTION = PROJECT / "appliance.yml"
NOTEBOOKS = PROJECT / "notebooks"


def cache() -> Path:
    """The folder for verified downloads and finished layers (`APPLIANCE_CACHE`)."""
    default = Path.home() / ".cache" / "deep-learning-workshop"
    return Path(os.environ.get("APPLIANCE_CACHE") or default).expanduser().absolute()


def mirrors() -> list[str]:
    """Directories and URLs to ask for an asset before its own URL (`APPLIANCE_MIRROR`)."""
    return os.environ.get("APPLIANCE_MIRROR", "").split()
