"""Locks of what is added: used only if they were made for these additions and this project."""

from dataclasses import replace

import pytest

from appliance_build import description
from appliance_build.errors import BuildError
from appliance_build.inputs import additions, debian
from appliance_build.paths import DESCRIPTION

PACKAGE = debian.Deb(
    *("sl", "5.02-1+b1", "amd64", "optional", "sl", "5.02-1", "debian"),
    *("pool/main/s/sl/sl_5.02-1+b1_amd64.deb", 13000, "0" * 64, tuple(additions.ON)),
)


@pytest.fixture(scope="module")
def lock():
    return debian.load()


@pytest.fixture
def place(tmp_path, monkeypatch):
    """The two locks in a folder of the test's."""
    for name in ("DEBIAN", "PYTHON"):
        monkeypatch.setattr(additions, name, tmp_path / getattr(additions, name).name)
    return tmp_path


@pytest.fixture
def over(tmp_path):
    def load(text: str) -> description.Description:
        (tmp_path / "appliance.yml").write_text(text)
        return description.load(DESCRIPTION, tmp_path / "appliance.yml")

    return load


def write_debian(lock, described, **changes):
    asked = additions.requested(described)
    made = debian.Lock(lock.suite, lock.resolved, asked, (PACKAGE,), additions.ground(lock))
    additions.DEBIAN.write_text(debian.text(replace(made, **changes)))


def write_python(lock, *requirements, ground=""):
    head = additions.header(ground or additions.ground(lock), requirements)
    additions.PYTHON.write_text("\n".join([*head, "tiny==1.0 \\", f"    --hash=sha256:{'0' * 64}"]))


def test_nothing_added_needs_no_lock(lock, place, over):
    nothing = additions.load(over(""), lock)
    assert nothing.debian.debs == () and nothing.python is None


def test_what_was_locked_is_found(lock, place, over):
    described = over("extra: {packages: [sl], python: [tiny]}")
    write_debian(lock, described)
    write_python(lock, "tiny")
    found = additions.load(described, lock)
    assert found.debian.of("extra-vm") == [PACKAGE] and found.python == additions.PYTHON


def test_requirements_that_are_inside_already_install_nothing(lock, place, over):
    write_python(lock, "six")
    additions.PYTHON.write_text(additions.PYTHON.read_text().partition("tiny")[0])
    assert additions.load(over("extra: {python: [six]}"), lock).python is None


@pytest.mark.parametrize("text", ["extra: {packages: [sl]}", "extra: {python: [tiny]}"])
def test_what_is_not_locked_asks_for_make_lock(lock, place, over, text):
    with pytest.raises(
        BuildError, match=r"^\S+/extra-(debian|python)\.lock is missing, .*`make lock`"
    ):
        additions.load(over(text), lock)


def test_other_additions_than_were_locked_are_refused(lock, place, over):
    write_debian(lock, over("extra: {packages: [sl]}"))
    other = r"was resolved for other packages or another keyboard .*; run `make lock`$"
    for text in (
        "extra: {packages: [sl, cowsay]}",
        "extra: {packages: [sl]}\nlocale: {keyboard: de}",
    ):
        with pytest.raises(BuildError, match=other):
            additions.load(over(text), lock)
    write_python(lock, "tiny")
    with pytest.raises(BuildError, match=r"extra-python\.lock was resolved for other requirements"):
        additions.load(over("extra: {python: [tiny>1]}"), lock)


def test_a_lock_on_another_version_of_the_project_is_refused(lock, place, over):
    first = lock.of("base")[0]
    debs = tuple(replace(d, version="999") if d == first else d for d in lock.debs)
    newer = replace(lock, debs=debs)
    described = over("extra: {packages: [sl]}")
    write_debian(lock, described)
    with pytest.raises(BuildError, match=r"for another version of this project .*`make lock`$"):
        additions.load(described, newer)
    write_python(lock, "tiny")
    with pytest.raises(BuildError, match=r"for another version of this project .*`make lock`$"):
        additions.load(over("extra: {python: [tiny]}"), newer)


def test_what_builds_and_is_not_shipped_is_no_ground(lock, place):
    tool = next(deb for deb in lock.of("tools") if deb.sets == ("tools",))
    debs = tuple(replace(d, version="999") if d == tool else d for d in lock.debs)
    assert additions.ground(replace(lock, debs=debs)) == additions.ground(lock)


def test_a_damaged_lock_is_named(lock, place, over):
    described = over("extra: {packages: [sl]}")
    write_debian(lock, described)
    additions.DEBIAN.write_text(additions.DEBIAN.read_text().replace("pool/", "../pool/"))
    with pytest.raises(BuildError, match=r"extra-debian\.lock is damaged"):
        additions.load(described, lock)
