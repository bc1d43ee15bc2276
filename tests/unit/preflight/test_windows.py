"""Pains of people with Windows, each found and named by its id."""

import errno

import pytest

from . import computers
from .computers import NETSTAT, TASKLIST, TASKLIST_NONE, only, results, windows


@pytest.fixture
def ova(stick):
    return stick / "workshop.ova"


@pytest.fixture
def port(description):
    return description.ports.jupyter.host


def listener(computer, port, name, pid, far="0.0.0.0:0", listening="LISTENING", address=None):
    """A program that listens, as netstat and tasklist show it."""
    address = address or "127.0.0.1"
    computer.taken[address.strip("[]"), port] = None
    computer.taken["127.0.0.1", port] = computer.taken.get(("127.0.0.1", port))
    computer.said["netstat -ano"] = NETSTAT.format(
        port=port, pid=pid, far=far, listening=listening, address=address
    )
    computer.said[f"tasklist /FI PID eq {pid} /FO CSV /NH"] = name


def test_a_healthy_pc_is_ready(tmp_path, ova):
    found = results(windows(tmp_path), ova)
    assert {i for i, o in found.items() if o.status != "PASS"} == {"driver"}
    assert found["driver"].status == "N/A"


def test_arm_is_seen_although_python_is_emulated(tmp_path, ova):
    found = results(windows(tmp_path, Architecture=12), ova)
    assert found["architecture"].status == "FAIL"
    assert "ARM64, though Python runs as AMD64" in found["architecture"].message
    assert {o.status for i, o in found.items() if i != "architecture"} == {"SKIP"}


def test_virtualisation_that_is_off_is_found(tmp_path, ova):
    computer = windows(tmp_path, VirtualizationFirmwareEnabled=False)
    found = only(computer, ova, "virtualisation", "FAIL")
    assert "off in the firmware" in found.message and "SVM" in found.remedy


def test_a_processor_without_virtualisation_is_told_apart(tmp_path, ova):
    computer = windows(tmp_path, VirtualizationFirmwareEnabled=False, VMMonitorModeExtensions=False)
    assert "no virtualisation" in only(computer, ova, "virtualisation", "FAIL").message


def test_hyper_v_is_found_and_does_not_look_like_virtualisation_that_is_off(tmp_path, ova):
    """Where a hypervisor runs, both of the processor's properties are false."""
    facts = {"VirtualizationFirmwareEnabled": False, "VMMonitorModeExtensions": False}
    computer = windows(tmp_path, HypervisorPresent=True, **facts)
    found = only(computer, ova, "hypervisor", "WARN")
    assert "Guard" not in found.message and "WSL 2" in found.remedy


@pytest.mark.parametrize(
    ("running", "named"),
    [
        ("1", "Credential Guard"),
        ("2", "Memory integrity"),
        ("1 2", "Credential Guard and Memory integrity"),
        ("3", ""),
        (None, ""),
    ],
)
def test_what_windows_guards_with_it_is_named(tmp_path, ova, running, named):
    computer = windows(tmp_path, HypervisorPresent=True, SecurityServicesRunning=running)
    found = only(computer, ova, "hypervisor", "WARN")
    assert (f"({named} among others)" in found.message) == bool(named)
    assert ("employer" in found.remedy) == ("Credential Guard" in named)


def test_virtualbox_is_found_where_its_installer_puts_it(tmp_path, ova):
    computer = windows(tmp_path)
    del computer.files[computers.VBOX_WINDOWS]
    also = ("leftovers",)
    assert "not installed" in only(computer, ova, "virtualbox", "FAIL", also=also).message
    computer = windows(tmp_path)
    place = "D:\\VBox\\VBoxManage.exe"
    computer.environ = {"VBOX_MSI_INSTALL_PATH": "D:\\VBox\\"}
    computer.files = {place: ""}
    computer.said = {k.replace(computers.VBOX_WINDOWS, place): v for k, v in computer.said.items()}
    only(computer, ova, "virtualbox", "PASS")


