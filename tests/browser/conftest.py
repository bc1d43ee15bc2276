"""A real Chromium, the one of Debian."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from appliance_build.description import Description

from ..docker.container import Container, running
from ..docker.daemon import Daemon
from .lab import Lab


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Started once; each test has a profile of its own in it."""
    with sync_playwright() as playwright:
        # Its sandbox wants a user who is not root; it opens nothing but what we built.
        options = {"executable_path": "/usr/bin/chromium", "chromium_sandbox": False}
        with playwright.chromium.launch(**options) as browser:
            yield browser


@pytest.fixture
def desk(daemon: Daemon, cpu: str, description: Description) -> Iterator[Container]:
    """A container in which lessons take the time of an automatic check."""
    with running(daemon, cpu, description, "--env=WORKSHOP_PROFILE=quick") as container:
        yield container


@pytest.fixture
def lab(chromium: Browser, desk: Container, tmp_path: Path) -> Iterator[Lab]:
    """JupyterLab in a new window; at the end nothing may have gone wrong in it unseen."""
    with chromium.new_context(viewport={"width": 1280, "height": 900}) as context:
        lab = Lab(context.new_page(), desk)
        yield lab
        lab.page.screenshot(path=tmp_path / "end.png")
        assert not lab.errors
        assert not lab.elsewhere
