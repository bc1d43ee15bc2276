"""Makes the lessons' files of weights from what the networks' authors published.

The originals are in the formats of other frameworks; what ships is `<network>/weights.npz` with
the names and the order of axes of our own definitions (`notebooks/workshop/weights.py`).
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import checkpoint
from .errors import BuildError
from .paths import NOTEBOOKS

sys.path.append(str(NOTEBOOKS))  # the format is the library's own, and so are its checks
from workshop import weights
from workshop.errors import WorkshopError

#: What torchvision calls the last parts of a parameter's name, and what we call them.
TORCHVISION = {
    "conv.weight": "conv.W",
    "bn.weight": "bn.gamma",
    "bn.bias": "bn.beta",
    "bn.running_mean": "bn.mean",
    "bn.running_var": "bn.variance",
    "fc.weight": "fc.W",
    "fc.bias": "fc.b",
}


def _googlenet_file(parameter: str) -> str:
    layer, kind = parameter.rsplit(".", 1)
    return f"googlenet/weights/{layer}_{'filter' if kind == 'W' else 'bias'}.bin"


def _googlenet(assets: Mapping[str, Path]) -> dict[str, np.ndarray]:
    """From 116 files of little-endian float32: filters (out, y, x, in), dense (out, in)."""
    arrays = {}
    for name, shape in weights.shapes("googlenet").items():
        file = assets[_googlenet_file(name)]
        numbers = np.fromfile(file, "<f4")
        if file.stat().st_size != 4 * np.prod(shape):
            raise BuildError(
                f"{file} has {file.stat().st_size} bytes, and {name} is "
                f"{' x '.join(map(str, shape))} numbers of 4 bytes; delete it and build again"
            )
        if len(shape) == 4:
            out, channels, height, width = shape
            numbers = numbers.reshape(out, height, width, channels).transpose(0, 3, 1, 2)
        elif len(shape) == 2:
            numbers = numbers.reshape(shape[::-1]).T
        arrays[name] = np.ascontiguousarray(numbers, np.float32)
    return arrays


def _inception_v3(assets: Mapping[str, Path]) -> dict[str, np.ndarray]:
    """From torchvision's checkpoint, without the classifier that only training needs."""
    arrays = {}
    for name, array in checkpoint.read(assets[INCEPTION_V3]).items():
        if name.startswith("AuxLogits.") or name.endswith(".num_batches_tracked"):
            continue
        theirs = ".".join(name.split(".")[-2:])
        ours = name.removesuffix(theirs) + TORCHVISION.get(theirs, theirs)
        arrays[ours] = np.ascontiguousarray(array.T if ours == "fc.W" else array)
    return arrays


@dataclass(frozen=True)
class Source:
    """The assets that a network's weights are made of, and how."""

    files: tuple[str, ...]
    read: Callable[[Mapping[str, Path]], dict[str, np.ndarray]]


INCEPTION_V3 = "inception-v3/inception_v3_google-0cc3c7bd.pth"
SOURCES = {
    "googlenet": Source(tuple(map(_googlenet_file, weights.shapes("googlenet"))), _googlenet),
    "inception-v3": Source((INCEPTION_V3,), _inception_v3),
}
#: These are converted, and so do not ship as they are.
CONVERTED = {path for source in SOURCES.values() for path in source.files}


def convert(assets: Mapping[str, Path], missing: set[str], folder: Path) -> None:
    """Write `<network>/weights.npz` into the folder for each network that the lock has files of.

    Args:
        assets: files by their path in the lock.
        missing: paths of those that could be had from nowhere; a network that needs one of
            them goes without weights, and the lessons make a stand-in.

    Raises:
        BuildError: what is wrong with which file.
    """
    for network, source in SOURCES.items():
        absent = [path for path in source.files if path not in assets]
        if len(absent) == len(source.files) or missing.intersection(absent):
            continue
        if absent:
            raise BuildError(
                f"{absent[0]} is missing in locks/assets.lock, and {network} needs it; restore the "
                "lock with git"
            )
        arrays = source.read(assets)
        try:
            weights.check(arrays, network, str(assets[source.files[0]].parent))
        except WorkshopError as error:
            raise BuildError(str(error)) from None
        target = folder / network / weights.FILE
        target.parent.mkdir(parents=True, exist_ok=True)
        weights.write(target, arrays)
