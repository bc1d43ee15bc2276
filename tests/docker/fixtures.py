"""What the tests of the finished images share: a daemon with both loaded."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from appliance_build.description import Description
from appliance_build.product import Product

from ..images import Image
from .container import Container, running
from .daemon import Daemon


def archive(form: str) -> Path:
    """A form's file in build/."""
    product = Product.in_build(form)
    if product is None:
        pytest.fail(f"there is no {form} image in build/; run `make docker`", pytrace=False)
    return product.path


@pytest.fixture(scope="session")
def image_layers(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """For a form the folder with all layers of its image in one, unpacked once; read only."""
    return cache(lambda form: Image(archive(form)).unpack(tmp_path_factory.mktemp(form) / "all"))


@pytest.fixture(scope="session")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """A Docker daemon with the images of build/ loaded."""
    with Daemon(tmp_path_factory.mktemp("docker")) as daemon, pytest.MonkeyPatch.context() as patch:
        for name, value in daemon.environment.items():
            patch.setenv(name, value)  # for testinfra
        for form in ("cpu", "cuda"):
            daemon.ok("load", "--input", archive(form))
        yield daemon


@pytest.fixture(scope="session")
def cpu(description: Description) -> str:
    """The tag of the image without CUDA."""
    return f"{description.name}:cpu"


@pytest.fixture(scope="session")
def cuda(description: Description) -> str:
    """The tag of the image with CUDA."""
    return f"{description.name}:cuda"


@pytest.fixture(scope="session")
def container(daemon: Daemon, cuda: str, description: Description) -> Iterator[Container]:
    """The image with CUDA, started as the documents say, on a machine without a GPU."""
    with running(daemon, cuda, description) as container:
        yield container
