"""Weights of the pretrained networks: read from disk and checked, or made at random.

A network's weights are one `.npz` file, `<network>/weights.npz` in the data folder: a ZIP archive
with a float32 array for each parameter. A parameter has the name of its layer and of what it is
there, such as `inception_3a/1x1.W`; `shapes/<network>.txt` beside this file lists them all.

Knows nothing of Theano, so that the build and the doctor can use it, too.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .data import data_folder
from .errors import WorkshopError

SHAPES = Path(__file__).parent / "shapes"
NETWORKS = tuple(sorted(path.stem for path in SHAPES.glob("*.txt")))
FILE = "weights.npz"

Shape = tuple[int, ...]


class WeightsError(WorkshopError):
    """A file of weights is not what it should be."""


@dataclass(frozen=True)
class Weights:
    """The arrays by parameter. `standin` says why these are random numbers, else ''."""

    arrays: Mapping[str, np.ndarray]
    standin: str = ""

    @property
    def is_standin(self) -> bool:
        """True when random numbers stand in for the trained weights."""
        return bool(self.standin)


def shapes(network: str) -> dict[str, Shape]:
    """The shape of each parameter of a network, in the order of its layers.

    Convolutions are (filters, channels, height, width), dense layers (inputs, outputs).
    """
    lines = (SHAPES / f"{network}.txt").read_text(encoding="utf-8").splitlines()
    words = (line.split() for line in lines if not line.startswith("#"))
    return {name: tuple(map(int, sizes)) for name, *sizes in words}


def load(network: str, folder: Path | None = None) -> Weights:
    """Load the weights of 'googlenet' or 'inception-v3'.

    Args:
        folder: holds `<network>/weights.npz`; `data_folder()` unless given.

    Returns:
        The weights; a stand-in, announced in a printed line, when the file is absent.

    Raises:
        WeightsError: the file is there, but damaged or of another network.
    """
    path = (folder or data_folder()) / network / FILE
    if not path.exists():
        weights = _standin(network, f"{FILE} not found in {path.parent}")
        print(f"STAND-IN: {weights.standin}")
        return weights
    arrays = _read(path)
    check(arrays, network, str(path))
    return Weights(arrays)


def check(arrays: Mapping[str, np.ndarray], network: str, source: str) -> None:
    """Make sure that these are all parameters of a network, in shape, and finite.

    Args:
        source: where they come from, for the sentence.

    Raises:
        WeightsError: what is wrong with which array.
    """
    expected = shapes(network)
    remedy = "put the original file back"
    lacking = [name for name in expected if name not in arrays]
    if lacking:
        raise WeightsError(
            f"{source} lacks {len(lacking)} of the {len(expected)} arrays of {network}, the first "
            f"is {lacking[0]}; {remedy}"
        )
    if unknown := sorted(arrays.keys() - expected.keys()):
        raise WeightsError(f"{source} has an array {unknown[0]}, which {network} has not; {remedy}")
    for name, shape in expected.items():
        array = arrays[name]
        if array.shape != shape:
            raise WeightsError(
                f"{source}: {name} is {_times(array.shape)}, not {_times(shape)}; {remedy}"
            )
        if array.dtype != np.float32:
            raise WeightsError(f"{source}: {name} is {array.dtype}, not float32; {remedy}")
        if not np.isfinite(array).all():
            raise WeightsError(f"{source}: {name} has values that are not finite; {remedy}")


def write(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write a file of weights: the same arrays give the same bytes, whatever day it is."""
    with zipfile.ZipFile(path, "w") as archive:  # not compressed: weights hardly get smaller
        for name in sorted(arrays):
            content = io.BytesIO()
            np.lib.format.write_array(content, arrays[name], version=(1, 0), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), content.getvalue())  # of 1980


def random(network: str, seed: int = 0) -> dict[str, np.ndarray]:
    """Weights of a network that has learned nothing, the same for the same seed.

    Each W is drawn so that signals keep their size from layer to layer (K. He et al., "Delving
    Deep into Rectifiers", 2015); all else has the value that changes nothing.
    """
    rng = np.random.RandomState(seed)
    arrays = {}
    for name, shape in shapes(network).items():
        if name.endswith(".W"):
            inputs = shape[0] if len(shape) == 2 else np.prod(shape[1:])
            arrays[name] = (rng.standard_normal(shape) * np.sqrt(2 / inputs)).astype(np.float32)
        else:
            neutral = 1 if name.endswith((".gamma", ".variance")) else 0
            arrays[name] = np.full(shape, neutral, np.float32)
    return arrays


def _read(path: Path) -> dict[str, np.ndarray]:
    """All arrays of an `.npz`; the archive's own checksums show damage."""
    try:
        return dict(_arrays(path))
    except OSError as error:
        raise WeightsError(
            f"{path} cannot be read: {error.strerror}; put the original file back"
        ) from None
    except (zipfile.BadZipFile, ValueError, EOFError, zlib.error) as error:
        raise WeightsError(
            f"{path} is cut short or damaged ({error}); put the original file back"
        ) from None


def _arrays(path: Path) -> Iterator[tuple[str, np.ndarray]]:
    with zipfile.ZipFile(path) as archive:
        for entry in archive.namelist():
            content = io.BytesIO(archive.read(entry))
            yield entry.removesuffix(".npy"), np.lib.format.read_array(content, allow_pickle=False)


def _times(shape: Shape) -> str:
    return " x ".join(map(str, shape))


def _standin(network: str, reason: str) -> Weights:
    return Weights(
        random(network),
        standin=f"{network} has random weights and recognises nothing, because {reason}; figures "
        "and answers differ from what the text says",
    )
