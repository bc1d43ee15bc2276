"""Pieces of QEMU's command line, and running its programs."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from ..errors import BuildError

SYSTEM = "qemu-system-x86_64"
IMAGE = "qemu-img"
_PACKAGES = {SYSTEM: "qemu-system-x86", IMAGE: "qemu-utils"}


def run(command: Sequence[str], cwd: Path | None = None) -> None:
    """Run one of QEMU's programs to its end, or until it has gone into the background.

    Raises:
        BuildError: it is not installed, or it failed; with what it said.
    """
    try:
        subprocess.run(
            command, check=True, capture_output=True, text=True, cwd=cwd, stdin=subprocess.DEVNULL
        )
    except FileNotFoundError:
        raise missing(command[0]) from None
    except subprocess.CalledProcessError as error:
        said = "; ".join(error.stderr.strip().splitlines()) or f"exit status {error.returncode}"
        raise BuildError(f"{command[0]} failed: {said.removeprefix(f'{command[0]}: ')}") from None


def require_installed() -> None:
    """Check for QEMU before anything is made for it.

    Raises:
        BuildError: one of its programs is not installed.
    """
    for program in _PACKAGES:
        if not shutil.which(program):
            raise missing(program)


def missing(program: str) -> BuildError:
    """The sentence for a program that is not there."""
    return BuildError(
        f"{program} is not installed; install it with `sudo apt install {_PACKAGES[program]}`, "
        "or install VirtualBox"
    )


def escaped(path: Path) -> str:
    """A path as QEMU's comma-separated options want it."""
    return str(path).replace(",", ",,")


def sata(image: Path, driver: str, *options: str) -> list[str]:
    """Arguments for a disk on an AHCI controller, as the OVA's own description has it."""
    drive = ",".join(["if=none", "id=disk", f"format={driver}", f"file={escaped(image)}", *options])
    controller = ["-device", "ich9-ahci,id=ahci", "-device", "ide-hd,bus=ahci.0,drive=disk"]
    return ["-drive", drive, *controller]
