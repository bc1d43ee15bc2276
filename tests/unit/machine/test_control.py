"""`make up` refuses in one sentence before it makes or starts anything."""

import socket
from pathlib import Path

import pytest

from appliance_build.description import Description
from appliance_build.errors import BuildError
from appliance_build.machine import control
from appliance_build.machine.ports import elsewhere

from . import guests


@pytest.fixture(autouse=True)
def machines(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Machines of our own, whatever runs in the project's build folder."""
    folder = tmp_path / "machines"
    monkeypatch.setattr(control, "MACHINES", folder)
    return folder


@pytest.fixture
def free(description: Description) -> Description:
    """The description with host ports that nobody uses."""
    return description.model_copy(update={"ports": elsewhere(description.ports)})


def refuse(description: Description, ova: Path, machines: Path) -> str:
    with pytest.raises(BuildError) as error:
        control.up(description, ova)
    assert not list(machines.rglob("*.*"))
    assert "\n" not in str(error.value)
    return str(error.value)


def test_up_with_a_taken_port(free: Description, machines: Path, tmp_path: Path):
    with socket.create_server(("127.0.0.1", free.ports.ssh.host)):
        message = refuse(free, guests.ova(tmp_path / "a.ova"), machines)
    assert message.startswith(f"port {free.ports.ssh.host} on 127.0.0.1 is taken by ")


def test_up_without_any_hypervisor(
    free: Description, machines: Path, tmp_path: Path, no_programs: None
):
    message = refuse(free, guests.ova(tmp_path / "a.ova"), machines)
    assert "qemu-system-x86_64 is not installed" in message
    assert "apt install qemu-system-x86" in message


def test_up_with_a_damaged_ova(free: Description, machines: Path, tmp_path: Path):
    damaged = guests.ova(tmp_path / "a.ova", vmdk=b"other")
    assert "is damaged" in refuse(free, damaged, machines)


def test_down_and_ssh_when_nothing_runs(description: Description):
    with pytest.raises(BuildError, match=r"not running; start it with `make up`"):
        control.down()
    with pytest.raises(BuildError, match=r"not running; start it with `make up`"):
        control.ssh(description)
