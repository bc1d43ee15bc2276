"""`make new`: a repository of one's own, whose commands are those of the engine that it names."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from appliance_build import paths
from tests.unit.make.copies import call, copy_project, refusal, replace


def git(folder: Path, *words: str) -> str:
    """What git prints."""
    author = ["-c", "user.name=Test", "-c", "user.email=test@localhost"]
    command = ["git", *author, *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def make(
    folder: Path, *words: str, seconds: float = 300, **changes: str
) -> subprocess.CompletedProcess[str]:
    """Call make as an organiser does, with the cache of the tests' machine.

    Nothing of the make that may run the tests is handed on.
    """
    assert os.geteuid() == 0, "these tests build, which needs root: run them as root"
    alone = {"MAKEFLAGS": "", "MAKELEVEL": "0", "ARGS": ""}
    return call(["make", *words], folder, paths.cache(), seconds, **(alone | changes))


def committed(folder: Path, message: str) -> str:
    """Commit all of a folder; returns the commit."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture(scope="module")
def engine(tmp_path_factory) -> Path:
    """The project as it is now, in a git repository of its own."""
    folder = copy_project(tmp_path_factory.mktemp("engine") / "engine")
    git(folder, "init", "--quiet", "--initial-branch=main")
    committed(folder, "As it is")
    return folder


@pytest.fixture
def made(engine, tmp_path) -> Path:
    """A new repository."""
    folder = tmp_path / "our-workshop"
    done = make(engine, "new", f"DIR={folder}")
    assert done.returncode == 0, done.stderr
    return folder


def test_it_is_committed_and_names_its_engine(made, engine):
    assert git(made, "status", "--porcelain", "--ignored") == ""
    assert git(made, "rev-list", "--count", "HEAD") == "1"
    assert not [path for path in made.rglob("*") if path.suffix == ".j2"]
    named = dict(line.split(" := ") for line in (made / "engine.mk").read_text().splitlines()[1:])
    assert named == {
        "ENGINE_URL": str(engine),
        "ENGINE_COMMIT": git(engine, "rev-parse", "HEAD"),
    }
    told = (made / "README.md").read_text()
    assert told.startswith("# Our Workshop\n")
    for name in re.findall(r"`([\w.-]+[/.][\w./-]*)`", told):
        there = name.startswith((".engine/", "docs/", "own-repository"))
        assert there or (made / name).exists(), f"README.md names {name}"


def test_it_builds_without_make_lock(made, engine):
    """Its locks are of this engine's packages; `make lock` here renews them with ours."""
    code = (
        "from appliance_build import description; "
        "from appliance_build.inputs import additions, debian; "
        "print(len(additions.load(description.load(), debian.load()).debian.debs))"
    )
    done = call([sys.executable, "-c", code], engine, paths.cache(), APPLIANCE_WORKSHOP=str(made))
    assert done.returncode == 0 and int(done.stdout) > 0, done.stderr


def test_what_is_there_stays(made, engine):
    (made / "mine").write_text("precious")
    before = sorted(made.iterdir())
    message = refusal(make(engine, "new", f"DIR={made}"), 2)
    assert message.startswith(f"{made} is there already, and not an empty folder; ")
    assert sorted(made.iterdir()) == before and (made / "mine").read_text() == "precious"
    assert not list(made.parent.glob(".our-workshop-*"))


def test_name_and_title_are_as_given(engine, tmp_path):
    folder = tmp_path / "Year 2027"
    folder.mkdir()
    words = ["new", f"DIR={folder}", "NAME=deep-night", 'TITLE=Tiefe "Nächte": {{ name }}']
    done = make(engine, *words)
    assert done.returncode == 0, done.stderr
    assert f"cd '{folder}' && make ova" in done.stderr
    told = make(folder, "--silent", "describe")
    assert '"name": "deep-night"' in told.stdout
    assert r'"title": "Tiefe \"Nächte\": {{ name }}"' in told.stdout


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "no folder is named; run `make new DIR=…`"),
        (["DIR={}/a", "NAME=Großes"], "NAME is 'Großes', and must be small letters"),
        (["DIR={}/2027"], "NAME is '2027', and must be small letters"),
        (["DIR={}/a", f"TITLE={81 * 'x'}"], "and must be 1 to 80 characters"),
    ],
)
def test_what_cannot_be_is_refused(engine, tmp_path, words, sentence):
    done = make(engine, "new", *(word.format(tmp_path) for word in words), NAME="Of-The-Computer")
    assert sentence in refusal(done, 2)
    assert not list(tmp_path.iterdir())


