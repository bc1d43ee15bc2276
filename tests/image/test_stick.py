"""The built OVA on a stick, by `make stick`: verified twice, and a flipped byte is found."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from appliance_build.paths import BUILD, PROJECT


@pytest.fixture(scope="module")
def stick() -> Path:
    """On the disk of build/, for it takes as much room again."""
    folder = BUILD / "test-stick"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    yield folder
    shutil.rmtree(folder)


def fill(stick: Path) -> str:
    """What the command says."""
    command = ["make", "--no-print-directory", "stick", f"DIR={stick}", "ALLOW_STANDINS=1"]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    done = subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def verify(stick: Path) -> tuple[int, list[str]]:
    """Exit status and lines of the program that lies on the stick."""
    done = subprocess.run(
        [sys.executable, stick / "verify.py"], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout.splitlines()


def test_a_stick_is_filled_verified_and_mended(stick: Path, ova: Path):
    assert "files written, 0 right already" in fill(stick)
    assert verify(stick)[0] == 0
    assert "files right already, nothing written" in fill(stick)
    with (stick / ova.name).open("r+b") as file:
        file.seek(ova.stat().st_size // 2)
        (byte,) = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte ^ 1]))
    status, lines = verify(stick)
    assert status == 1 and [line for line in lines[:-1] if not line.endswith(": OK")] == [
        f"{ova.name}: CHANGED"
    ]
    assert "1 file written" in fill(stick)
    assert verify(stick)[0] == 0
