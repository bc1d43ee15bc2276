"""The provenance: in-toto's form, inputs by hash, the commit that changed them, nothing private."""

import getpass
import hashlib
import json
import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from appliance_build import description
from appliance_build.errors import BuildError
from appliance_build.papers.provenance import provenance
from appliance_build.papers.source import INPUTS
from appliance_build.paths import PROJECT

SUBJECTS = {"appliance.ova": "a" * 64, "appliance.spdx.json": "b" * 64}
STANDINS = [{"asset": "mnist/digits.gz", "standin": "small ones", "reason": "/home/me"}]


@pytest.fixture
def project(tmp_path):
    """A folder with some inputs, not in git."""
    folder = tmp_path / "project"
    shutil.copytree(PROJECT / "locks", folder / "locks")
    shutil.copy(PROJECT / "appliance.yml", folder)
    (folder / "README.md").write_text("read me\n")
    return folder


@pytest.fixture
def clone(project):
    """The same as a git work tree with one commit."""
    git(project, "init", "--quiet")
    commit(project)
    return project


def git(folder: Path, *arguments: str) -> str:
    nobody = ("-c", "user.name=nobody", "-c", "user.email=nobody@example.org")
    command = ["git", *nobody, *arguments]
    settings = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    done = subprocess.run(
        command, cwd=folder, env=settings, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def commit(folder: Path) -> str:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=a change")
    return git(folder, "rev-parse", "HEAD")


def statement(folder: Path, release: bool = False) -> dict:
    return json.loads(provenance(description.load(), SUBJECTS, STANDINS, release, folder))


def dependencies(folder: Path) -> list[dict]:
    return statement(folder)["predicate"]["buildDefinition"]["resolvedDependencies"]


def test_it_has_the_form_of_in_toto_and_slsa(project):
    said = statement(project, release=True)
    assert said["_type"] == "https://in-toto.io/Statement/v1"
    assert said["predicateType"] == "https://slsa.dev/provenance/v1"
    assert {s["name"]: s["digest"]["sha256"] for s in said["subject"]} == SUBJECTS
    build = said["predicate"]["buildDefinition"]
    now = description.load()
    assert build["buildType"].startswith("urn:")
    assert build["externalParameters"] == {
        "name": now.name,
        "version": now.version,
        "release": True,
        "standins": ["mnist/digits.gz"],
    }
    assert str(build["internalParameters"]) == f"{{'SOURCE_DATE_EPOCH': {now.epoch}}}"  # whole
    assert said["predicate"]["runDetails"]["builder"]["id"].startswith("urn:")


def test_every_lock_is_named_by_its_hash(project):
    named = {d["name"]: d["digest"]["sha256"] for d in dependencies(project)[1:]}
    files = [project / "appliance.yml", *(project / "locks").iterdir()]
    expected = {f.relative_to(project): hashlib.sha256(f.read_bytes()).hexdigest() for f in files}
    assert named == {str(name): sha256 for name, sha256 in expected.items()}


def test_a_changed_lock_is_another_statement(project):
    before = provenance(description.load(), SUBJECTS, [], False, project)
    lock = project / "locks" / "python.lock"
    lock.write_bytes(lock.read_bytes() + b"\n")
    assert provenance(description.load(), SUBJECTS, [], False, project) != before


def test_the_commit_is_the_last_that_changed_an_input(clone):
    first = git(clone, "rev-parse", "HEAD")
    (clone / "README.md").write_text("read me again\n")
    assert commit(clone) != first
    assert dependencies(clone)[0]["digest"] == {"gitCommit": first}
    (clone / "locks" / "python.lock").write_text("")
    second = commit(clone)
    assert dependencies(clone)[0]["digest"] == {"gitCommit": second}


def test_it_says_that_an_input_was_changed_after_the_commit(clone):
    (clone / "README.md").write_text("read me again\n")
    assert "annotations" not in dependencies(clone)[0]
    (clone / "locks" / "new.lock").write_text("")
    assert "changes" in dependencies(clone)[0]["annotations"]["worktree"]


def test_without_git_the_commit_is_unknown(project):
    source = dependencies(project)[0]
    assert "digest" not in source and source["annotations"]["commit"].startswith("unknown")


def test_without_its_history_the_commit_is_unknown(clone, tmp_path):
    (clone / "README.md").write_text("read me again\n")
    commit(clone)
    git(tmp_path, "clone", "--quiet", "--depth=1", clone.as_uri(), "shallow")
    assert dependencies(tmp_path / "shallow")[0]["annotations"]["commit"].startswith("unknown")


@pytest.mark.skipif(os.geteuid() != 0, reason="gives files to another user")
def test_root_reads_the_clone_of_somebody_else(clone):
    for path in [clone, *clone.rglob("*")]:
        os.chown(path, 65534, 65534)
    assert "gitCommit" in dependencies(clone)[0]["digest"]


def test_the_same_input_gives_the_same_bytes_wherever_it_is(clone, tmp_path):
    other = tmp_path / "elsewhere"
    git(tmp_path, "clone", "--quiet", str(clone), str(other))
    texts = [provenance(description.load(), SUBJECTS, STANDINS, False, f) for f in (clone, other)]
    assert texts[0] == texts[1]


def test_nothing_private_is_in_it(clone):
    text = provenance(description.load(), SUBJECTS, STANDINS, False, clone)
    private = {str(clone), str(Path.home()), socket.gethostname(), "nobody", "/home/me"}
    assert not [word for word in private if word in text]
    assert f'"{getpass.getuser()}"' not in text


def test_a_subject_without_a_hash_is_refused(project):
    with pytest.raises(BuildError, match=r"appliance\.ova has no SHA-256"):
        provenance(description.load(), {"appliance.ova": "none"}, [], False, project)


def test_a_statement_about_nothing_is_refused(project):
    with pytest.raises(BuildError, match="not be valid in-toto: At least one subject"):
        provenance(description.load(), {}, [], False, project)


def test_all_inputs_are_there():
    assert [name for name in INPUTS if not (PROJECT / name).exists()] == []
