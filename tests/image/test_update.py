"""A machine of the release before, taken home and worked on, becomes the later one: in a real boot,
with the six cases, and killed in the middle.
"""

import contextlib
import json
import random
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import paramiko
import pytest
from rich.console import Console

from appliance_build import description as schema
from appliance_build.description import Description
from appliance_build.machine import monitor, ova, qemu
from appliance_build.machine.ports import elsewhere
from appliance_build.machine.waiting import until_jupyter

from . import homework, releases
from .guest import Guest
from .homework import Homework
from .releases import OLDER, Releases

pytestmark = pytest.mark.full

KILLS, SEED = 10, 10
FILE = "an.update"
SNAPSHOT = "taken-home"
CLONE_SECONDS = 300
RESTART_SECONDS = 60
#: How a connection ends whose machine restarts.
GONE = (EOFError, OSError, AssertionError, paramiko.SSHException)
BAD = ("FAIL", "ERROR")


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Releases:
    """The release before, this one, and the update between."""
    return releases.make(tmp_path_factory.mktemp("releases"))


@dataclass(frozen=True)
class TakenHome:
    """A machine of the release before that somebody worked on, with the update's file in it.

    Attributes:
        folder: of the machine, with a snapshot of its running.
        before: its notebooks.
        shipped: the lessons of the later release, by file name.
        later: its version.
    """

    description: Description
    disk: Path
    folder: Path
    homework: Homework
    shipped: dict[str, str]
    later: str

    def clone(self, folder: Path, *extra: str) -> Guest:
        """The machine once more, with a disk and ports of its own."""
        folder.mkdir()
        ports = elsewhere(self.description.ports)
        machine = qemu.Qemu(self.description, self.disk, folder, ports=ports, extra=extra)
        shutil.copy(self.folder / machine.overlay.name, folder)
        return Guest(machine)

    def running_clone(self, folder: Path) -> Guest:
        """The same, as it was when the snapshot was taken: nothing has to start."""
        guest = self.clone(folder, "-loadvm", SNAPSHOT)
        guest.machine.start()
        guest.connect()
        return guest

    def is_old(self, guest: Guest) -> bool:
        """Old, wholly, or else new, wholly."""
        described = json.loads(guest.ok("cat /usr/share/workshop/appliance.json"))
        found = homework.read(guest)
        state = json.loads(guest.ok("workshop update --json"))
        assert state["version"] == described["version"]
        assert not state["damaged"]
        if described["version"] == OLDER:
            assert found == self.homework.before
            return True
        assert described["version"] == self.later
        assert state["release"] == OLDER
        self.homework.check(found, self.later, self.shipped)
        return False


@pytest.fixture(scope="module")
def taken_home(both: Releases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TakenHome]:
    """Booted once; the attendee works, and gets the update's file."""
    later = schema.load(both.project / "appliance.yml")
    description = later.model_copy(update={"version": OLDER})
    folder = tmp_path_factory.mktemp("taken-home")
    disk = qemu.unpacked(ova.read(both.older), folder)
    machine = qemu.Qemu(description, disk, folder / "vm", ports=elsewhere(description.ports))
    machine.folder.mkdir()
    # All of the disk in one file of a kind that takes snapshots, which a VMDK below forbids.
    command = ["qemu-img", "convert", "-O", "qcow2", disk, machine.overlay]
    subprocess.run(command, check=True)
    guest = Guest(machine)
    try:
        guest.boot()
        work = Homework.done(guest, list(later.lessons))
        send(guest, both.signed, FILE)
        guest.ok("sync")
        save = {"command-line": f"savevm {SNAPSHOT}"}
        command = "human-monitor-command"
        said = monitor.execute(machine.control, command, CLONE_SECONDS, save)
        assert said == "", said
    finally:
        machine.power_cut()
    source = both.project / "notebooks"
    shipped = {f"{name}.ipynb": (source / f"{name}.ipynb").read_text() for name in later.lessons}
    yield TakenHome(description, disk, machine.folder, work, shipped, later.version)


def send(guest: Guest, file: Path, name: str) -> None:
    """Copy a file into the attendee's home folder."""
    with guest.host.backend.client.open_sftp() as link:
        link.put(str(file), name)


def restart(guest: Guest) -> None:
    """As the page's button does; wait until it is up again."""
    boot_id = "cat /proc/sys/kernel/random/boot_id"
    before = guest.ok(boot_id)
    deadline = time.monotonic() + guest.limit(RESTART_SECONDS)
    with contextlib.suppress(*GONE):
        guest.host.run("workshop restart")
    while True:
        try:
            guest.connect()
            if guest.ok(boot_id) != before:
                break
        except GONE:
            assert time.monotonic() < deadline, guest.machine.console()
        guest.machine.wait(1)
    until_jupyter(guest.machine, guest.machine.ports.jupyter.host, Console(quiet=True))


def refusal(guest: Guest, words: str) -> str:
    """The one sentence with which the command refuses."""
    done = guest.host.run(f"bash -lc {shlex.quote(f'workshop {words}')}")
    assert (done.rc, done.stdout) == (1, ""), done.stdout + done.stderr
    [line] = done.stderr.splitlines()
    return line


def test_the_update_is_small(both: Releases, record_property):
    size = both.signed.stat().st_size
    record_property("bytes", size)
    record_property("seconds to make", both.seconds)
    print(f"update: {size:,} bytes, made in {both.seconds:.0f} s")
    assert size < 1_000_000


