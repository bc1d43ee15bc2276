"""bootstrap.py: gets a machine ready, or says in one sentence what is missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .copies import UNPRIVILEGED, call, copy_project, is_unused, refusal

PYTHON = Path(sys.executable).resolve()  # itself no environment: bootstrap makes one from it
BOOTSTRAP = [PYTHON, "-m", "appliance_build.bootstrap", "run"]


@pytest.fixture
def project(tmp_path):
    """A copy of the project that everybody may read, whose tools are nothing but `wheel`."""
    tmp_path.chmod(0o755)
    project = copy_project(tmp_path / "project")
    lock = project / "locks" / "host.lock"
    kept = lock.read_text().partition("\nwheel==")[2].split("\n\n")[0]
    lines = ["wheel==" + kept.splitlines()[0]]
    for line in kept.splitlines()[1:]:
        if not line.startswith(" "):
            break
        lines.append(line)
    lock.write_text("\n".join(lines) + "\n")
    (project / "locks" / "host-packages.txt").write_text("[run]\ndpkg  # is everywhere\n")
    return project


def test_missing_packages_are_named_to_who_is_not_root(project, tmp_path):
    packages = project / "locks" / "host-packages.txt"
    packages.write_text("[test]\nnor-that\n[run]\ndpkg\nno-such-package  # why\nnor-this\n")
    message = refusal(call([*UNPRIVILEGED, *BOOTSTRAP], project, tmp_path / "cache"))
    assert message.endswith("run: sudo apt-get install no-such-package nor-this")
    assert is_unused(tmp_path / "cache")


def test_what_every_command_needs_is_asked_for_without_a_part(project, tmp_path):
    (project / "locks" / "host-packages.txt").write_text("no-such-venv\n[run]\nnor-that\n")
    message = refusal(call([*UNPRIVILEGED, *BOOTSTRAP[:-1]], project, tmp_path / "cache"))
    assert message.endswith("run: sudo apt-get install no-such-venv")


def test_a_cache_that_cannot_be_written_is_named(project, tmp_path):
    cache = tmp_path / "cache"
    cache.mkdir(mode=0o555)
    message = refusal(call([*UNPRIVILEGED, *BOOTSTRAP], project, cache))
    assert f"cannot write to the cache {cache} (Permission denied)" in message
    assert "APPLIANCE_CACHE" in message


def test_without_a_package_index_nothing_is_trusted_later(project, tmp_path):
    dead = {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_RETRIES": "0", "PIP_NO_CACHE_DIR": "1"}
    offline = dead | {"PIP_FIND_LINKS": str(tmp_path / "none"), "PIP_CONFIG_FILE": os.devnull}
    message = refusal(call(BOOTSTRAP, project, tmp_path / "cache", **offline))
    assert "check the network connection" in message and "run the command again" in message
    assert not list((tmp_path / "cache").rglob("complete"))


def test_a_wrong_hash_stops_it(project, tmp_path):
    lock = project / "locks" / "host.lock"
    text = lock.read_text()
    first = text.partition("sha256:")[2][:64]
    lock.write_text(text.splitlines()[0].rstrip(" \\") + f" --hash=sha256:{'0' * 64}\n")
    assert first not in lock.read_text()
    done = call(BOOTSTRAP, project, tmp_path / "cache")
    assert "could not be installed" in refusal(done)
    assert "sha256" in done.stderr and "0" * 64 in done.stderr
    assert not list((tmp_path / "cache").rglob("complete"))


def test_it_is_made_once_and_again_when_it_was_interrupted(project, tmp_path):
    first = call(BOOTSTRAP, project, tmp_path / "cache")
    assert first.returncode == 0, first.stderr
    python = Path(first.stdout.strip())
    assert "installing" in first.stderr
    assert subprocess.run([python, "-c", "import wheel"], check=False).returncode == 0
    second = call(BOOTSTRAP, project, tmp_path / "cache")
    assert (second.returncode, second.stdout, second.stderr) == (0, first.stdout, "")
    stamp, leftover = python.parent.parent / "complete", python.parent.parent / "half-made"
    stamp.unlink()
    leftover.touch()
    third = call(BOOTSTRAP, project, tmp_path / "cache")
    assert "installing" in third.stderr and third.stdout == first.stdout
    assert stamp.exists() and not leftover.exists()
