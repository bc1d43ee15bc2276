"""Fixtures for the tests in an organiser's own repository, which `make test` there runs.

usage: pytest -p tests.own.plugin FOLDER, with APPLIANCE_WORKSHOP set
"""

from collections.abc import Mapping
from pathlib import Path

import pytest

from appliance_build import description as schema
from appliance_build import own
from appliance_build.paths import OWN, PROJECT, WORKSHOP
from tests.conftest import description, disk, layers, ova, tree
from tests.image.tree import Tree

from .lesson import Lesson

#: What those tests may ask for.
__all__ = ["description", "disk", "layers", "lesson", "lessons", "ova", "tree"]


def pytest_configure() -> None:
    """Refuse to go on without an organiser's repository."""
    if WORKSHOP == PROJECT:
        raise pytest.UsageError(f"{OWN} names no repository; run `make test` in yours")


def sources() -> dict[str, Path]:
    """The source of each lesson in the organiser's folder, by name."""
    return own.lessons(schema.load().extra)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what asks for `lesson` with each of them."""
    if "lesson" in metafunc.fixturenames:
        metafunc.parametrize("lesson", list(sources()), indirect=True)


@pytest.fixture
def lessons(tree: Tree) -> Mapping[str, Lesson]:
    """All lessons of the organiser's, by name."""
    return {name: Lesson(tree, path) for name, path in sources().items()}


@pytest.fixture
def lesson(request: pytest.FixtureRequest, lessons: Mapping[str, Lesson]) -> Lesson:
    """One lesson of the organiser's after the other."""
    return lessons[request.param]
