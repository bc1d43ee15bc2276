"""The last line and the exit status, over all that checks can say."""

import io

import pytest

import preflight

from .computers import ALL, linux, macos, windows


@pytest.fixture
def ova(stick):
    return str(stick / "workshop.ova")


def run(computer, ova, monkeypatch):
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(io.BytesIO(), "utf-8"))
    status = preflight.main([ova], computer)
    preflight.sys.stdout.flush()
    text = preflight.sys.stdout.buffer.getvalue().decode()
    return status, text.splitlines()[-1]


@pytest.mark.parametrize("system", ALL)
def test_a_healthy_computer_is_ready(system, tmp_path, ova, monkeypatch):
    found = run(system(tmp_path), ova, monkeypatch)
    assert found == (0, "Ready for the workshop.")


def test_warnings_leave_it_ready(tmp_path, ova, monkeypatch):
    computer = windows(tmp_path, HypervisorPresent=True, FreePhysicalMemory=1024**2)
    assert run(computer, ova, monkeypatch) == (
        0,
        "Ready for the workshop, with 2 warnings: hypervisor, memory.",
    )


def test_a_problem_does_not(tmp_path, ova, monkeypatch):
    computer = linux(tmp_path)
    computer.room = 0
    assert run(computer, ova, monkeypatch) == (1, "1 problem: disk.")


def test_what_is_not_known_is_not_good(tmp_path, ova, monkeypatch):
    computer = macos(tmp_path)
    del computer.said["/usr/bin/vm_stat"]
    computer.free_bytes = None
    assert run(computer, ova, monkeypatch) == (
        1,
        "Nothing is wrong, but not all is known: memory, disk.",
    )
