"""A real Chromium, the one of Debian."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from appliance_build import paths, slides
from appliance_build.description import Description

from ..docker.container import Container, running
from ..docker.daemon import Daemon
from . import local
from .lab import Lab
from .site import ContainerSite, MachineSite, Site
from .window import SECONDS, Window


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Started once; each test has a profile of its own in it."""
    expect.set_options(timeout=1000 * SECONDS)
    with slides.chromium() as browser:
        yield browser


@pytest.fixture
def screenshots(request: pytest.FixtureRequest) -> Path:
    """Where a test leaves its pictures, for people to look at."""
    name = re.sub(r"[^\w.-]+", "-", request.node.name).strip("-")
    folder = paths.BUILD / "screenshots" / request.node.path.stem / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def desk(daemon: Daemon, cpu: str, description: Description) -> Iterator[Container]:
    """A container in which lessons take the time of an automatic check.

    With one thread: other tests run beside, and OpenBLAS's threads spin while they wait.
    """
    options = ("--env=WORKSHOP_PROFILE=quick", "--env=OPENBLAS_NUM_THREADS=1")
    with running(daemon, cpu, description, *options) as container:
        yield container


@pytest.fixture
def lab(chromium: Browser, desk: Container, modules: Path, screenshots: Path) -> Iterator[Lab]:
    """JupyterLab in a new window; at the end nothing may have gone wrong in it unseen."""
    with chromium.new_context(viewport={"width": 1280, "height": 900}) as context:
        lab = Lab(context.new_page(), ContainerSite(desk), modules, screenshots)
        yield lab
        lab.picture("end")
        assert not lab.errors
        assert not lab.elsewhere


@pytest.fixture(
    scope="module", params=["container", pytest.param("machine", marks=pytest.mark.full)]
)
def site(
    request: pytest.FixtureRequest,
    description: Description,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """The pages of a container, or of the machine; or served without either, see `local`."""
    if request.param == "machine":
        yield MachineSite(request.getfixturevalue("bios"))
    elif python := os.environ.get(local.PYTHON):
        folder = tmp_path_factory.mktemp("local")
        pages = request.getfixturevalue("pages")
        with local.serving(python, description, pages, folder) as site:
            yield site
    else:
        daemon, cpu = (request.getfixturevalue(name) for name in ("daemon", "cpu"))
        with running(daemon, cpu, description) as container:
            yield ContainerSite(container)


@pytest.fixture
def window(chromium: Browser, site: Site, modules: Path, screenshots: Path) -> Iterator[Window]:
    """A new window; at the end nothing may have gone wrong in it unseen."""
    with chromium.new_context(viewport={"width": 1280, "height": 900}) as context:
        window = Window(context.new_page(), site, modules, screenshots)
        yield window
        window.picture("end")
        assert not window.errors
        assert not window.elsewhere
