"""A board for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ...board import RunningBoard, started


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Where the board keeps what was posted."""
    return tmp_path / "kept"


@pytest.fixture
def board(kept: Path) -> Iterator[RunningBoard]:
    with started(kept) as running:
        yield running
