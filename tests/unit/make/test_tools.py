"""The tools tree: what is inside, what stays outside, and that entering it harms nothing."""

import os
import re
import subprocess

import pytest

from appliance_build.inputs import debian
from appliance_build.paths import PROJECT, cache
from appliance_build.tools import enter, making

from . import copies
from .copies import copy_project


@pytest.fixture(scope="module")
def tree():
    return making.tree()


def inside(tree, script: str, *words: str, **environment: str) -> str:
    """What a shell script prints in the tree."""
    command = enter.command(tree, ["sh", "-ec", script, "sh", *words])
    settings = os.environ | environment
    done = subprocess.run(command, cwd=PROJECT, env=settings, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def plain(pin: str) -> str:
    """`Name.of-it==1.2` as the index spells it."""
    name, _, version = pin.partition("==")
    return f"{re.sub('[-_.]+', '-', name).lower()}=={version}"


def test_it_is_the_debian_of_the_lock_whatever_the_host_is(tree):
    assert inside(tree, ". /etc/os-release; echo $VERSION_CODENAME").strip() == "bookworm"
    listed = inside(tree, "dpkg-query --show --showformat='${Package} ${Version}\\n'")
    installed = {tuple(line.split()) for line in listed.splitlines()}
    assert installed == {(deb.name, deb.version) for deb in debian.load().of("tools")}


def test_python_has_the_libraries_of_the_lock(tree):
    listed = inside(tree, "/opt/build/bin/python3 -m pip freeze --all").splitlines()
    pins = [line.split()[0] for line in making.LOCK.read_text().splitlines() if "==" in line]
    assert {plain(pin) for pin in pins} - {plain(line) for line in listed} == set()


def test_changes_to_the_tree_are_forgotten(tree):
    inside(tree, "touch /etc/left-behind /usr/bin/left-behind")
    assert not (tree / "etc/left-behind").exists() and not (tree / "usr/bin/left-behind").exists()


def test_project_and_cache_are_where_they_are_outside(tree):
    script = 'test -f "$1/appliance.yml" && test -d "$2" && pwd'
    assert inside(tree, script, str(PROJECT), str(cache())).strip() == str(PROJECT)


def test_a_file_that_is_named_is_there_and_not_touched(tree, tmp_path):
    """A named file inside the project was once emptied, to be mounted over."""
    project, outside = copy_project(tmp_path / "project"), tmp_path / "outside"
    outside.write_text("mine")
    lock = project / "locks" / "tools.lock"
    before = lock.read_bytes()
    command = enter.command(tree, ["cat", str(outside), str(lock)])
    done = subprocess.run(command, cwd=project, capture_output=True, check=True)
    assert done.stdout == b"mine" + before
    assert lock.read_bytes() == before and outside.read_text() == "mine"


def test_a_linked_work_tree_knows_its_commit(tree, tmp_path):
    project, linked = copy_project(tmp_path / "project"), tmp_path / "linked"
    git = ["git", "-c", "user.name=nobody", "-c", "user.email=nobody@localhost"]
    for words in (
        ["init", "--quiet"],
        ["add", "--all"],
        ["commit", "--quiet", "--message=all"],
        ["worktree", "add", "--quiet", str(linked)],
    ):
        subprocess.run([*git, *words], cwd=project, check=True)
    head = subprocess.run([*git, "rev-parse", "HEAD"], cwd=project, capture_output=True, text=True)
    script = "from appliance_build.papers import source; print(source.commit())"
    command = enter.command(tree, [str(making.HOME / "bin" / "python3"), "-c", script])
    done = subprocess.run(command, cwd=linked, capture_output=True, text=True)
    assert head.stdout.strip() in done.stdout, done.stderr


@pytest.mark.parametrize("place", ["workshops/ours", "a clone/with the engine"])
def test_an_organisers_folder_is_there_with_its_history(tree, tmp_path, place):
    """Be it a part of a larger repository, or what the project lies in."""
    own = tmp_path / place
    project = copy_project(own / "engine" if "engine" in place else tmp_path / "project")
    own.mkdir(parents=True, exist_ok=True)
    (own / "appliance.yml").write_text("title: Ours\n")
    git = ["git", "-c", "user.name=nobody", "-c", "user.email=nobody@localhost"]
    for words in (
        ["init", "--quiet", str(tmp_path if "workshops" in place else own)],
        ["add", "appliance.yml"],
        ["commit", "--quiet", "--message=ours"],
    ):
        subprocess.run([*git, *words], cwd=own, check=True)
    head = subprocess.run([*git, "rev-parse", "HEAD"], cwd=own, capture_output=True, text=True)
    script = (
        "from appliance_build import description; from appliance_build.papers import source;"
        "ours = description.load(); print(ours.title, source.commits(ours)[1])"
    )
    command = enter.command(tree, [str(making.HOME / "bin" / "python3"), "-c", script])
    settings = os.environ | {"APPLIANCE_WORKSHOP": os.path.relpath(own, project)}
    done = subprocess.run(command, cwd=project, env=settings, capture_output=True, text=True)
    assert done.stdout.strip() == f"Ours {{'digest': {{'gitCommit': '{head.stdout.strip()}'}}}}", (
        done.stderr
    )


def test_nothing_of_the_callers_environment_shapes_bytes(tree):
    settings = {"TZ": "Asia/Tokyo", "LC_ALL": "de_DE.UTF-8", "SECRET": "x", "TMPDIR": "/nowhere"}
    printed = inside(tree, "env; umask", **settings)
    assert "TZ=UTC" in printed and "LC_ALL=C.UTF-8" in printed and printed.endswith("0022\n")
    assert "SECRET" not in printed and "TMPDIR" not in printed


def test_the_host_keeps_no_mount(tree):
    inside(tree, "true")
    mounts = subprocess.run(["findmnt", "-rno", "TARGET"], capture_output=True, text=True).stdout
    assert str(tree) not in mounts


def test_a_tree_that_was_not_finished_is_not_trusted(tree, tmp_path, monkeypatch):
    """Without a network and with an empty cache, it is not made, and nothing of it stays."""
    monkeypatch.setenv("APPLIANCE_CACHE", str(tmp_path / "cache"))
    command = ["unshare", "--net", *copies.command("describe")]
    settings = os.environ | {"APPLIANCE_CACHE": str(tmp_path / "cache"), "APPLIANCE_MIRROR": ""}
    done = subprocess.run(command, cwd=PROJECT, env=settings, capture_output=True, text=True)
    assert done.returncode == 1 and done.stderr.splitlines()[-1], done.stderr
    assert "check the network connection" in done.stderr and "Traceback" not in done.stderr
    assert [path.name for path in (tmp_path / "cache" / "tools").iterdir()] == ["lock"]
