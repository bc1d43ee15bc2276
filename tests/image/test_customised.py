"""An organiser's own appliance: the example of docs/customise.md, built for real and booted."""

import base64
import datetime
import json
import os
import re
import shutil
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance_build import description as schema
from appliance_build import paths
from appliance_build.description import Description
from appliance_build.machine import ova as archive
from appliance_build.machine import qemu
from appliance_build.machine.ports import elsewhere
from appliance_build.papers import about

from ..unit.documents import Document
from ..unit.make.copies import command
from . import disk as image
from .guest import Guest
from .tree import Tree

pytestmark = pytest.mark.full

SAMPLE = paths.PROJECT / "tests" / "workshop"
GUIDE = Document("docs/customise.md")
WHOLE = max((n.content for n in GUIDE.nodes if n.type == "fence" and n.info == "yaml"), key=len)
LESSON = "10-Averages"
PYTHON = "/opt/jupyter/bin/python3"

#: Of linux/input-event-codes.h (between T and U, where Germans have their Z), linux/keyboard.h, and
#: busybox.
KEY_Y, KEYS, TABLES, MAGIC = 21, 128, 256, b"bkeymap"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The organiser's folder, in a repository of its own, with what was built in it."""
    own = tmp_path_factory.mktemp("own") / "our-workshop"
    shutil.copytree(SAMPLE, own)
    # A workshop's date lies in the future when its appliance is built.
    day = datetime.date.today() + datetime.timedelta(days=30)
    (own / "appliance.yml").write_text(re.sub("(?m)^date: .*", f"date: {day}", WHOLE))
    (own / ".gitignore").write_text("/build/\n")
    git = ["git", "-c", "user.name=nobody", "-c", "user.email=nobody@localhost"]
    settings = os.environ | {"APPLIANCE_WORKSHOP": str(own)}
    subprocess.run(command("lock"), cwd=paths.PROJECT, env=settings, check=True)
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message=ours"]):
        subprocess.run([*git, *words], cwd=own, check=True)
    subprocess.run(command("ova"), cwd=paths.PROJECT, env=settings, check=True)
    return own


@pytest.fixture(scope="module")
def described(own: Path) -> Description:
    return schema.load(paths.DESCRIPTION, own / "appliance.yml")


