"""The layers of an image, each compressed once and kept as long as its bytes stay the same."""

from collections.abc import Mapping
from pathlib import Path

from .. import parallel
from ..builder import Builder
from ..layers import HERE, SQUASHFS
from ..progress import reused, step
from ..store import Store, fingerprint
from . import blob

#: Code that shapes a blob, beside the layers in it and the tools tree.
CODE = [HERE / "image" / "blob.py", HERE / "tree.py"]


def compressed(builder: Builder, entries: Mapping[str, Path]) -> dict[str, Path]:
    """The folder of each blob (`blob.make`), the lowest layer first.

    From `compiled` on all are one blob: what a new notebook changes is then one layer.

    Args:
        entries: the folder of each of the form's layers, the lowest first.
    """
    names = list(entries)
    first = names.index("compiled")
    parts = {name: (name,) for name in names[:first]} | {"content": tuple(names[first:])}
    folders: dict[str, Path] = {}

    def make(name: str) -> None:
        folders[name] = _compressed(builder, entries, parts[name])

    parallel.in_order(dict.fromkeys(parts, ()), make)
    return {name: folders[name] for name in parts}


def _compressed(builder: Builder, entries: Mapping[str, Path], layers: tuple[str, ...]) -> Path:
    store, name = Store("blobs"), "+".join(layers)
    # A layer's key covers the tools tree, and with it what compresses.
    key = fingerprint([builder.key(layer) for layer in layers], files=CODE)
    if found := store.find(name, key):
        reused(f"{name} compressed")
        return found
    with step(f"{name} compressed") as log, store.make(name, key) as folder:
        blob.make([entries[layer] / SQUASHFS for layer in layers], folder, log)
    return store.path(name, key)
