"""Each repair: something is broken in a small appliance, the repair mends it, and finds nothing to
do the second time."""

import json
import os
import re
import subprocess
import sysconfig
import time
from dataclasses import replace
from pathlib import Path

import pytest

from appliance_check.checks import CHECKS
from appliance_check.checks.lessons import Lessons
from appliance_check.commands import execute
from appliance_check.repairs import REPAIRS, cache, home
from appliance_check.repairs.cache import RebuildCache, StaleLock
from appliance_check.repairs.disk import EmptyCaches, EmptyTrash
from appliance_check.repairs.home import Permissions, ShippedSettings
from appliance_check.repairs.lessons import RestoreLessons
from appliance_check.repairs.repair import Refused
from appliance_check.result import Result, Status, passed
from appliance_check.runner import Outcome, run

from .repairing import ROOT, Made, failing, program, repaired, tree

MEGABYTES = 2_500_000
LONG_AGO = time.time() - 24 * 3600


def checked(check, context) -> Outcome:
    [outcome] = run([check], context, only=[check.id])
    return outcome


# Lessons


@pytest.mark.parametrize(
    ("damage", "kept"),
    [
        (lambda path: path.write_text("torn, with my work"), ["torn, with my work"]),
        (lambda path: path.unlink(), []),
    ],
)
def test_damaged_lesson_comes_back_and_the_copy_stays(context, lesson, programs, damage, kept):
    folder = context.home / "notebooks"
    copy = folder / f"{lesson}.ipynb"
    before = {path.name for path in folder.iterdir()}
    damage(copy)
    outcome = checked(Lessons(), context)
    assert outcome.result.status == Status.FAIL
    assert repaired(RestoreLessons(), context, outcome) == [f"workshop reset {lesson}"]
    outcome = checked(Lessons(), context)
    assert outcome.result.status == Status.PASS
    assert copy.read_bytes() == (context.share / "notebooks" / copy.name).read_bytes()
    mine = [path.read_text() for path in folder.iterdir() if path.name not in before]
    assert mine == kept
    assert repaired(RestoreLessons(), context, outcome) == []


def test_lesson_that_is_damaged_as_shipped_is_not_restored(context, lesson, programs):
    for folder in (context.share, context.home):
        (folder / "notebooks" / f"{lesson}.ipynb").write_text("torn")
    outcome = checked(Lessons(), context)
    assert outcome.result.status == Status.FAIL
    assert RestoreLessons().plan(context, outcome) is None


# Disk


@pytest.mark.parametrize("repair", [EmptyCaches(), EmptyTrash()])
def test_only_the_folder_itself_is_emptied(context, repair):
    folder = context.home / repair.folder
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "deep" / "er" / "large").write_bytes(os.urandom(MEGABYTES))
    (folder / ".hidden").write_bytes(b"x")
    (folder / "work").symlink_to(context.home / "notebooks")
    work = tree(context.home / "notebooks")
    [command] = repaired(repair, context, failing("disk"))
    assert command == f"find {folder} -xdev -mindepth 1 -delete"
    assert [*folder.iterdir()] == []
    assert tree(context.home / "notebooks") == work
    assert repaired(repair, context, failing("disk")) == []


@pytest.mark.parametrize("repair", [EmptyCaches(), EmptyTrash()])
def test_a_cache_that_is_a_link_to_work_is_left_alone(context, repair):
    (context.home / "notebooks" / "large").write_bytes(os.urandom(MEGABYTES))
    folder = context.home / repair.folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.symlink_to(context.home / "notebooks")
    assert repair.plan(context, failing("disk")) is None


# Permissions


