"""Pains of people with a Mac."""

import pytest

from .computers import VBOX_MACOS, VM_STAT, macos, only, results


@pytest.fixture
def ova(stick):
    return stick / "workshop.ova"


def test_a_healthy_intel_mac_is_ready(tmp_path, ova):
    found = results(macos(tmp_path), ova)
    others = {i: o.status for i, o in found.items() if o.status != "PASS"}
    assert others == {"driver": "N/A", "hypervisor": "N/A"}


@pytest.mark.parametrize(
    ("python", "sysctl"),
    [
        ("arm64", {}),
        ("arm64", {"hw.optional.arm64": "1", "sysctl.proc_translated": "0"}),
        ("x86_64", {"sysctl.proc_translated": "1"}),
        ("x86_64", {"hw.optional.arm64": "1"}),
    ],
    ids=["old Python", "native", "under Rosetta", "Rosetta of a newer macOS"],
)
def test_apple_silicon_is_told_at_once(tmp_path, ova, python, sysctl):
    computer = macos(tmp_path)
    computer.python = python
    for name, value in sysctl.items():
        computer.said[f"/usr/sbin/sysctl -n {name}"] = f"{value}\n"
    first, *others = results(computer, ova).values()
    assert (first.id, first.status) == ("architecture", "FAIL")
    assert "Apple silicon" in first.message and "Borrow a computer" in first.remedy
    assert {o.status for o in others} == {"SKIP"}


def test_an_intel_mac_says_that_it_is_not_translated(tmp_path, ova):
    computer = macos(tmp_path)
    computer.said["/usr/sbin/sysctl -n sysctl.proc_translated"] = "0\n"
    only(computer, ova, "architecture", "PASS")


def test_a_mac_without_hypervisor_support_is_found(tmp_path, ova):
    computer = macos(tmp_path)
    computer.said["/usr/sbin/sysctl -n kern.hv_support"] = "0\n"
    assert "kern.hv_support is 0" in only(computer, ova, "virtualisation", "FAIL").message
    del computer.said["/usr/sbin/sysctl -n kern.hv_support"]
    only(computer, ova, "virtualisation", "SKIP")


def test_virtualbox_is_found_in_its_application(tmp_path, ova):
    computer = macos(tmp_path)
    only(computer, ova, "virtualbox", "PASS")
    computer = macos(tmp_path)
    del computer.files[VBOX_MACOS]
    only(computer, ova, "virtualbox", "FAIL", also=("leftovers",))


def test_who_holds_a_port_is_named(tmp_path, ova, description):
    computer = macos(tmp_path)
    port = description.ports.ssh.host
    computer.taken["127.0.0.1", port] = None
    # One line for each field, those of a process before those of its files.
    computer.said[f"/usr/sbin/lsof -nP -iTCP:{port} -sTCP:LISTEN -Fpc"] = "p501\ncpython3.12\nf3\n"
    assert f"Port {port} is taken by python3.12 (PID 501)." in (
        only(computer, ova, "ports", "FAIL").message
    )


def test_a_holder_that_lsof_may_not_see_has_a_way_to_its_name(tmp_path, ova, description):
    computer = macos(tmp_path)
    computer.taken["127.0.0.1", description.ports.ssh.host] = None
    found = only(computer, ova, "ports", "FAIL")
    assert "lsof" in found.message


def test_memory_that_is_in_use_is_a_warning(tmp_path, ova):
    computer = macos(tmp_path)
    computer.said["/usr/bin/vm_stat"] = VM_STAT.format(free=1000)
    assert "Only 1,539 MB" in only(computer, ova, "memory", "WARN").message
