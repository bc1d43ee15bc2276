"""The booted machine, looked at over SSH with the password."""

import json
import re
import time

import paramiko
import pytest

from appliance_build import paths
from appliance_build.description import Description

from .guest import Guest

GIB = 1024**3
SHARE = "/usr/share/workshop"


def test_all_units_are_well(bios: Guest):
    assert bios.host.run("systemctl is-system-running --wait").stdout.strip() == "running"
    for name in ("jupyter.socket", "jupyter.service", "ssh.service"):
        assert bios.host.service(name).is_running
        assert bios.host.service(name).is_enabled


def test_listeners_are_exactly_those_of_the_description(bios: Guest, description: Description):
    lines = [line.split() for line in bios.ok("ss -Hlntu").splitlines()]
    tcp = {int(words[4].rpartition(":")[2]) for words in lines if words[0] == "tcp"}
    assert tcp == {port.guest for _, port in description.ports}
    udp = {int(words[4].rpartition(":")[2]) for words in lines if words[0] == "udp"}
    assert udp <= {68}  # the DHCP client's own


def test_attendee_is_the_one_person_here(bios: Guest, description: Description):
    user = bios.host.user(description.user.name)
    assert user.uid == description.user.uid
    assert user.home == f"/home/{description.user.name}"
    assert "sudo" in user.groups
    people = [
        name
        for name, _, uid, *_ in (
            line.split(":") for line in bios.ok("getent passwd").split("\n")[:-1]
        )
        if 1000 <= int(uid) < 60000
    ]
    assert people == [description.user.name]


@pytest.mark.parametrize("login", ["wrong password", "root"])
def test_nobody_else_is_let_in(bios: Guest, login: str):
    user = bios.user.name if login == "wrong password" else "root"
    password = bios.user.password + ("x" if login == "wrong password" else "")
    with pytest.raises(paramiko.AuthenticationException):
        bios.login(user, password)


def test_lessons_are_there_pristine_and_to_work_on(bios: Guest, description: Description):
    for name in description.lessons:
        pristine = bios.host.file(f"{SHARE}/notebooks/{name}.ipynb")
        copy = bios.host.file(f"{bios.host.user().home}/notebooks/{name}.ipynb")
        assert (pristine.user, pristine.mode) == ("root", 0o444)
        assert (copy.user, copy.mode) == (description.user.name, 0o644)
        assert pristine.sha256sum == copy.sha256sum
    assert bios.host.run(f"test -w {SHARE}/notebooks").rc == 1


def test_lesson_that_was_spoiled_comes_back_and_the_attendees_version_stays(
    bios: Guest, description: Description
):
    name = description.lessons[0]
    lesson = f"notebooks/{name}.ipynb"
    bios.ok(f"echo mine > {lesson}")
    try:
        bios.ok(f"workshop reset {name}")
        bios.ok(f"cmp {lesson} {SHARE}/{lesson}")
        assert bios.ok(f"cat notebooks/{name}.mine-*.ipynb") == "mine\n"
    finally:
        bios.ok(f"rm -f notebooks/{name}.mine-*.ipynb; cp {SHARE}/{lesson} {lesson}")


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


def test_python_packages_are_those_of_the_lock(bios: Guest):
    shipped = {normal(k): v for k, v in json.loads(bios.ok(f"cat {SHARE}/python.json")).items()}
    lock = (paths.PROJECT / "locks" / "python.lock").read_text()
    locked = {normal(k): v for k, v in re.findall(r"^([\w.-]+)==([^\s\\]+)", lock, re.MULTILINE)}
    assert len(locked) > 50
    assert {name: shipped.get(name) for name in locked} == locked
    own = bios.ok("ls -d /opt/jupyter/lib/python3*/site-packages/*.dist-info").split()
    assert {normal(path.rpartition("/")[2].split("-")[0]) for path in own} == locked.keys()


def normal(name: str) -> str:
    """A package's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()
