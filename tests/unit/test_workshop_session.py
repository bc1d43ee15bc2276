"""Where a lesson may write."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance_build.paths import PROJECT

from .make.copies import UNPRIVILEGED

CODE = "from workshop.session import own_file; print(own_file('a.npz'))"


@pytest.fixture
def folder() -> Iterator[Path]:
    """One that anybody may enter, unlike pytest's own."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.parametrize(("mode", "where"), [(0o777, "here"), (0o555, "elsewhere")])
def test_file_lies_beside_the_notebook_where_that_may_be_written(folder: Path, mode, where):
    for name, allowed in (("elsewhere", 0o777), ("here", mode)):
        (folder / name).mkdir()
        (folder / name).chmod(allowed)
    environment = os.environ | {
        "PYTHONPATH": str(PROJECT / "notebooks"),
        "TMPDIR": str(folder / "elsewhere"),
    }
    done = subprocess.run(
        [*UNPRIVILEGED, sys.executable, "-c", CODE],
        cwd=folder / "here",
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == str(folder / where / "a.npz"), done.stderr
