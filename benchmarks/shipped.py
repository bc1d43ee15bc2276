"""The OVA's layers without the virtual machine, so at native speed."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from appliance_build import description as descriptions
from appliance_build import paths
from appliance_build.machine import ova, qemu
from tests.image import disk as image
from tests.image.tree import Tree


@contextmanager
def tree() -> Iterator[Tree]:
    """The finished appliance as a tree that starts as shipped, gone afterwards."""
    with tempfile.TemporaryDirectory(dir=paths.BUILD) as name:
        folder = Path(name)
        for part in ("layers", "tree"):
            (folder / part).mkdir()
        disk = qemu.unpacked(ova.read(ova.find(paths.BUILD)), folder)
        layers = image.unpacked_layers(disk, folder / "layers")
        stack = [path for layer, path in layers.items() if layer != "vm"]
        yield Tree(stack, folder / "tree", descriptions.load().user.name)
