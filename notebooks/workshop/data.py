"""The data sets of the lessons, read from disk; nothing is ever downloaded.

Source of MNIST: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten
digits"; the stand-in is the test part of E. Alpaydin and C. Kaynak, "Optical recognition
of handwritten digits" (UCI, 1998), as scikit-learn ships it.
"""

import gzip
import os
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .errors import WorkshopError

DEFAULT_FOLDER = "/usr/share/workshop/data"
VALIDATION = 10_000  # the last digits of MNIST's training files
SIDE = 28
# name: (file, shape)
MNIST = {
    "train images": ("train-images-idx3-ubyte.gz", (60_000, SIDE, SIDE)),
    "train labels": ("train-labels-idx1-ubyte.gz", (60_000,)),
    "test images": ("t10k-images-idx3-ubyte.gz", (10_000, SIDE, SIDE)),
    "test labels": ("t10k-labels-idx1-ubyte.gz", (10_000,)),
}


class DataError(WorkshopError):
    """A data file is not what it should be."""


@dataclass(frozen=True)
class Part:
    """Digits with their labels.

    images: (n, 28, 28) float32, 0 is paper and 1 is ink.
    labels: (n,) int32, 0 to 9.
    """

    images: np.ndarray
    labels: np.ndarray

    @property
    def rows(self) -> np.ndarray:
        """The same pixels as (n, 784), one digit in each row; a view, not a copy."""
        return self.images.reshape(len(self.images), -1)

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Digits:
    """Three parts that share no digit. `standin` says why these are not MNIST, else ''."""

    train: Part
    validation: Part
    test: Part
    standin: str = ""

    @property
    def is_standin(self) -> bool:
        """True when these digits stand in for MNIST."""
        return bool(self.standin)


def data_folder() -> Path:
    """Where the data files are: `WORKSHOP_DATA`, or the appliance's folder."""
    return Path(os.environ.get("WORKSHOP_DATA") or DEFAULT_FOLDER).expanduser()


def load_mnist(folder: Path | None = None) -> Digits:
    """Load MNIST as 50,000 training, 10,000 validation and 10,000 test digits.

    Args:
        folder: holds `mnist/*.gz`; `data_folder()` unless given.

    Returns:
        The digits; a labelled stand-in, announced in a printed line, when a file is absent.

    Raises:
        DataError: a file is there, but damaged or not the one that its name promises.
    """
    folder = (folder or data_folder()) / "mnist"
    absent = [name for name, _ in MNIST.values() if not (folder / name).exists()]
    if absent:
        digits = _standin(f"{', '.join(absent)} not found in {folder}")
        print(f"STAND-IN: {digits.standin}")
        return digits
    part = {key: read_idx(folder / name, shape) for key, (name, shape) in MNIST.items()}
    for key in ("train labels", "test labels"):
        if part[key].max() > 9:
            raise DataError(
                f"{folder / MNIST[key][0]} has a label {part[key].max()}, but digits go from 0 "
                "to 9; put the original file back"
            )
    cut = MNIST["train labels"][1][0] - VALIDATION
    return Digits(
        train=_part(part["train images"][:cut], part["train labels"][:cut]),
        validation=_part(part["train images"][cut:], part["train labels"][cut:]),
        test=_part(part["test images"], part["test labels"]),
    )


def read_idx(path: Path, shape: tuple[int, ...]) -> np.ndarray:
    """Read a gzipped IDX file of bytes, LeCun's format, that must have this shape.

    The header is two zero bytes, the type (8: unsigned byte), the number of dimensions,
    then each dimension as a big-endian 32-bit integer.

    Returns:
        The uint8 array of that shape.

    Raises:
        DataError: unreadable, damaged, another format, another shape, too short or too long.
    """
    remedy = "put the original file back"
    try:
        content = gzip.decompress(path.read_bytes())
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"{path} is cut short or damaged ({error}); {remedy}") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}; {remedy}") from None
    header = 4 + 4 * len(shape)
    magic = bytes([0, 0, 8, len(shape)])
    if content[:4] != magic:
        raise DataError(
            f"{path} starts with {content[:4].hex() or 'nothing'} where an IDX file of "
            f"{len(shape)}-dimensional bytes starts with {magic.hex()}; {remedy}"
        )
    if len(content) < header:
        raise DataError(f"{path} ends within its header; {remedy}")
    found = tuple(np.frombuffer(content[4:header], ">u4").tolist())
    if found != shape:
        raise DataError(f"{path} promises {_times(found)} bytes, not {_times(shape)}; {remedy}")
    size = len(content) - header
    if size != np.prod(shape):
        raise DataError(f"{path} promises {_times(shape)} bytes and holds {size}; {remedy}")
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape)


def _times(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))


def _part(images: np.ndarray, labels: np.ndarray) -> Part:
    scaled = images.astype(np.float32)
    scaled /= 255
    return Part(scaled, labels.astype(np.int32))


def _standin(reason: str) -> Digits:
    """1,797 real digits of 8x8 pixels, enlarged like MNIST's: 20x20 centred in 28x28."""
    from scipy.ndimage import zoom  # only here: these imports take longer than loading MNIST
    from sklearn.datasets import load_digits

    small = load_digits()
    images = np.zeros((len(small.images), SIDE, SIDE), np.float32)
    images[:, 4:24, 4:24] = zoom(small.images / 16, (1, 2.5, 2.5), order=1)
    labels = small.target.astype(np.int32)
    order = np.random.RandomState(0).permutation(len(labels))  # the file is sorted by writer
    train, validation, test = (Part(images[i], labels[i]) for i in np.split(order, [1197, 1497]))
    return Digits(
        train,
        validation,
        test,
        standin=f"these are not the MNIST digits, but {len(labels):,} smaller ones from "
        f"scikit-learn, because {reason}; figures differ from what the text says",
    )