def test_what_the_owner_may_not_write_is_opened(context, lesson):
    module = context.home / ".theano" / "compiled" / "module"
    module.mkdir(parents=True)
    (module / "key.pkl").write_text("")
    copy = context.home / "notebooks" / f"{lesson}.ipynb"
    own = context.home / "notebooks" / "own.ipynb"
    own.write_text("shut on purpose")
    (context.home / ".theanorc").write_text("")
    for path, mode in ((module / "key.pkl", 0o400), (module, 0o555), (copy, 0), (own, 0o444)):
        path.chmod(mode)
    (context.home / ".theanorc").chmod(0o044)
    repaired(Permissions(), context, failing("cache"))
    modes = {p.name: oct(p.stat().st_mode)[-3:] for p in (module, module / "key.pkl", copy, own)}
    assert modes == {"module": "755", "key.pkl": "600", copy.name: "600", "own.ipynb": "444"}
    assert oct((context.home / ".theanorc").stat().st_mode)[-3:] == "644"
    assert repaired(Permissions(), context, failing("cache")) == []


def test_what_belongs_to_somebody_else_is_given_back(context, programs, tmp_path, monkeypatch):
    (context.home / ".theano" / "compiled").mkdir()
    (context.home / "elsewhere").write_text("not the appliance's")
    (context.home / "notebooks" / "link").symlink_to("/etc/passwd")
    uid, gid = os.getuid() + 1, os.getgid() + 1
    program(programs, "chown", f'#!/bin/sh\necho "$@" >> {tmp_path}/chown\n')
    monkeypatch.setattr(home, "_owner", lambda context: (uid, gid))
    repaired(Permissions(), replace(context, profile="vm"), failing("cache"))
    single, whole = (tmp_path / "chown").read_text().splitlines()
    flag, owner, *places = single.split()
    assert (flag, owner) == ("-h", f"{uid}:{gid}")
    assert str(context.home) in places
    assert str(context.home / "elsewhere") not in places
    assert whole.split()[:2] == ["-hR", f"{uid}:{gid}"]
    assert whole.split()[3:] == [str(context.home / n) for n in (".theano", "notebooks")]
    monkeypatch.setattr(home, "_owner", lambda context: (os.getuid(), os.getgid()))
    assert repaired(Permissions(), context, failing("cache")) == []


def test_in_a_container_nobody_can_give_files_back(context, monkeypatch):
    monkeypatch.setattr(home, "_owner", lambda context: (os.getuid() + 1, 0))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(Refused, match="belongs to another user; it needs root, which nobody has"):
        Permissions().plan(replace(context, profile="cuda"), failing("cache"))


def test_others_may_no_longer_write_to_the_home_folder(context):
    context.home.chmod(0o777)
    repaired(Permissions(), context, failing("users"))
    assert oct(context.home.stat().st_mode)[-3:] == "755"
    assert repaired(Permissions(), context, failing("users")) == []


def test_a_healthy_home_is_left_alone(context):
    assert Permissions().plan(context, failing("cache")) is None


# Theano's settings


@pytest.fixture
def settings(context, tmp_path, monkeypatch):
    """A check that fails while the settings that Theano would read are bad."""
    shipped = tmp_path / "skel" / ".theanorc"
    shipped.parent.mkdir()
    shipped.write_text("good")
    monkeypatch.setattr(home, "SHIPPED_SETTINGS", shipped)
    monkeypatch.delenv("THEANORC", raising=False)

    def look() -> Result:
        read = os.environ.get("THEANORC", str(context.home / ".theanorc")).split(":")[-1]
        path = Path(read)
        good = path.exists() and "good" in path.read_text()
        return passed("good") if good else Result(Status.FAIL, "bad")

    return Made("theano", look)


@pytest.mark.parametrize("mine", ["bad", None])
def test_settings_that_are_at_fault_are_put_back_and_kept(context, settings, mine):
    path = context.home / ".theanorc"
    if mine:
        path.write_text(mine)
    repaired(ShippedSettings(), context, checked(settings, context))
    assert path.read_text() == "good"
    assert [p.read_text() for p in context.home.glob(".theanorc.mine-*")] == (
        [mine] if mine else []
    )
    assert checked(settings, context).result.status == Status.PASS
    assert repaired(ShippedSettings(), context, failing(settings)) == []


def test_settings_that_are_not_at_fault_stay(context, settings):
    (context.home / ".theanorc").write_text("good enough, and mine")
    broken = Made("theano", lambda: Result(Status.FAIL, "something else"))
    assert ShippedSettings().plan(context, failing(broken)) is None
    assert "THEANORC" not in os.environ


