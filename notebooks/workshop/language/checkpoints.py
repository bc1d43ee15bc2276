"""Our own trained networks: what they learnt after one pass over the text, and after more.

`python3 -m workshop.language.train` trained them. A file is an archive of NumPy: the weights as
16-bit floats, which is precise enough and half as large, and `about`, a JSON text with the alphabet
in the order of the weights' rows.
"""

import json
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .. import weights
from ..errors import WorkshopError
from .corpus import Alphabet

if TYPE_CHECKING:
    from .recurrent import Network

BLOCKS = {"rnn": 1, "lstm": 4}  # numbers that a unit takes in at each step
FOLDER = Path(__file__).parent / "trained"


class CheckpointError(WorkshopError):
    """A file is not a checkpoint of ours."""


@dataclass(frozen=True)
class Checkpoint:
    """A network as it was at some moment of its training.

    Attributes:
        kind: "rnn" or "lstm".
        arrays: its weights, by name.
        alphabet: what its numbers mean.
        passes: how often it had read its text.
    """

    kind: str
    arrays: dict[str, np.ndarray]
    alphabet: Alphabet
    passes: float

    def network(self) -> "Network":
        """A network with these weights. To look at several, use one and its `set`."""
        from .recurrent import Network  # only here: all else works without Theano

        network = Network(self.kind, len(self.alphabet), len(self.arrays["V"]), seed=0)
        network.set(self.arrays)
        return network


def shapes(kind: str, symbols: int, units: int) -> dict[str, tuple[int, ...]]:
    """The shape of each array of such a network's weights."""
    wide = BLOCKS[kind] * units
    return {
        "W": (symbols, wide),
        "U": (units, wide),
        "b": (wide,),
        "V": (units, symbols),
        "d": (symbols,),
    }


def save(path: Path, network: "Network", alphabet: Alphabet, passes: float) -> None:
    """Write a checkpoint; the same network gives the same bytes."""
    about = {"kind": network.kind, "alphabet": alphabet.symbols, "passes": passes}
    arrays = {name: array.astype(np.float16) for name, array in network.arrays().items()}
    weights.write(path, {**arrays, "about": np.array(json.dumps(about))})


def load(name: str, folder: Path = FOLDER) -> Checkpoint:
    """Read `<name>.npz`.

    Raises:
        CheckpointError: it is not there, damaged, or its parts do not fit together.
    """
    path, remedy = folder / f"{name}.npz", "put the original file back"
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {key: file[key] for key in file.files}
        about = json.loads(str(arrays.pop("about")))
        found = Checkpoint(about["kind"], arrays, Alphabet(about["alphabet"]), about["passes"])
        expected = shapes(found.kind, len(found.alphabet), len(arrays["V"]))
    except FileNotFoundError:
        known = ", ".join(sorted(file.stem for file in folder.glob("*.npz"))) or "none"
        raise CheckpointError(f"there is no {path}; there are: {known}") from None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise CheckpointError(f"{path} is damaged ({error}); {remedy}") from None
    if {name: array.shape for name, array in arrays.items()} != expected:
        raise CheckpointError(
            f"{path}: the weights do not fit the {len(found.alphabet)} symbols of its alphabet; "
            f"{remedy}"
        )
    if not all(np.isfinite(array).all() for array in arrays.values()):
        raise CheckpointError(f"{path} has values that are not finite; {remedy}")
    return found
