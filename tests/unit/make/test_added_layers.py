"""What an organiser adds changes the keys of its own layer, and of what ships or tells of it."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from appliance_build import description
from appliance_build.inputs import additions, debian
from appliance_build.layers import ABOUT, EXTRA, LAYERS
from appliance_build.paths import DESCRIPTION, PROJECT

from .copies import call, copy_project, replace
from .test_layers import KEYS, changed, keys

PAPERS, EXTRAS = set(ABOUT.values()), set(EXTRA.values())
STACK = """
import json
from pathlib import Path
from appliance_build import builder, description
from appliance_build.inputs import debian
made = builder.Builder(description.load(), debian.load(), {}, [])
print(json.dumps({form: made.stack(form) for form in ("vm", "cpu", "cuda")}))
"""
TEXT = """
locale: {time_zone: Asia/Singapore, keyboard: de}
extra:
  packages: [sl]
  python: [tiny]
  lessons: [lessons]
  pages: [pages/timetable]
  logo: logo.svg
"""
ALONE = {
    "a package": "extra: {packages: [sl]}",
    "a requirement": "extra: {python: [tiny]}",
    "a lesson": "extra: {lessons: [lessons]}",
    "a time zone": "locale: {time_zone: Asia/Singapore}",
}


def write_locks(own: Path) -> None:
    """Lock what the description adds, without asking anybody."""
    lock = debian.load()
    described = description.load(DESCRIPTION, own / "appliance.yml")
    asked = additions.requested(described)
    debs = [deb(name, *sets_of(asked, name)) for name in dict.fromkeys(sum(asked.values(), ()))]
    made = debian.Lock(lock.suite, lock.resolved, asked, tuple(debs), additions.ground(lock))
    (own / "locks").mkdir(exist_ok=True)
    (own / "locks" / additions.DEBIAN.name).write_text(debian.text(made))
    head = additions.header(additions.ground(lock), described.extra.python)
    lines = [*head, "tiny==1.0 \\", f"    --hash=sha256:{'0' * 64}"]
    (own / "locks" / additions.PYTHON.name).write_text("\n".join(lines))


def sets_of(asked: dict, name: str) -> list[str]:
    return [each for each, names in asked.items() if name in names]


def deb(name: str, *sets: str) -> debian.Deb:
    path = f"pool/main/x/{name}/{name}_1_all.deb"
    versions = ("1", "all", "optional", name, "1", "debian")
    return debian.Deb(name, *versions, path, 1, "0" * 64, tuple(sets))


@pytest.fixture
def own(tmp_path):
    """An organiser's folder that adds something of everything."""
    shutil.copytree(PROJECT / "tests" / "workshop", tmp_path / "own")
    (tmp_path / "own" / "appliance.yml").write_text(TEXT)
    write_locks(tmp_path / "own")
    return tmp_path / "own"


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of the project, which no test here changes."""
    folder = tmp_path_factory.mktemp("added")
    (folder / "digits.gz").write_bytes(b"digits")
    return copy_project(folder / "project")


def keys_of(project: Path, own: Path) -> dict[str, str]:
    words = [sys.executable, "-c", KEYS, project.parent / "digits.gz", "[]"]
    done = call(words, project, project.parent / "cache", APPLIANCE_WORKSHOP=str(own))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def stacks(project: Path, own: Path) -> dict[str, list[str]]:
    words = [sys.executable, "-c", STACK]
    done = call(words, project, project.parent / "cache", APPLIANCE_WORKSHOP=str(own))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def describe(old: str, new: str):
    """Change the description, and lock anew."""

    def change(own: Path) -> None:
        replace(own / "appliance.yml", old, new)
        write_locks(own)

    return change


def edit(name: str, old: str, new: str):
    return lambda own: replace(own / name, old, new)


def another_file(own: Path) -> None:
    """Other bytes of a locked package."""
    lock = own / "locks" / additions.DEBIAN.name
    before, entry, after = lock.read_text().partition("Package: sl\n")
    lock.write_text(before + entry + after.replace("0" * 64, "1" * 64, 1))


LESSON = "lessons/10-Averages.py"
CHANGES = {
    "package": (describe("[sl]", "[sl, cowsay]"), {*EXTRAS, "content", *PAPERS}),
    "another file of a package": (another_file, {*EXTRAS, *PAPERS}),
    "requirement": (describe("[tiny]", "[tiny>0]"), {*EXTRAS, "content", *PAPERS}),
    "code of a lesson": (edit(LESSON, "1_000,", "2_000,"), {*EXTRAS, "content", *PAPERS}),
    "text of a lesson": (edit(LESSON, "what the middle", "what it"), {"content", *PAPERS}),
    "page": (edit("pages/timetable/timetable.css", "2rem", "3rem"), {"content", *PAPERS}),
    "logo": (edit("logo.svg", "#0b6e4f", "#000"), {"content", *PAPERS}),
    "time zone": (describe("Singapore", "Tokyo"), {*EXTRAS, "content", *PAPERS}),
    "keyboard": (describe(": de", ": fr"), {"extra-vm", "content", *PAPERS}),
}


@pytest.mark.parametrize("name", CHANGES)
def test_an_addition_changes_the_keys_of_its_layers_alone(project, own, name):
    change, layers = CHANGES[name]
    before = keys_of(project, own)
    change(own)
    assert changed(before, keys_of(project, own)) == layers


def test_a_folder_that_adds_nothing_changes_the_papers_alone(project, own):
    """They name its commit."""
    (own / "appliance.yml").write_text("")
    assert changed(keys(project), keys_of(project, own)) == PAPERS
    assert all(set(layers) & EXTRAS == set() for layers in stacks(project, own).values())


def test_pages_and_a_logo_need_no_layer_of_their_own(project, own):
    (own / "appliance.yml").write_text("extra: {pages: [pages/timetable], logo: logo.svg}")
    assert changed(keys(project), keys_of(project, own)) == {"content", *PAPERS}
    assert all(set(layers) & EXTRAS == set() for layers in stacks(project, own).values())


@pytest.mark.parametrize("name", ALONE)
def test_each_addition_alone_has_the_layer_above_all_but_the_papers(project, own, name):
    (own / "appliance.yml").write_text(ALONE[name])
    write_locks(own)
    for form, layers in stacks(project, own).items():
        assert layers[-2:] == [EXTRA[form], ABOUT[form]]


def test_a_keyboard_is_the_virtual_machines_affair(project, own):
    (own / "appliance.yml").write_text("locale: {keyboard: de}")
    write_locks(own)
    found = {form for form, layers in stacks(project, own).items() if set(layers) & EXTRAS}
    assert found == {"vm"}


def test_what_is_added_stands_on_all_that_its_packages_and_lessons_need():
    assert LAYERS["extra-vm"].below == ("system", "science", "compiled", "vm")
    assert LAYERS["extra-cpu"].below == ("system", "science", "container", "compiled")
    cuda = ("system", "science", "container", "cuda", "compiled")
    assert LAYERS["extra-cuda"].below == cuda
