"""A small project, built once for all tests here; each starts from that finished build."""

import os
import shutil
from types import SimpleNamespace

import pytest

from tests.make.tiny import tiny_project
from tests.unit.make.copies import call, command


@pytest.fixture(scope="session")
def first(tmp_path_factory):
    """The first build of all: `project`, `cache`, `mirror`, and what it said."""
    assert os.geteuid() == 0, "these tests build, which needs root: run them as root"
    folder = tmp_path_factory.mktemp("tiny")
    project, cache = tiny_project(folder / "project"), folder / "cache"
    mirror = str(folder / "mirror")
    done = call(command("ova"), project, cache, APPLIANCE_MIRROR=mirror)
    assert done.returncode == 0, done.stderr
    return SimpleNamespace(project=project, cache=cache, mirror=mirror, said=done.stderr)


@pytest.fixture
def built(first, tmp_path):
    """A copy of the finished build that a test may change and break."""
    project, cache = tmp_path / "project", tmp_path / "cache"
    for source, target in ((first.project, project), (first.cache, cache)):
        shutil.copytree(source, target, symlinks=True)
    return SimpleNamespace(project=project, cache=cache, mirror=first.mirror)
