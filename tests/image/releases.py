"""A release, and the one before it: built from copies of the project that differ as releases do."""

import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from appliance_build import description as schema
from appliance_build import paths
from appliance_build.machine import ova
from appliance_build.update import key as keys

from ..unit.make.copies import copy_project, replace

OLDER = "0.0.9"
#: Which lessons had other words in their first cell, and what they were.
OTHER_WORDS, NOW, THEN = (0, 1, 2, 3, 5), "At the end you can", "In the end you can"


@dataclass(frozen=True)
class Releases:
    """Two finished OVAs and what leads from the one to the other.

    Attributes:
        signed: the update's file.
        seconds: that it took to make.
        keys: the folder with the organiser's key.
        project: the copy from which the later one was built.
    """

    older: Path
    later: Path
    signed: Path
    seconds: float
    keys: Path
    project: Path


def make(folder: Path) -> Releases:
    """Build both; the layers that they share come from the cache."""
    own = paths.cache() / "tests"  # always the same key, so that layers are found again
    if not (own / keys.NAME).exists():
        keys.create(own / keys.NAME, "tests")
    public = keys.public_of(own / keys.NAME)
    older, later = (_project(folder / name, public) for name in ("older", "later"))
    _age(older)
    for project in (older, later):
        _run(project, "ova")
    start = time.monotonic()
    _run(later, "update", str(ova.find(older / "build")), str(own))
    seconds = time.monotonic() - start
    [signed] = (later / "build").glob("*.update")
    files = (ova.find(project / "build") for project in (older, later))
    return Releases(*files, signed, seconds, own, later)


def _project(folder: Path, public: str) -> Path:
    copy_project(folder)
    file = folder / "appliance.yml"
    file.write_text(re.sub(r"(?m)^update_key:.*", f'update_key: "{public}"', file.read_text()))
    return folder


def _age(project: Path) -> None:
    """What the release before had otherwise: version, words of lessons, and one lesson less."""
    file = project / "appliance.yml"
    lessons = schema.load(file).lessons
    file.write_text(re.sub(r"(?m)^version:.*", f"version: {OLDER}", file.read_text()))
    replace(file, f"  - {lessons[-1]}\n", "")
    for number in OTHER_WORDS:
        replace(project / "notebooks" / "source" / f"{lessons[number]}.py", NOW, THEN)


def _run(project: Path, *words: str) -> None:
    command = [sys.executable, "-m", "appliance_build.tools", *words]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
