"""The booted machine, looked at over SSH with the password."""

import re
import time

import paramiko
import pytest

from appliance_build.description import Description

from .guest import Guest

GIB = 1024**3
SHARE = "/usr/share/workshop"


def test_all_units_are_well(bios: Guest):
    assert bios.host.run("systemctl is-system-running --wait").stdout.strip() == "running"
    for name in ("jupyter.socket", "jupyter.service", "ssh.service"):
        assert bios.host.service(name).is_running
        assert bios.host.service(name).is_enabled


def test_attendee_may_become_root(bios: Guest, description: Description):
    assert "sudo" in bios.host.user(description.user.name).groups
    assert bios.root("id -un").strip() == "root"


@pytest.mark.parametrize("login", ["wrong password", "root"])
def test_nobody_else_is_let_in(bios: Guest, login: str):
    user = bios.user.name if login == "wrong password" else "root"
    password = bios.user.password + ("x" if login == "wrong password" else "")
    with pytest.raises(paramiko.AuthenticationException):
        bios.login(user, password)


def test_console_greets_with_the_addresses_to_open(bios: Guest, description: Description):
    greeting = bios.ok("cat /etc/issue")
    assert f"http://localhost:{description.ports.jupyter.host}/" in greeting
    assert f"ssh -p {description.ports.ssh.host} {description.user.name}@localhost" in greeting
    assert description.user.password in greeting
    assert description.version in greeting
    shown = bios.machine.console_log.read_text(errors="replace")
    assert f"http://localhost:{description.ports.jupyter.host}/" in shown


def test_virtualbox_guest_modules_fit_the_running_kernel(bios: Guest):
    try:
        bios.root("modprobe vboxsf")  # pulls vboxguest in
        assert {"vboxsf", "vboxguest"} <= set(bios.ok("cut -d' ' -f1 /proc/modules").split())
    finally:
        bios.root("rmmod vboxsf vboxguest")


def test_clock_takes_the_rtc_for_utc(bios: Guest):
    before = time.time()
    shown = float(bios.ok("date +%s.%N"))
    assert before - 60 < shown < time.time() + 60
    assert bios.ok("date +%Z").strip() == "UTC"
    assert bios.ok("timedatectl show --property=LocalRTC --value").strip() == "no"


def test_there_is_nearly_the_whole_disk_to_work_in(bios: Guest, description: Description):
    free = int(bios.ok("df -B1 --output=avail ~ | tail -1"))
    assert free > 0.9 * description.machine.disk_gb * GIB


def test_machine_has_an_identity_of_its_own_and_the_appliances_name(
    bios: Guest, description: Description
):
    assert re.fullmatch(r"[0-9a-f]{32}", bios.machine_id())
    keys = bios.ok("ls /etc/ssh/ssh_host_*_key.pub").split()
    assert keys
    assert any(bios.host_key() in bios.ok(f"cat {key}") for key in keys)
    assert bios.ok("cat /etc/hostname").strip() == description.name
    assert bios.ok("hostname").strip() == description.name
