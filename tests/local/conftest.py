"""One local mode for all tests here, whose first start is killed half-way."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import pytest

from appliance_build.description import Description
from appliance_build.machine.ports import elsewhere
from appliance_build.paths import PROJECT

from .place import Local, files, leftovers

SECONDS = 120
LAYERS = ("web", "compiled", "content")  # these stand on the others


@dataclass
class Started:
    """A local mode that runs, and how it came to that.

    Attributes:
        said: what the start printed.
        beside: what a second start was told while the first one unpacked the system.
        left: what was left of the first one when it was killed.
        before: all files before the first start.
    """

    local: Local
    said: str
    beside: str
    left: list[str]
    before: dict[str, tuple]

    @property
    def token(self) -> str:
        return self.local.token(self.said)


@pytest.fixture(scope="session")
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter, unlike pytest's own."""
    assert os.geteuid() == 0, "local mode unpacks its system as root: run these tests as root"
    with TemporaryDirectory(prefix="local-", dir="/var/tmp") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="session")
def started(open_folder: Path, description: Description) -> Iterator[Started]:
    """Started twice: the first start is killed while it unpacks."""
    for layer in LAYERS:  # `make test` has built them with the OVA
        command = [sys.executable, "-m", "appliance_build.tools", "layer", layer]
        subprocess.run(command, cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)
    local = Local(open_folder, elsewhere(description.ports).jupyter.host)
    before = files(open_folder)
    first = local.start("local", f"ARGS=--port {local.port}")
    try:
        until(lambda: (local.folder / "making").exists() or first.poll() is not None)
        assert first.poll() is None, first.communicate()
        beside = local.refusal("local")
    finally:
        if first.poll() is None:
            _kill(first)
    until(lambda: not leftovers(local.folder), 5)
    left = leftovers(local.folder)
    try:
        yield Started(local, local.up(), beside, left, before)
    finally:
        if local.folder.exists():
            local.ok("local-clean", "FORCE=1")


def _kill(make: subprocess.Popen) -> None:
    """Kill the command that make runs, and nothing that this command has started itself."""
    own = ["-m", "appliance_build.local"]
    for process in psutil.Process(make.pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # it has ended by itself
            if process.cmdline()[1:3] == own:
                process.kill()
    make.wait()  # not for its output, which an orphan would hold open
    for pipe in (make.stdout, make.stderr):
        pipe.close()


def until(condition, seconds: float = SECONDS) -> None:
    """Wait until a condition holds, or the seconds are over."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