@pytest.mark.parametrize("listening", ["LISTENING", "ABHÖREN"])
def test_who_holds_a_port_is_named_in_any_language(tmp_path, ova, port, listening):
    computer = windows(tmp_path)
    name = TASKLIST.format(name="com.docker.backend.exe", pid=4711)
    listener(computer, port, name, 4711, listening=listening)
    found = only(computer, ova, "ports", "FAIL")
    assert f"Port {port} is taken by com.docker.backend.exe (PID 4711)." in found.message
    assert "Port Forwarding" in found.remedy


def test_a_port_shared_without_an_error_is_found_by_who_answers(tmp_path, ova, port):
    """Windows lets 127.0.0.1 be taken where another program holds all addresses."""
    computer = windows(tmp_path)
    listener(computer, port, TASKLIST.format(name="httpd.exe", pid=5), 5, address="0.0.0.0")
    assert computer.refusal(port) is None
    assert "httpd.exe (PID 5)" in only(computer, ova, "ports", "FAIL").message


def test_a_holder_on_ipv6_alone_is_a_warning(tmp_path, ova, port):
    computer = windows(tmp_path)
    name = TASKLIST.format(name="wslrelay.exe", pid=6)
    listener(computer, port, name, 6, far="[::]:0", address="[::1]")
    del computer.taken["127.0.0.1", port]
    found = only(computer, ova, "ports", "WARN")
    assert "taken on ::1 by wslrelay.exe (PID 6)" in found.message and "127.0.0.1" in found.remedy


def test_a_holder_that_has_ended_meanwhile_has_its_number(tmp_path, ova, port):
    computer = windows(tmp_path)
    listener(computer, port, TASKLIST_NONE, 77)
    assert "taken by a program (PID 77)" in only(computer, ova, "ports", "FAIL").message


def test_a_port_that_windows_reserves_is_told_apart(tmp_path, ova, port):
    computer = windows(tmp_path)
    denied = OSError(errno.EACCES, "forbidden by its access permissions")
    denied.winerror = 10013  # WSAEACCES: Microsoft Learn, Windows Sockets Error Codes
    computer.taken["127.0.0.1", port] = denied
    computer.said["netstat -ano"] = ""
    found = only(computer, ova, "ports", "FAIL")
    assert f"Port {port} is reserved by Windows." in found.message
    assert "excludedportrange" in found.remedy


def test_the_workshops_own_machine_may_hold_its_ports(tmp_path, ova, port):
    computer = windows(tmp_path)
    listener(computer, port, TASKLIST.format(name="VirtualBoxVM.exe", pid=8), 8)
    found = only(computer, ova, "ports", "WARN")
    assert "VirtualBoxVM.exe (PID 8)" in found.message


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({"TotalPhysicalMemory": 3 * computers.GIB}, "FAIL"),
        ({"FreePhysicalMemory": 1024**2}, "WARN"),
    ],
)
def test_little_memory_is_found(tmp_path, ova, facts, status, description):
    found = only(windows(tmp_path, **facts), ova, "memory", status)
    assert f"{description.machine.memory_mb:,}" in found.message or status == "FAIL"


def test_a_full_disk_is_found_before_e_invalidarg_is_seen(tmp_path, ova):
    computer = windows(tmp_path)
    computer.room = int(2.4 * ova.stat().st_size)
    assert str(tmp_path) in only(computer, ova, "disk", "FAIL").message
    computer.room = int(2.6 * ova.stat().st_size)
    only(computer, ova, "disk", "PASS")


def test_a_powershell_that_says_nothing_is_no_pass(tmp_path, ova):
    for said in ("", "Access denied"):
        computer = windows(tmp_path)
        computer.said["powershell"] = said
        found = results(computer, ova)
        unknown = {i for i, o in found.items() if o.status == "SKIP"}
        assert unknown == {"virtualisation", "hypervisor", "memory"}
        assert "PowerShell's answer is no JSON" in found["memory"].message


def test_properties_that_windows_leaves_empty_are_no_pass(tmp_path, ova):
    empty = dict.fromkeys(
        ["VirtualizationFirmwareEnabled", "HypervisorPresent", "FreePhysicalMemory"]
    )
    found = results(windows(tmp_path, VMMonitorModeExtensions=None, **empty), ova)
    unknown = {i for i, o in found.items() if o.status == "SKIP"}
    assert unknown == {"virtualisation", "hypervisor", "memory"}
