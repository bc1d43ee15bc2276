"""The image with CUDA as a tree, without a daemon: what is in it can be run and broken."""

from collections.abc import Callable
from pathlib import Path

import pytest

from appliance_build.description import Description

from ..image.tree import Tree

HERE = Path(__file__).parent
PYTHON = "/opt/jupyter/bin/python3"
STUB = "/opt/stub"


@pytest.fixture(scope="package")
def cuda_layers(image_layers: Callable[[str], Path]) -> Path:
    """All layers of the image in one folder; read only."""
    return image_layers("cuda")


@pytest.fixture(scope="package")
def tree(
    cuda_layers: Path, description: Description, tmp_path_factory: pytest.TempPathFactory
) -> Tree:
    """The tree, with the driver of a card that is not there ready to be used."""
    tree = Tree([cuda_layers], tmp_path_factory.mktemp("tree"), description.user.name)
    tree.ok(f"mkdir {STUB}", user="root")
    tree.write("/opt/values.py", (HERE / "values.py").read_text())
    for name in ("cuda", "cublas"):
        tree.write(f"{STUB}/{name}.c", (HERE / "stub" / f"{name}.c").read_text())
        compile_it = f"gcc -shared -fPIC -o {STUB}/lib{name}.so {STUB}/{name}.c"
        tree.ok(compile_it, user="root")
    return tree
