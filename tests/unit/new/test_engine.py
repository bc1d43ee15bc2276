"""What a new repository names as its engine: an address that others reach, where there is one."""

import subprocess
from pathlib import Path

import pytest

from appliance_build.errors import BuildError
from appliance_build.new import engine


def git(folder: Path, *words: str) -> str:
    author = ["-c", "user.name=Test", "-c", "user.email=test@localhost"]
    command = ["git", *author, *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def origin(tmp_path) -> Path:
    """A repository with one commit."""
    folder = tmp_path / "origin"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "first")
    return folder


@pytest.fixture
def clone(origin) -> Path:
    git(origin.parent, "clone", "--quiet", str(origin), "clone")
    return origin.parent / "clone"


def test_a_clone_is_named_by_its_origin(clone, origin):
    found = engine.here(clone)
    assert found == engine.Engine(str(origin), git(origin, "rev-parse", "HEAD"))


def test_a_commit_that_nobody_else_has_is_named_by_its_folder(clone):
    git(clone, "commit", "--quiet", "--allow-empty", "--message", "second")
    found = engine.here(clone)
    assert (found.url, found.commit) == (str(clone), git(clone, "rev-parse", "HEAD"))
    assert f"was not pushed to {clone.parent / 'origin'}" in found.warnings[0]


def test_a_repository_without_a_remote_is_named_by_its_folder(origin):
    found = engine.here(origin)
    assert found.url == str(origin) and "it has no remote" in found.warnings[0]


def test_what_is_in_no_commit_is_said_to_be_left_out(clone):
    (clone / "new").touch()
    found = engine.here(clone)
    assert found.url == str(clone.parent / "origin")
    assert "has changes that are in no commit" in found.warnings[0]


def test_a_folder_without_git_has_no_commit_to_name(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(BuildError, match=f"{tmp_path} is no git clone, .*`git clone`"):
        engine.here(tmp_path)
