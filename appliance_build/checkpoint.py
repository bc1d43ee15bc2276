"""Reads PyTorch's checkpoints without PyTorch, and without running what they contain.

A checkpoint is a ZIP archive: `<name>/data.pkl` is a pickle of a dictionary whose tensors refer
to the files `<name>/data/<key>`, the plain numbers. A pickle may name any function and so run
anything; this reader knows the five names that a checkpoint of weights needs, and refuses every
other. Source: `torch/serialization.py` of PyTorch.
"""

import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path

import numpy as np

from .errors import BuildError

DTYPES = {
    ("torch", "FloatStorage"): np.dtype("<f4"),
    ("torch", "LongStorage"): np.dtype("<i8"),  # how many batches a normalisation has seen
}


def read(path: Path) -> dict[str, np.ndarray]:
    """The tensors of a checkpoint by name.

    Raises:
        BuildError: it is damaged, in the format before PyTorch 1.6, or names what no weights need.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            [content] = [name for name in archive.namelist() if name.endswith("/data.pkl")]
            folder = content.removesuffix("data.pkl")
            with archive.open(content) as file:
                found = _Unpickler(file, archive, f"{folder}data/").load()
    except pickle.UnpicklingError as error:
        raise BuildError(f"{path} is refused: {error}") from None
    except Exception as error:  # a damaged pickle raises whatever it stumbles over
        raise BuildError(f"{path} is no whole checkpoint of PyTorch ({error})") from None
    if not isinstance(found, dict) or not all(isinstance(a, np.ndarray) for a in found.values()):
        raise BuildError(f"{path} is refused: it is no dictionary of tensors")
    return found


class _Unpickler(pickle.Unpickler):
    """Makes NumPy arrays where PyTorch makes tensors."""

    def __init__(self, file, archive: zipfile.ZipFile, folder: str) -> None:
        super().__init__(file)
        self.archive, self.folder = archive, folder

    def find_class(self, module: str, name: str) -> object:
        if (module, name) in DTYPES:
            return DTYPES[module, name]
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _tensor
        if (module, name) == ("torch._utils", "_rebuild_parameter"):
            return lambda tensor, *_: tensor
        raise pickle.UnpicklingError(f"it names {module}.{name}, which weights do not need")

    def persistent_load(self, pid: tuple) -> np.ndarray:
        _, dtype, key, _, count = pid
        numbers = np.frombuffer(self.archive.read(f"{self.folder}{key}"), dtype)
        if len(numbers) != count:
            raise ValueError(f"storage {key} has {len(numbers)} numbers instead of {count}")
        return numbers


def _tensor(numbers: np.ndarray, offset: int, shape: tuple, strides: tuple, *_) -> np.ndarray:
    """A copy of what the strides, in numbers, select."""
    last = offset + sum((size - 1) * stride for size, stride in zip(shape, strides, strict=True))
    if min(offset, *shape, *strides, 0) < 0 or (0 not in shape and last >= len(numbers)):
        raise ValueError("a tensor reaches beyond its storage")
    steps = [stride * numbers.itemsize for stride in strides]
    return np.lib.stride_tricks.as_strided(numbers[offset:], shape, steps).copy()
