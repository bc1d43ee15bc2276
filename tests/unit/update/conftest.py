"""A machine that people took home, and its organiser's key."""

import os
from pathlib import Path

import pytest

from .laptops import Laptop, made_key, notebook

SHIPPED = {
    "0-First.ipynb": notebook("a", "b", "c"),
    "1-Second.ipynb": notebook("a", "b", "c"),
    "2-Third.ipynb": notebook("a", "b", "c"),
    "data.txt": "one\ntwo\nthree\n",
}


@pytest.fixture(scope="session")
def signing(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The organiser's private key and its public half."""
    return made_key(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="session")
def key(signing: tuple[Path, str]) -> Path:
    return signing[0]


@pytest.fixture
def laptop(tmp_path: Path, signing: tuple[Path, str]) -> Laptop:
    """A machine as it was imported."""
    return Laptop(tmp_path / "laptop", SHIPPED, signing[1], os.getuid())
