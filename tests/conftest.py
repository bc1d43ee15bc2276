"""What the tests of the finished OVA share."""

import signal
from pathlib import Path

import pytest

from appliance_build import description as schema
from appliance_build import paths
from appliance_build.errors import BuildError
from appliance_build.machine import ova as archive


def pytest_configure() -> None:
    """Let what tests start take Ctrl-C: a shell ignores it for `make test &`, and that is handed
    down to every process."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def description() -> schema.Description:
    """The project's own appliance.yml."""
    return schema.load()


@pytest.fixture(scope="session")
def ova() -> Path:
    """The one OVA in build/."""
    try:
        return archive.find(paths.BUILD)
    except BuildError as error:
        pytest.fail(str(error), pytrace=False)
