"""A real QEMU with a boot sector for a guest: its start, its end, and what it leaves."""

import os
from pathlib import Path

import psutil
import pytest

from appliance_build.description import Description
from appliance_build.errors import BuildError
from appliance_build.machine.accelerator import TCG
from appliance_build.machine.ports import elsewhere
from appliance_build.machine.process import Process
from appliance_build.machine.qemu import Qemu

from . import guests


@pytest.fixture
def machine(tmp_path: Path, description: Description):
    """A guest that says hello and then does nothing, not even hear the power button."""
    disk = guests.disk(tmp_path, "hello")
    made = Qemu(
        description, disk, tmp_path / "machine", ports=elsewhere(description.ports), kind=TCG
    )
    yield made
    made.power_cut()


def pid(machine: Process) -> int:
    return int(machine.pid_file.read_text())


def test_runs_with_its_ports_on_loopback_only(machine: Qemu):
    machine.start()
    listening = psutil.Process(pid(machine)).net_connections()
    assert {(c.laddr.ip, c.laddr.port) for c in listening} == {
        ("127.0.0.1", port.host) for _, port in machine.ports
    }


def test_another_process_finds_and_ends_it_by_its_folder(machine: Qemu):
    machine.start()
    qemu = psutil.Process(pid(machine))
    other = Process(machine.folder)
    assert other.running()
    assert other.slowdown == TCG.slowdown
    assert other.stop(seconds=1) is False  # this guest is deaf, so its power was cut
    assert not machine.running()
    assert not machine.pid_file.exists()
    # None of its threads holds the disk any longer: the next start needs it.
    assert not qemu.is_running() or (qemu.status(), qemu.num_threads()) == ("zombie", 1)


def test_starts_again_after_a_power_cut_that_left_its_pid_file(machine: Qemu):
    machine.start()
    first = pid(machine)
    psutil.Process(first).kill()
    assert machine.wait(10)
    assert machine.pid_file.exists()
    assert not machine.running()
    machine.start()
    assert machine.running()
    assert pid(machine) != first


def test_is_not_started_twice(machine: Qemu):
    machine.start()
    with pytest.raises(BuildError, match="runs already"):
        machine.start()


STALE = {"another program": str(os.getpid()), "nobody": "4194304", "empty": "", "no number": "x"}


@pytest.mark.parametrize("stale", STALE.values(), ids=STALE)
def test_stale_pid_file_is_nobody(tmp_path: Path, stale: str):
    (tmp_path / "qemu.pid").write_text(stale)
    left = Process(tmp_path)
    assert not left.running()
    assert left.wait(0)
    left.power_cut()  # must not end whoever has the number now: this test


def test_missing_program_is_named_with_its_package(machine: Qemu, no_programs: None):
    with pytest.raises(BuildError) as error:
        machine.start()
    assert str(error.value) == (
        "qemu-img is not installed; install it with `sudo apt install qemu-utils`, "
        "or install VirtualBox"
    )


def test_what_qemu_refuses_is_told_in_its_words(machine: Qemu):
    machine.disk.write_bytes(b"no disk")
    with pytest.raises(BuildError, match=r"failed: .*invalid VMDK"):
        machine.start()
    assert not machine.overlay.exists()


def test_throw_away_machine_leaves_no_overlay(machine: Qemu):
    machine.keep = False
    machine.start()
    assert machine.running()
    assert not machine.overlay.exists()
