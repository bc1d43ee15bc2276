"""An organiser's playbook, the one of docs/customise-by-hand.md, applied to the finished OVA: the
machine of the result, as an attendee has it."""

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from appliance_build import paths
from appliance_build.customise.customise import customise
from appliance_build.customise.parts import CUSTOMISED
from appliance_build.description import Description
from appliance_build.machine import ova as archive
from appliance_build.machine import qemu
from appliance_build.machine.ports import LOOPBACK, elsewhere
from appliance_check.checks import CHECKS

from ..unit.documents import Document
from ..virtualbox.importer import import_ova
from . import disk as image
from .guest import Guest

pytestmark = pytest.mark.full

HANDOUT = "The printer is on the second floor.\n"
VERSION = "1.2"
CONTROL = f"""Package: room-printer
Version: {VERSION}
Architecture: all
Maintainer: An Organiser <organiser@localhost>
Description: knows the room's printer
"""
#: Changes a file that the doctor knows.
MORE = """
    - name: Have another text to read
      ansible.builtin.copy:
        content: a poem of our own
        dest: {text}
        mode: "0444"
"""
TEXTS = "/usr/share/workshop/data/text"


@dataclass(frozen=True)
class Customised:
    """The result and its disk."""

    ova: Path
    disk: Path


def package(folder: Path) -> None:
    """The package that the document's playbook installs."""
    tree = folder / "room-printer"
    (tree / "DEBIAN").mkdir(parents=True)
    (tree / "DEBIAN" / "control").write_text(CONTROL)
    program = tree / "usr" / "bin" / "room-printer"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\necho printing\n")
    program.chmod(0o755)
    command = ["dpkg-deb", "--root-owner-group", "--build", tree, folder / "room-printer.deb"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def text(layers: dict[str, Path]) -> str:
    """A text of the lessons."""
    return f"{TEXTS}/{min(path.name for path in (layers['content'] / TEXTS[1:]).iterdir())}"


@pytest.fixture(scope="module")
def customised(ova: Path, text: str, tmp_path_factory: pytest.TempPathFactory) -> Customised:
    ours = tmp_path_factory.mktemp("ours")
    package(ours)
    (ours / "handout.txt").write_text(HANDOUT)
    [playbook] = [
        node.content
        for node in Document("docs/customise-by-hand.md").nodes
        if node.type == "fence" and node.info == "yaml"
    ]
    (ours / "my.yml").write_text(playbook + MORE.format(text=text))
    made = customise(str(ours / "my.yml"), ova)
    folder = tmp_path_factory.mktemp(CUSTOMISED)
    disk = qemu.unpacked(archive.read(made), folder)
    return Customised(made, disk)


@pytest.fixture(scope="module")
def guest(customised: Customised, description: Description) -> Iterator[Guest]:
    """A machine started from it, as its attendee sees it."""
    ports = elsewhere(description.ports)
    machine = qemu.Qemu(description, customised.disk, customised.disk.parent, ports=ports)
    guest = Guest(machine)
    try:
        guest.boot()
        yield guest
    finally:
        machine.power_cut()


def assert_changed(guest: Guest, text: str) -> None:
    """The machine has what the playbook says."""
    home = f"/home/{guest.user.name}"
    handout = guest.host.file(f"{home}/notebooks/handout.txt")
    assert (handout.content_string, handout.user) == (HANDOUT, guest.user.name)
    assert guest.host.package("room-printer").version == VERSION
    assert guest.ok("room-printer") == "printing\n"
    assert not guest.host.package("nano").is_installed
    assert not guest.host.file("/usr/bin/nano").exists
    assert guest.ok(f"cat {text}") == "a poem of our own"


def test_the_file_and_the_package_are_there_and_what_was_removed_is_not(guest: Guest, text: str):
    assert_changed(guest, text)


def test_the_doctor_finds_nothing_wrong(guest: Guest, data_status: str):
    done = guest.doctor("--level", "standard")
    assert done.rc == 0, done.stderr
    statuses = {each["id"]: each["status"] for each in json.loads(done.stdout)["checks"]}
    expected = dict.fromkeys((check.id for check in CHECKS), "PASS")
    expected |= dict.fromkeys(("standins", "weights"), data_status)
    expected |= {"gpu": "NOT_APPLICABLE", "notebooks": "SKIP"}
    assert statuses == expected, done.stderr


def test_the_new_layer_holds_the_changes_and_nothing_of_the_machine_that_made_them(
    customised: Customised, text: str, description: Description, tmp_path: Path
):
    store = image.partition(image.raw(customised.disk, tmp_path / "disk.raw"), image.STORE)
    name = [name for name in image.names(store, "/") if name.endswith(".squashfs")][-1]
    assert name.endswith(f"-{CUSTOMISED}.squashfs")
    image.copy(store, f"/{name}", tmp_path / name)
    tree = tmp_path / "tree"
    subprocess.run(["unsquashfs", "-q", "-n", "-d", tree, tmp_path / name], check=True)
    paths = [path for path in tree.rglob("*") if not path.is_dir()]
    ours = [path for path in paths if not path.is_relative_to(tree / "var")]
    removed = {f"/{path.relative_to(tree)}" for path in ours if path.is_char_device()}
    added = {f"/{path.relative_to(tree)}" for path in ours} - removed
    handout = f"/home/{description.user.name}/notebooks/handout.txt"
    list_of_changes = "/usr/share/workshop/customised.json"
    assert added == {handout, "/usr/bin/room-printer", text, list_of_changes}
    assert "/usr/bin/nano" in removed
    assert all(re.search(r"nano|/(editor|pico)\b", path) for path in removed)
    of_apt = {path.relative_to(tree).parts[1:3] for path in paths if path not in ours}
    assert of_apt <= {("lib", "dpkg"), ("lib", "apt"), ("cache", "debconf")}


def test_emptying_what_the_attendee_changed_leaves_the_organisers_changes(guest: Guest, text: str):
    before = guest.machine_id()
    guest.ok("echo mine > ~/notebooks/mine.txt")
    guest.root(f"rm /usr/bin/room-printer /home/{guest.user.name}/notebooks/handout.txt")
    guest.root("rm -rf /run/layers/state/upper/* && sync")
    guest.machine.power_cut()
    guest.boot()
    assert_changed(guest, text)
    assert not guest.host.file(f"/home/{guest.user.name}/notebooks/mine.txt").exists
    assert guest.machine_id() != before
    assert len(guest.machine_id()) == 32


def test_virtualbox_takes_it(customised: Customised, description: Description, tmp_path: Path):
    (tmp_path / "work").mkdir()
    info = import_ova(customised.ova, tmp_path / "work").info
    forwards = [rule.split(",")[1:] for key, rule in info.items() if key.startswith("Forwarding(")]
    assert sorted(forwards) == sorted(
        ["tcp", LOOPBACK, str(port.host), "", str(port.guest)] for _, port in description.ports
    )
    assert (info["cpus"], info["memory"]) == (
        str(description.machine.cpus),
        str(description.machine.memory_mb),
    )


def test_its_checksums_are_right_and_beside_it(customised: Customised):
    folder = customised.ova.parent
    assert folder == paths.BUILD / CUSTOMISED
    for name in ("SHA256SUMS", f"{customised.ova.name}.sha256"):
        done = subprocess.run(["sha256sum", "-c", name], cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout
        assert f"{customised.ova.name}: OK" in done.stdout
