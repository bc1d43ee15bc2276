"""What the tests of the machine share."""

from pathlib import Path

import pytest

from appliance_build import description as schema


@pytest.fixture
def description() -> schema.Description:
    """The project's own appliance.yml."""
    return schema.load()


@pytest.fixture
def no_programs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A computer on which nothing is installed."""
    empty = tmp_path / "no-programs"
    empty.mkdir()
    monkeypatch.setenv("PATH", str(empty))