def test_updated_and_rolled_back(taken_home: TakenHome, both: Releases, tmp_path: Path):
    """By the command, then by the page; the doctor is content with both."""
    guest = taken_home.running_clone(tmp_path / "vm")
    try:
        start = time.monotonic()
        said = guest.ok(f"workshop update {FILE}")
        print(f"taken in within {time.monotonic() - start:.1f} s; {said}")
        assert f"this is {taken_home.later}" in said
        start = time.monotonic()
        restart(guest)
        print(f"restarted within {time.monotonic() - start:.0f} s")
        assert not taken_home.is_old(guest)
        told = guest.ok("workshop update").splitlines()
        assert told[0] == f"this machine is {taken_home.later}, updated from {OLDER}"
        assert bad(guest) == {"lessons"}  # the attendee deleted one
        with guest.jupyter() as browser:
            known = browser.get("/workshop/update").json()
            assert (known["version"], known["release"]) == (taken_home.later, OLDER)
            assert browser.get("/workshop/state").json()["version"] == taken_home.later
            answer = browser.post("/workshop/rollback", json={}, headers=browser.token)
            assert answer.json() == {"said": [f"restart to go back to {OLDER}"]}
        restart(guest)
        assert taken_home.is_old(guest)
        assert bad(guest) == {"lessons"}
        with guest.jupyter() as browser:
            content = both.signed.read_bytes()
            answer = browser.post("/workshop/update", data=content, headers=browser.token)
            assert answer.status_code == 200, answer.text
            assert browser.get("/workshop/update").json()["next"] == taken_home.later
            spoiled = content[:-2000]
            answer = browser.post("/workshop/update", data=spoiled, headers=browser.token)
            assert (answer.status_code, "installed already" in answer.text) == (500, True)
            assert browser.post("/workshop/update", data=content).status_code == 403
    finally:
        guest.machine.power_cut()


def bad(guest: Guest) -> set[str]:
    """What the doctor is not content with."""
    done = guest.doctor("--level", "quick")
    return {each["id"] for each in json.loads(done.stdout)["checks"] if each["status"] in BAD}


def test_refused_with_one_sentence(taken_home: TakenHome, both: Releases, tmp_path: Path):
    guest = taken_home.running_clone(tmp_path / "vm")
    content = both.signed.read_bytes()
    spoiled = {
        "signature": (content.replace(b"BEGIN SSH", b"BEGIN XSH"), "is not signed by the"),
        "header": (content.replace(b'"date": "2', b'"date": "3'), "is not signed by the"),
        "short": (content[: len(content) // 2], "is cut short"),
        "layer": (content[:-20_000] + content[-20_000:][::-1], "is damaged"),
    }
    try:
        for name, (wrong, sentence) in spoiled.items():
            (tmp_path / name).write_bytes(wrong)
            send(guest, tmp_path / name, name)
            assert sentence in refusal(guest, f"update {name}"), name
        assert "cannot be read" in refusal(guest, "update nothing")
        free = "$(($(df -B1 --output=avail /run/layers/state | tail -1) - 10000000))"
        guest.root(f"fallocate -l {free} /run/layers/state/filler")
        assert "MB are free; make room" in refusal(guest, f"update {FILE}")
        guest.root("rm /run/layers/state/filler")
        assert "nothing to go back to" in refusal(guest, "rollback")
        assert taken_home.is_old(guest)
        assert json.loads(guest.ok("workshop update --json"))["next"] is None
    finally:
        guest.machine.power_cut()


def test_another_release_is_refused(taken_home: TakenHome, both: Releases, tmp_path: Path):
    """The later release is none that the update is for."""
    folder = tmp_path / "vm"
    disk = qemu.unpacked(ova.read(both.later), tmp_path)
    described = taken_home.description.model_copy(update={"version": taken_home.later})
    machine = qemu.Qemu(described, disk, folder, ports=elsewhere(described.ports), keep=False)
    guest = Guest(machine)
    try:
        guest.boot()
        send(guest, both.signed, FILE)
        assert "comes from another .ova" in refusal(guest, f"update {FILE}")
    finally:
        machine.power_cut()


def kill(machine: qemu.Qemu) -> None:
    """Pull the plug; the next start is one from the disk."""
    machine.power_cut()
    machine.extra = ()


@pytest.mark.parametrize("number", range(KILLS))
def test_killed_at_a_random_moment_it_is_old_or_new(
    taken_home: TakenHome, tmp_path: Path, number: int
):
    """While it takes the update in (seven of ten), or at the first start after that."""
    moment = random.Random(SEED + number)
    guest = taken_home.running_clone(tmp_path / "vm")
    machine = guest.machine
    try:
        transport = guest.host.backend.client.get_transport()
        if number < 0.7 * KILLS:
            channel = transport.open_session()
            channel.exec_command(f"bash -lc 'workshop update {FILE}'")
            # A little longer than it takes (3 s, emulated), so that some are killed when it has
            # just ended.
            after = moment.uniform(0, guest.limit(0.3))
            machine.wait(after)
        else:
            guest.ok(f"workshop update {FILE}")
            kill(machine)
            machine.start()
            after = moment.uniform(0, guest.limit(6))
            machine.wait(after)
        kill(machine)
        guest.boot()
        old = taken_home.is_old(guest)
        print(f"killed after {after:.1f} s: it is {'old' if old else 'new'}")
        if old and json.loads(guest.ok("workshop update --json"))["next"] is None:
            guest.ok(f"workshop update {FILE}")
    finally:
        machine.power_cut()
