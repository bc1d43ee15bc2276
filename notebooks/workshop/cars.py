"""The cars of lesson 5: twenty in two classes, and seven of no class.

The photos were chosen for the workshop of 2016 and are published at Flickr, under Creative
Commons licences of which some are non-commercial; the number in a file's name is the photo's.
"""

import re
from pathlib import Path

import numpy as np

from .data import DataError, data_folder
from .folders import SIDE, Pictures, examine, printable

CROPS, UNSEEN = 10, (4, 3)  # of each photo: for the classes, and of no class


def load_cars(folder: Path | None = None) -> Pictures:
    """Load the cars.

    Args:
        folder: holds `images/cars/`; `data_folder()` unless given.

    Returns:
        The pictures; a labelled stand-in, announced in a printed line, when they are not there or
        too few.

    Raises:
        DataError: a photo is there, but damaged.
    """
    folder = (folder or data_folder()) / "images" / "cars"
    if not folder.is_dir():
        return _announced(f"{printable(folder)} is not there")
    report = examine(folder)
    for finding in report.findings:
        if not finding.stops:
            raise DataError(f"{finding.text}; put the original file back")
    return _announced(report.faults[0].text) if report.faults else report.pictures


def flickr_number(name: str) -> str:
    """The number of a photo at Flickr, from its file's name; '' if there is none."""
    match = re.search(r"\d{8,}", name)
    return match[0] if match else ""


def _announced(reason: str) -> Pictures:
    pictures = _standin(reason)
    print(f"STAND-IN: {pictures.standin}")
    return pictures


def _standin(reason: str) -> Pictures:
    """Crops of the two photos that come with scikit-learn, as if they were two kinds of cars."""
    from sklearn.datasets import load_sample_image  # only here: it takes longer than the cars

    rng = np.random.RandomState(0)
    known, unseen, names, unseen_names = [], [], [], []
    for name, extra in zip(("china", "flower"), UNSEEN, strict=True):
        photo = load_sample_image(f"{name}.jpg")
        corners = [rng.randint(0, size - SIDE, CROPS + extra) for size in photo.shape[:2]]
        crops = [photo[y : y + SIDE, x : x + SIDE] for y, x in zip(*corners, strict=True)]
        known += crops[:CROPS]
        unseen += crops[CROPS:]
        names += [f"{name} {number}" for number in range(1, CROPS + 1)]
        unseen_names += [f"{name} {number}" for number in range(CROPS + 1, len(crops) + 1)]
    return Pictures(
        classes=["china", "flower"],
        images=np.stack(known),
        labels=np.repeat([0, 1], CROPS),
        names=names,
        unseen=np.stack(unseen),
        unseen_names=unseen_names,
        standin="these are no cars, but crops of scikit-learn's photos china.jpg and flower.jpg, "
        f"because {reason}; figures and answers differ from what the text says",
    )