def test_commands_are_the_engines(made):
    done = make(made, "help")
    assert done.returncode == 0, done.stderr
    shown = [line.split()[0] for line in done.stdout.splitlines()]
    assert {"test", "update-engine", "ova", "release", "up", "lock", "describe"} <= set(shown)
    assert len(shown) == len(set(shown)), "a command stands there twice"
    assert not {"new", "test-fast", "lint"} & set(shown), "what is about the engine itself"
    assert git(made, "status", "--porcelain") == "", ".engine is not in git"
    would = make(made, "--dry-run", "stick", "DIRS=a b", "INSTALLERS=/c").stdout
    meant = f'DIRS="{made / "a"} {made / "b"}" INSTALLERS="/c"'
    assert meant in " ".join(would.split()), "folders are meant from here"
    assert "No rule to make target 'nonsense'" in make(made, "nonsense").stderr


def test_clean_leaves_what_is_in_git(made):
    make(made, "help")
    (made / "build").mkdir()
    (made / "build" / "old.ova").touch()
    assert make(made, "clean").returncode == 0
    assert not (made / "build").exists() and not (made / ".engine").exists()
    assert git(made, "status", "--porcelain", "--ignored") == ""


def test_a_key_of_ones_own_overlays_the_engines(made, description):
    replace(made / "appliance.yml", "extra:", "machine:\n  memory_mb: 4096\nextra:")
    told = make(made, "--silent", "describe").stdout
    assert '"memory_mb": 4096' in told and '"units"' in told
    assert f'"cpus": {description.machine.cpus}' in told
    replace(made / "appliance.yml", "4096", "1")
    message = refusal(make(made, "describe"), 2)
    assert message.startswith(f"{made}/appliance.yml:10: machine.memory_mb: ")


def test_a_newer_engine_is_taken_and_an_impossible_one_refused(made, engine):
    replace(engine / "Makefile", "ova: ## build", "ova: ## BUILD")
    newer = committed(engine, "Louder")
    assert "BUILD" not in make(made, "help").stdout
    done = make(made, "update-engine")
    assert done.returncode == 0 and f"engine.mk names {newer} now" in done.stdout, done.stderr
    assert "BUILD" in make(made, "help").stdout
    assert [path.name for path in (made / ".engine").iterdir()] == [newer]
    replace(made / "engine.mk", newer, 40 * "0")
    message = refusal(make(made, "help"), 2)
    assert message.startswith(f"the engine's commit {40 * '0'} cannot be had from {engine}; ")


@pytest.mark.full
def test_it_builds_its_own_appliance_and_its_tests_pass(made, engine):
    """What docs/own-repository.md says, and no more; layers that are not its own are cached."""
    mirrors = os.environ.get("APPLIANCE_MIRROR", "")
    for command in ("ova", "test"):
        done = make(made, command, seconds=3600, APPLIANCE_MIRROR=mirrors)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    build = made / "build"
    [ova] = build.glob("*.ova")
    assert ova.name.startswith("our-workshop-0.1.0-amd64")
    bill = json.loads(ova.with_name(f"{ova.name}.spdx.json").read_text())
    assert {"units", "tabulate"} <= {package["name"] for package in bill["packages"]}
    statement = ova.with_name(f"{ova.name}.provenance.json").read_text()
    assert git(made, "rev-parse", "HEAD") in statement
    assert git(engine, "rev-parse", "HEAD") in statement
    [suite] = ElementTree.parse(build / "tests.xml").getroot()
    assert int(suite.get("tests")) >= 8
    assert {suite.get(kind) for kind in ("failures", "errors", "skipped")} == {"0"}
    assert not (made / ".engine" / git(engine, "rev-parse", "HEAD") / "build").exists()
    assert git(made, "status", "--porcelain") == ""
