"""One site for all tests here: it takes some seconds to build."""

from pathlib import Path

import pytest

from ...site import built


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site; read only."""
    return built(tmp_path_factory.mktemp("docs") / "site")
