"""appliance-check in the machine: right about each fault (that it is silent when all is well, see
tests/both).

A fault is undone at the end of its test.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from appliance_build.description import Description
from appliance_check.checks import CHECKS

from .guest import Guest

THEANO = "/usr/local/lib/python3.11/dist-packages/theano/__init__.py"


@contextmanager
def fault(guest: Guest, cause: str, undo: str) -> Iterator[None]:
    """Break something as root, and mend it."""
    guest.root(cause)
    try:
        yield
    finally:
        guest.root(undo)


def finding(guest: Guest, check: str) -> str:
    """What one check says when it must fail; its message and evidence as text."""
    done = guest.doctor("--only", check)
    assert done.rc == 1, done.stderr
    [report] = json.loads(done.stdout)["checks"]
    assert (report["id"], report["status"]) == (check, "FAIL")
    return report["message"]


@pytest.mark.full
def test_the_first_lessons_run(bios: Guest, description: Description):
    """All of them, at native speed, see tests/docker/test_lessons.py."""
    first = description.lessons[:2]
    paths = " ".join(f"/usr/share/workshop/notebooks/{name}.ipynb" for name in first)
    bios.ok(f"mkdir ~/first && cp {paths} ~/first")
    done = bios.doctor("--only", "notebooks", "--notebooks", f"/home/{bios.user.name}/first")
    assert done.rc == 0, done.stderr
    [report] = json.loads(done.stdout)["checks"]
    assert list(report["evidence"]) == first
    assert all(each["compiler_runs"] == 0 for each in report["evidence"].values())


@pytest.mark.full
def test_nothing_is_wrong_with_a_healthy_machine(bios: Guest, data_status: str):
    """But for the lessons: how those run, see above."""
    asked = [check.id for check in CHECKS if check.id not in ("notebooks", "gpu")]
    done = bios.doctor("--only", *asked)
    assert done.rc == 0, done.stderr
    statuses = {each["id"]: each["status"] for each in json.loads(done.stdout)["checks"]}
    standins = dict.fromkeys(("standins", "weights"), data_status)
    assert statuses == dict.fromkeys(asked, "PASS") | standins, done.stderr


def test_broken_theano_is_named(bios: Guest):
    cause = f"cp -a {THEANO} {THEANO}.whole && echo 'raise ImportError(\"torn\")' >> {THEANO}"
    with fault(bios, cause, f"mv {THEANO}.whole {THEANO}"):
        assert "torn" in finding(bios, "theano")


def test_stopped_jupyter_is_named(bios: Guest):
    with fault(bios, "systemctl stop jupyter.service", "systemctl start jupyter.service"):
        assert "jupyter.service is inactive" in finding(bios, "services")


def test_full_disk_is_named(bios: Guest, description: Description):
    home = f"/home/{description.user.name}"
    room = f"$(($(df -B1 --output=avail {home} | tail -1) - 100000000))"
    with fault(bios, f"fallocate -l {room} {home}/filler", f"rm {home}/filler"):
        assert home in finding(bios, "disk")


def test_damaged_notebook_is_named(bios: Guest, description: Description):
    lesson = f"/home/{description.user.name}/notebooks/{description.lessons[0]}.ipynb"
    with fault(
        bios, f"cp -a {lesson} /tmp/whole && truncate -s 1000 {lesson}", f"mv /tmp/whole {lesson}"
    ):
        assert lesson in finding(bios, "lessons")
