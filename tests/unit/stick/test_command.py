"""`make stick` as an organiser runs it, up to Chromium's PDF, on a project with a tiny OVA."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from appliance_build.paths import PROJECT

from ..make.copies import call, copy_project, environment, refusal
from .goods import on
from .test_filling import verify
from .test_jobs import built

COMMAND = [sys.executable, "-m", "appliance_build.stick"]
SECONDS = 60


@pytest.fixture
def project(tmp_path):
    """A copy of the project that was built with stand-ins."""
    project = copy_project(tmp_path / "project")
    (project / "build").mkdir()
    built(project / "build", marks="-standins")
    return project


@pytest.fixture
def sticks(tmp_path):
    for name in ("one", "two words"):
        (tmp_path / name).mkdir()
    return [tmp_path / "one", tmp_path / "two words"]


def run(project, *words):
    return call([*COMMAND, *words], project, project.parent / "cache")


def test_standins_need_to_be_let(project, sticks):
    assert "is not for a workshop; `make release` builds" in refusal(run(project, sticks[0]))
    assert not on(sticks[0])


def test_one_stick_fails_and_the_other_is_filled(project, sticks):
    good, bad = sticks[1], sticks[0]
    (bad / "START-HERE.html").mkdir()
    done = run(project, "--allow-standins", good, bad)
    assert f"{bad / 'START-HERE.html'} is in the way: it is no ordinary file" in refusal(done)
    assert f"✓ {good}: 11 files written" in done.stderr
    assert verify(good)[-1] == "All 10 files are whole."
    there = on(good)
    assert "stand-ins serve in their place" in there["START-HERE.html"].decode()
    assert all(there[f"START-HERE-{paper}.pdf"].startswith(b"%PDF") for paper in ("A4", "Letter"))
    again = run(project, "--allow-standins", good)
    assert again.returncode == 0
    assert "all 11 files right already, nothing written" in again.stderr
    assert on(good) == there


def grow(project):
    """Make the OVA so large that there is time to stop a copy of it."""
    size = 400 * 2**20
    name = built(project / "build", marks="-standins")
    file = project / "build" / name
    os.truncate(file, size)
    digest = subprocess.run(["sha256sum", file], capture_output=True, text=True, check=True).stdout
    file.with_name(f"{name}.sha256").write_text(f"{digest.split()[0]}\t{name}\n")
    return name, size


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_stopped_in_a_copy_it_goes_on(project, sticks, number):
    name, size = grow(project)
    part = sticks[0] / f"{name}.part"
    words = [*COMMAND, "--allow-standins", sticks[0]]
    settings = environment(project.parent / "cache", {})
    with subprocess.Popen(words, cwd=project, env=settings, stderr=subprocess.PIPE) as running:
        deadline = time.monotonic() + SECONDS
        while not part.exists() or part.stat().st_size < size // 20:
            assert running.poll() is None and time.monotonic() < deadline
        running.send_signal(number)
        said = running.stderr.read().decode()
    assert running.returncode == (-number if number == signal.SIGKILL else 130), said
    assert "Traceback" not in said
    assert [file for file in on(sticks[0]) if not file.endswith(".part")] == []
    assert 0 < part.stat().st_size <= size
    done = run(project, "--allow-standins", sticks[0])
    assert done.returncode == 0, done.stderr
    assert verify(sticks[0])[-1] == "All 10 files are whole." and not part.exists()


def test_wrong_use_is_told(project, sticks, tmp_path):
    done = run(project)
    assert done.returncode == 2 and "Missing argument" in done.stderr
    done = run(project, "--image", "gpu", sticks[0])
    assert done.returncode == 2 and "'gpu' is not one of" in done.stderr
    assert "none cannot be used (No such file" in refusal(run(project, tmp_path / "none"))


def test_make_hands_all_of_it_on():
    words = [
        "make",
        "--no-print-directory",
        "--dry-run",
        "stick",
        "DIR=/media/a b",
        "IMAGE=both",
        "ALLOW_STANDINS=1",
    ]
    words += ["DIRS=/media/c /media/d", "INSTALLERS=/home/me/virtual box"]
    # Whoever runs the tests by make may have given ARGS, which it hands on.
    alone = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "ARGS")}
    done = subprocess.run(words, cwd=PROJECT, capture_output=True, text=True, check=True, env=alone)
    said = " ".join(done.stdout.replace("\\\n", " ").split())
    assert said.endswith(
        '-m appliance_build.stick --image "both" --installers "/home/me/virtual box" '
        '--allow-standins "/media/a b" /media/c /media/d'
    )


def test_pictures_that_are_shown_are_committed():
    from appliance_build.stick.instructions import PICTURES, SHOWN

    listed = subprocess.run(
        ["git", "ls-files", "--", PICTURES], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert {f"{name}.png" for name in SHOWN} <= {Path(name).name for name in listed}
