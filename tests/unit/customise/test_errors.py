"""`make customise` ends with one sentence, leaves nothing half-made and nothing running."""

import contextlib
import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from appliance_build import paths
from appliance_build.customise.machine import failed_task
from appliance_build.description import Description

from ..make.copies import UNPRIVILEGED, call, copy_project, environment, refusal
from . import finished

PLAYBOOK = """
- hosts: all
  tasks:
    - name: Say hello
      ansible.builtin.command: echo hello
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_project(tmp_path_factory.mktemp("customise") / "project")


@pytest.fixture(scope="module")
def ova(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished OVA in small, whose machine does not start."""
    from appliance_build import description

    return finished.ova(tmp_path_factory.mktemp("ova"), description.load())


@pytest.fixture
def playbook(tmp_path: Path) -> Path:
    file = tmp_path / "my.yml"
    file.write_text(PLAYBOOK)
    return file


def words(playbook: object, ova: Path, *more: str) -> list[str]:
    command = [sys.executable, "-m", "appliance_build.customise", str(playbook)]
    return [*command, "--ova", str(ova), *more]


def refused(project: Path, playbook: object, ova: Path, *more: str) -> str:
    """The sentence; nothing but locks and logs may be in build/ afterwards."""
    said = refusal(call(words(playbook, ova, *more), project, paths.cache()))
    left = {path.name for path in (project / "build").glob("*")}
    assert left <= {".customise.lock", "log"}, said
    return said


def test_no_playbook(project: Path, ova: Path):
    assert "PLAYBOOK=my.yml" in refused(project, "", ova)


def test_a_playbook_that_is_not_there(project: Path, ova: Path, tmp_path: Path):
    said = refused(project, tmp_path / "none.yml", ova)
    assert f"the playbook {tmp_path}/none.yml cannot be read (No such file" in said


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("- hosts: [", "could not find expected|expected"),
        ("- hosts: all\n  roles: [nowhere]\n", "role 'nowhere' was not found"),
        ("- hosts: all\n  tasks:\n    - no.such.module: {}\n", r"couldn't resolve module/action"),
    ],
    ids=["no YAML", "no such role", "no such module"],
)
def test_a_playbook_that_ansible_cannot_read(
    project: Path, ova: Path, playbook: Path, text: str, why: str
):
    playbook.write_text(text)
    said = refused(project, playbook, ova)
    assert said.startswith(f"Ansible cannot read {playbook}: ")
    assert re.search(why, said), said


def test_a_playbook_for_other_machines(project: Path, ova: Path, playbook: Path):
    playbook.write_text(PLAYBOOK.replace("all", "webservers"))
    assert "is for other machines; let it have `hosts: all`" in refused(project, playbook, ova)


def test_an_ova_that_is_not_there(project: Path, playbook: Path, tmp_path: Path):
    assert "none.ova cannot be opened: No such" in refused(project, playbook, tmp_path / "none.ova")


def test_no_ova_in_build(project: Path, playbook: Path):
    command = [sys.executable, "-m", "appliance_build.customise", str(playbook)]
    assert "build it first with `make ova`" in refusal(call(command, project, paths.cache()))


def test_a_damaged_ova(project: Path, playbook: Path, ova: Path, tmp_path: Path):
    broken = tmp_path / "broken.ova"
    data = bytearray(ova.read_bytes())
    data[len(data) // 2] ^= 1
    broken.write_bytes(data)
    assert f"{broken} is damaged" in refused(project, playbook, broken)


def test_an_ova_of_somebody_else(project: Path, playbook: Path, tmp_path: Path):
    from ..make import packing

    layers = packing.tiny_layers(tmp_path / "layers")
    boot = packing.tiny_boot(tmp_path / "boot")
    other = packing.package(paths.PROJECT, tmp_path / "work", layers, boot)
    said = refused(project, playbook, other)
    assert "is not an OVA of this project (/usr/share/workshop/appliance.json is missing" in said


def test_an_ova_of_another_version(
    project: Path, playbook: Path, tmp_path: Path, description: Description
):
    other = finished.ova(tmp_path / "other", description, colour="green", shape="round")
    said = refused(project, playbook, other)
    assert "was built by another version of this project (appliance.json:" in said
    assert "colour: unknown key" in said and "shape: unknown key" in said


def test_two_at_once(project: Path, playbook: Path, ova: Path):
    (project / "build").mkdir(exist_ok=True)
    with (project / "build" / ".customise.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "another `make customise` is at work" in refused(project, playbook, ova)


def test_a_machine_that_does_not_start(project: Path, playbook: Path, ova: Path):
    before = machines(project)
    said = refused(project, playbook, ova, "--seconds", "4")
    assert f"the machine of {ova} did not let its user in over SSH within 4 s" in said
    assert machines(project) == before == set()


@pytest.fixture
def theirs() -> Iterator[Path]:
    """A folder of somebody else's, where they can reach it."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        yield Path(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="who is not root runs all of these so")
def test_an_ordinary_user_comes_as_far(theirs: Path, ova: Path):
    """VirtualBox's machines belong to whoever imports them."""
    project = copy_project(theirs / "project")
    (theirs / "my.yml").write_text(PLAYBOOK)
    shutil.copy(ova, theirs)
    subprocess.run(["chown", "-R", "65534:65534", theirs], check=True)
    command = words(theirs / "my.yml", theirs / ova.name, "--seconds", "4")
    done = call([*UNPRIVILEGED, *command], project, theirs / "cache", HOME=str(theirs))
    assert "did not let its user in over SSH within 4 s" in refusal(done)
    assert machines(project) == set()


def test_a_kill_ends_the_machine_too(project: Path, playbook: Path, ova: Path):
    running = subprocess.Popen(
        words(playbook, ova, "--seconds", "300"),
        cwd=project,
        env=environment(paths.cache(), {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: machines(project), running)
        [qemu] = [psutil.Process(pid) for pid in machines(project)]
        until(qemu.net_connections, running)
        assert {each.laddr.ip for each in qemu.net_connections()} == {"127.0.0.1"}
    finally:
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
    until(lambda: not machines(project))
    # What it left in build/ is cleared by the next one.
    assert (project / "build" / ".customise").exists()
    refused(project, playbook, ova, "--seconds", "1")


def machines(project: Path) -> set[int]:
    """The QEMUs whose disk is in a project's build/."""
    found = set()
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            command = " ".join(process.cmdline())
            if process.name().startswith("qemu-system") and str(project) in command:
                found.add(process.pid)
    return found


def until(condition, running: subprocess.Popen | None = None, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        assert running is None or running.poll() is None


SAID = """
    qemu.customise: TASK [Add a handout] ***********
    qemu.customise: changed: [workshop]
    qemu.customise: TASK [own : Install {name}] ****
    qemu.customise: fatal: [workshop]: {result}
    qemu.customise: PLAY RECAP *****
"""


@pytest.mark.parametrize(
    ("result", "why"),
    [
        (
            'FAILED! => {"changed": false, "msg": "No package matching \'x\'"}',
            "No package matching",
        ),
        ('FAILED! => {"msg": "non-zero return code", "stderr": "no\\nroom."}', "no room"),
        ('UNREACHABLE! => {"msg": "Connection timed out"}', "Connection timed out"),
        ("FAILED! => not JSON at all", "not JSON at all"),
    ],
)
def test_the_task_that_failed_is_named_with_its_reason(result: str, why: str):
    task, reason = failed_task(SAID.replace("{result}", result))
    assert task == "own : Install {name}"
    assert reason.startswith(why)


def test_where_no_task_failed_none_is_named():
    assert failed_task(SAID.replace("fatal", "ok")) is None