@pytest.fixture(scope="module")
def disk(own: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return qemu.unpacked(archive.read(archive.find(own / "build")), tmp_path_factory.mktemp("disk"))


@pytest.fixture(scope="module")
def layers(disk: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return image.unpacked_layers(disk, tmp_path_factory.mktemp("layers"))


@pytest.fixture(scope="module")
def tree(
    layers: dict[str, Path], described: Description, tmp_path_factory: pytest.TempPathFactory
) -> Tree:
    return Tree(list(layers.values()), tmp_path_factory.mktemp("tree"), described.user.name)


@pytest.fixture(scope="module")
def guest(
    disk: Path, described: Description, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Guest]:
    """The machine, booted."""
    folder = tmp_path_factory.mktemp("machine")
    ports = elsewhere(described.ports)
    machine = qemu.Qemu(described, disk, folder, ports=ports, keep=False)
    guest = Guest(machine)
    try:
        guest.boot()
        yield guest
    finally:
        machine.power_cut()


def test_the_layer_is_above_all_others_but_the_papers(layers: dict[str, Path]):
    assert list(layers)[-3:] == ["vm", "extra-vm", "about"]
    files = [path for path in layers["extra-vm"].rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 5_000_000
    # What Theano compiled for the project's lessons is in the layer below, and stays there.
    below, above = (
        {path.name for path in (layers[name] / "home").glob("*/.theano/compiled/*")}
        for name in ("compiled", "extra-vm")
    )
    assert above - below and len(above & below) < 3


def test_nothing_of_what_made_the_keyboards_table_ships(layers: dict[str, Path]):
    extra = layers["extra-vm"]
    assert (extra / "usr/share/console-keyboard.bmap").stat().st_size > 1000
    for name in ("ckbcomp", "loadkeys", "keyboard"):
        assert not list(extra.rglob(name))


def test_the_own_lesson_runs_without_any_compiler(tree: Tree):
    tree.ok(f"mkdir ~/one && cp /usr/share/workshop/notebooks/{LESSON}.ipynb ~/one")
    done = tree.run("appliance-check --profile tree --only notebooks --notebooks ~/one --json -")
    [check] = json.loads(done.stdout)["checks"]
    assert check["status"] == "PASS", check
    assert check["evidence"][LESSON]["compiler_runs"] == 0


def test_doctor_finds_all_well_but_the_date(guest: Guest, described: Description):
    """Until the day that the description names, a clock that is right seems to be slow."""
    done = guest.doctor("--level", "standard")
    checks = {check["id"]: check for check in json.loads(done.stdout)["checks"]}
    bad = {name: check for name, check in checks.items() if check["status"] in ("FAIL", "ERROR")}
    assert done.rc == 1 and list(bad) == ["clock"], bad
    assert "before the appliance was made" in bad["clock"]["message"]
    for name in ("python", "debian", "lessons", "pages", "cache", "memory"):
        assert checks[name]["status"] == "PASS", checks[name]
    assert "/timetable/" in checks["pages"]["evidence"]["pages"]
    assert checks["debian"]["evidence"]["added"] == []
    assert checks["python"]["evidence"]["added"] == []


def test_packages_are_there_and_in_the_bill(guest: Guest, own: Path):
    assert "moo" in guest.ok("/usr/games/cowsay moo")
    assert guest.ok(f"{PYTHON} -c 'import humanize; print(humanize.intcomma(1000))'") == "1,000\n"
    bill = json.loads(guest.ok(f"cat /{about.FOLDER / about.SBOM}"))["packages"]
    listed = guest.ok("dpkg-query --show --showformat='${Package} ${Version}\\n'")
    debs = {
        (entry["name"], entry["versionInfo"])
        for entry in bill
        if entry["SPDXID"].startswith("SPDXRef-deb-")
    }
    assert debs == {tuple(line.split()) for line in listed.splitlines()}
    found = {entry["name"]: entry for entry in bill}
    assert found["cowsay"]["licenseDeclared"] not in ("NOASSERTION", "NONE")
    assert "MIT" in found["humanize"]["licenseDeclared"]


def test_pages_and_lessons_are_served(guest: Guest, described: Description):
    browser = guest.jupyter()
    state = browser.get("/workshop/state").json()
    assert state["title"] == described.title and state["version"] == described.version
    assert state["pages"] == [{"name": "timetable", "title": "Timetable"}]
    assert [each["name"] for each in state["lessons"]] == described.lessons
    assert described.lessons[-1] == LESSON
    assert browser.get(f"/workshop/{state['logo']}").headers["Content-Type"] == "image/svg+xml"
    assert "Timetable" in browser.get("/timetable/").text
    assert guest.ok("hostname").strip() == described.name
    assert guest.ok(f"test -f notebooks/{LESSON}.ipynb && echo there") == "there\n"


def test_clocks_show_the_time_of_the_place(guest: Guest, described: Description):
    assert guest.ok("date +%z").strip() == "+0800"
    assert guest.ok("cat /etc/timezone").strip() == described.locale.time_zone
    assert guest.ok(f"{PYTHON} -c 'import time; print(time.tzname[0])'").strip() == "+08"
    assert "LOCAL" not in guest.ok("cat /etc/adjtime 2>/dev/null || true")


def test_the_console_has_its_keyboard(guest: Guest):
    dumped = guest.root("busybox dumpkmap | base64 --wrap=0")
    table = base64.b64decode(dumped)
    assert table.startswith(MAGIC)
    plain = table[len(MAGIC) + TABLES :][: 2 * KEYS]
    (entry,) = struct.unpack_from("<H", plain, 2 * KEY_Y)
    assert chr(entry & 0xFF) == "z"


def test_memory_and_password_are_those_of_the_description(guest: Guest, described: Description):
    total = int(guest.ok("grep MemTotal /proc/meminfo").split()[1]) / 1024
    assert 0.85 < total / described.machine.memory_mb <= 1
    guest.login(described.user.name, described.user.password).close()


def test_the_papers_name_the_organisers_commit(own: Path):
    head = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=own, capture_output=True, text=True, check=True
    ).stdout.strip()
    file = archive.find(own / "build")
    statement = json.loads(file.with_name(f"{file.name}.provenance.json").read_text())
    sources = statement["predicate"]["buildDefinition"]["resolvedDependencies"]
    [ours] = [each for each in sources if each.get("uri", "").endswith(":workshop")]
    assert ours["digest"] == {"gitCommit": head}
    assert "annotations" not in ours, "the build changed the organiser's folder"