# Theano's cache


@pytest.fixture
def lock(context) -> Path:
    folder = context.home / ".theano" / "compiled" / "lock_dir"
    folder.mkdir(parents=True)
    return folder / "lock"


def gone() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


HERE = os.uname().nodename


@pytest.mark.parametrize(
    ("owner", "host", "age", "stale"),
    [
        (gone, HERE, 0, True),
        (os.getpid, HERE, 0, False),
        (os.getpid, HERE, 1e9, True),  # the number was given to a younger process
        (os.getpid, "c0ffee0c0ffe", 0, False),
        (gone, "c0ffee0c0ffe", 3600, True),
        (lambda: "torn", HERE, 0, False),
        (lambda: "torn", HERE, 3600, True),
    ],
)
def test_lock_goes_when_its_owner_has_ended(context, lock, owner, host, age, stale):
    lock.write_text(f"{owner()}_0123456789_{host}\n")
    os.utime(lock, (time.time() - age,) * 2)
    context = replace(context, proc=Path("/proc"))
    commands = repaired(StaleLock(), context, failing("theano"))
    assert commands == ([f"rm -rf -- {lock.parent}"] if stale else [])
    assert lock.parent.exists() != stale
    if stale:
        assert lock.parent.parent.exists()
        assert repaired(StaleLock(), context, failing("theano")) == []


def test_lock_without_an_owner(context, lock):
    assert StaleLock().plan(context, failing("cache")) is None
    os.utime(lock.parent, (LONG_AGO, LONG_AGO))
    assert StaleLock().plan(context, failing("cache"))


@pytest.fixture
def compiled(context) -> Path:
    """A cache with three modules, of real libraries."""
    folder = context.home / ".theano" / "compiled"
    libraries = Path(sysconfig.get_path("stdlib"), "lib-dynload").glob("*.so")
    library = min(libraries, key=lambda path: path.stat().st_size)
    for name in ("tmpa", "tmpb", "tmpc"):
        (folder / name).mkdir(parents=True)
        (folder / name / "m.so").write_bytes(library.read_bytes())
        (folder / name / "key.pkl").write_bytes(b"\x80\x02N.")
    (folder / "__pycache__").mkdir()
    os.utime(folder / "__pycache__", (LONG_AGO, LONG_AGO))
    return folder


@pytest.fixture
def shipped(compiled, tmp_path, monkeypatch, context) -> Path:
    """The cache as the machine's layers have it, as large as the attendee's at the start."""
    layers = tmp_path / "layers"
    user = context.description["user"]["name"]
    place = layers / "compiled" / "home" / user / ".theano" / "compiled"
    place.parent.mkdir(parents=True)
    subprocess.run(["cp", "-a", "-T", "--", compiled, place], check=True)
    monkeypatch.setattr(cache, "LAYERS", layers)
    return place


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 1)


