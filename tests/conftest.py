"""What the tests of the finished files share: the layers of the OVA, and machines made from it."""

import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from xdist.scheduler import LoadScopeScheduling

from appliance_build import description as schema
from appliance_build import paths
from appliance_build.errors import BuildError
from appliance_build.machine import ova as archive
from appliance_build.machine import qemu
from appliance_build.machine.ports import elsewhere

from . import pages as web
from .docker.fixtures import container, cpu, cuda, daemon, image_layers  # noqa: F401
from .image import disk as image
from .image.guest import Guest
from .image.tree import Tree

#: Folders whose tests share what they make. Those that wait for machines run beside those that
#: build and compile, which take about as long; all other tests go to whoever is free.
HALVES = {
    "builds": ("make", "gpu", "virtualbox", "reproducible", "local"),
    "machines": ("image", "docker", "both", "browser"),
}


class Halves(LoadScopeScheduling):
    """Gives each half to one process of pytest-xdist's."""

    def _split_scope(self, nodeid: str) -> str:
        folder = nodeid.split("/")[1]
        return next((half for half, folders in HALVES.items() if folder in folders), nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Halves:
    """Share the tests out by halves, in the order in which they were collected."""
    return Halves(config, log)


def pytest_configure() -> None:
    """Let what tests start take Ctrl-C: a shell ignores it for `make test &`, and that is handed
    down to every process."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def description() -> schema.Description:
    """The project's own appliance.yml."""
    return schema.load()


@pytest.fixture(scope="session")
def modules() -> Path:
    """What npm installs for the pages and their tests."""
    return web.modules()


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All pages, bundled; read only."""
    return web.bundled(tmp_path_factory.mktemp("bundled"))


@pytest.fixture(scope="session")
def ova() -> Path:
    """The one OVA in build/."""
    try:
        return archive.find(paths.BUILD)
    except BuildError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def data_status(ova: Path) -> str:
    """What the doctor says of data and weights: the file's name tells if some are stand-ins."""
    return "WARN" if ova.stem.endswith("-standins") else "PASS"


@dataclass(frozen=True)
class Booted:
    """A machine with the traces of its start.

    Attributes:
        first_page: what a browser got that was there before Jupyter was.
        capture: pcap file of all that passed its network card.
    """

    guest: Guest
    first_page: requests.Response
    capture: Path


@pytest.fixture(scope="session")
def disk(ova: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The OVA's disk, checked against its manifest; read only."""
    return qemu.unpacked(archive.read(ova), tmp_path_factory.mktemp("disk"))


@pytest.fixture(scope="session")
def layers(disk: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The tree of each shipped layer, the lowest first; read only."""
    return image.unpacked_layers(disk, tmp_path_factory.mktemp("layers"))


@pytest.fixture(scope="module")
def tree(
    layers: dict[str, Path],
    description: schema.Description,
    tmp_path_factory: pytest.TempPathFactory,
) -> Tree:
    """What the appliance is without the virtual machine's layer; a fresh one for each module."""
    stack = [folder for name, folder in layers.items() if name != "vm"]
    return Tree(stack, tmp_path_factory.mktemp("tree"), description.user.name)


@pytest.fixture(scope="session")
def booted(
    disk: Path, description: schema.Description, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Booted]:
    """The machine under BIOS. A test that changes it undoes that, whatever happens."""
    folder = tmp_path_factory.mktemp("bios")
    file = folder / "network.pcap"
    machine = qemu.Qemu(
        description,
        disk,
        folder,
        ports=elsewhere(description.ports),
        keep=False,
        extra=qemu.capture(file),
    )
    guest = Guest(machine)
    try:
        yield Booted(guest, guest.boot(), file)
    finally:
        machine.power_cut()


@pytest.fixture(scope="session")
def bios(booted: Booted) -> Guest:
    """The same machine, for tests that do not care how it started."""
    return booted.guest