def zeros(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


@pytest.mark.parametrize(
    ("file", "damage"),
    [
        ("m.so", cut),
        ("m.so", zeros),
        ("m.so", lambda path: path.write_bytes(b"")),
        ("key.pkl", cut),
        ("key.pkl", zeros),
        ("key.pkl", lambda path: path.write_bytes(b"")),
    ],
)
def test_torn_module_is_replaced_by_the_shipped_one(context, compiled, shipped, file, damage):
    (compiled / "own").mkdir()
    (compiled / "own" / "m.so").write_bytes((compiled / "tmpa" / "m.so").read_bytes())
    damage(compiled / "tmpb" / file)
    commands = repaired(RebuildCache(), context, failing("theano"))
    assert commands[0] == f"rm -rf -- {compiled / 'tmpb'}"
    for name in ("tmpa", "tmpb", "tmpc"):
        for each in ("m.so", "key.pkl"):
            wanted = (shipped / name / each).read_bytes()
            assert (compiled / name / each).read_bytes() == wanted
    assert (compiled / "own" / "m.so").exists()
    assert repaired(RebuildCache(), context, failing("theano")) == []


def test_module_that_was_never_finished(context, compiled, shipped):
    (compiled / "tmpd").mkdir()
    assert RebuildCache().plan(context, failing("theano")) is None, "someone may be compiling it"
    os.utime(compiled / "tmpd", (LONG_AGO, LONG_AGO))
    repaired(RebuildCache(), context, failing("theano"))
    assert not (compiled / "tmpd").exists()


def test_cold_cache_gets_what_it_lacks_from_what_was_shipped(context, compiled, shipped):
    subprocess.run(["rm", "-r", compiled / "tmpb"], check=True)
    cold = failing("cache", compiler_runs=3, trouble=None)
    commands = repaired(RebuildCache(), context, cold)
    assert commands == [f"mkdir -p -- {compiled}", f"cp -an -- {shipped}/. {compiled}"]
    assert (compiled / "tmpb" / "m.so").exists()


def test_without_the_shipped_cache_each_lesson_runs_once(
    context, compiled, lesson, write_notebook, monkeypatch, tmp_path
):
    monkeypatch.setattr(cache, "HOMES", tmp_path / "nowhere")
    note = tmp_path / "ran"
    context.description["lessons"] = [lesson]
    (context.share / "appliance.json").write_text(json.dumps(context.description))
    write_notebook(
        context.share / "notebooks" / f"{lesson}.ipynb",
        f"import os; open({str(note)!r}, 'w').write(os.environ['HOME'])",
        ("assert True", "expect"),
    )
    cold = failing("cache", compiler_runs=3, trouble=None)
    plan = RebuildCache().plan(context, cold)
    assert "some minutes" in plan.detail
    [command] = plan.commands
    done = execute(command, context)
    assert done.returncode == 0, done.stdout
    assert note.read_text() == str(context.home)


@pytest.fixture
def poisoned(context, compiled) -> Made:
    """A check that fails while the cache in use has a module that looks whole and is not."""
    poison = compiled / "tmpb" / "poison"
    poison.write_text("")

    def look() -> Result:
        elsewhere = re.search("base_compiledir=([^,]+)", os.environ.get("THEANO_FLAGS", ""))
        if elsewhere:
            (Path(elsewhere[1]) / "written").write_text("as Theano would")
        return passed("well") if elsewhere or not poison.exists() else Result(Status.FAIL, "no")

    return Made("theano", look)


def test_cache_that_is_proven_to_be_at_fault_is_made_anew(context, compiled, poisoned, shipped):
    (shipped / "tmpb" / "poison").unlink(missing_ok=True)
    commands = repaired(RebuildCache(), context, checked(poisoned, context))
    assert commands[0] == f"rm -rf -- {compiled}"
    assert checked(poisoned, context).result.status == Status.PASS
    assert (compiled / "tmpb" / "m.so").exists()


def test_cache_that_is_not_at_fault_stays(context, compiled, shipped):
    broken = Made("theano", lambda: Result(Status.FAIL, "no compiler"))
    assert RebuildCache().plan(context, failing(broken)) is None
    cold = {"compiler_runs": 5, "trouble": "NameError"}
    broken = Made("cache", lambda: Result(Status.FAIL, "trouble", cold))
    assert RebuildCache().plan(context, failing(broken, **cold)) is None


# All of them


def test_every_repair_says_what_it_must():
    known = {check.id for check in CHECKS}
    for repair in REPAIRS:
        assert all((repair.id, repair.title, repair.does, repair.checks)), repair
        assert known.issuperset(repair.checks), repair
    assert len({repair.id for repair in REPAIRS}) == len(REPAIRS)


def test_the_table_in_the_documentation_is_that_of_the_repairs():
    text = (ROOT / "docs" / "appliance-check.md").read_text()
    rows = re.findall(r"^\| `([a-z-]+)` \| ([A-Z][^|]+) \| (`[^|]+`) \|", text, re.MULTILINE)
    listed = [(each.id, each.title, ", ".join(f"`{c}`" for c in each.checks)) for each in REPAIRS]
    assert rows == listed
