"""The photos and paintings that lesson 6 starts from, by the names of their files."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from PIL import Image

from .data import data_folder
from .photos import PhotoError, read_photo

OWN = Path("my-photos")  # beside the notebook
# What ships, and which photo of scikit-learn stands in for it.
SHIPPED = {
    "sky.jpg": "china.jpg",
    "tuebingen-neckarfront.jpg": "china.jpg",
    "starry-night.jpg": "flower.jpg",
}
SCIKIT_LEARN = ("china.jpg", "flower.jpg")


@dataclass(frozen=True)
class Motif:
    """A picture. `standin` says why it is not the one that was asked for, else ''."""

    picture: Image.Image
    standin: str = ""


def load_motif(name: str, folder: Path | None = None) -> Motif:
    """Load a picture: from `my-photos`, from the lessons' data, or from scikit-learn.

    Args:
        name: of a file in one of these.
        folder: of the data, with `images/`; `data_folder()` unless given.

    Returns:
        The picture; a stand-in if it ships and is absent.

    Raises:
        PhotoError: there is no such picture, or it cannot be read.
    """
    places = [OWN / name]
    if name in SHIPPED:
        places.append((folder or data_folder()) / "images" / name)
    if name in SCIKIT_LEARN:
        places.append(_scikit_learn(name))
    for path in places:
        if path.exists():
            return Motif(read_photo(path))
    if name in SHIPPED:
        other = SHIPPED[name]
        return Motif(
            read_photo(_scikit_learn(other)),
            standin=f"{other} of scikit-learn stands in for {name}, because {places[-1]} is not "
            "there; pictures look different from what the text says",
        )
    known = ", ".join((*SHIPPED, *SCIKIT_LEARN))
    raise PhotoError(
        f"{name} is not in {OWN.resolve()}; put it there, or take one that ships: {known}"
    )


def _scikit_learn(name: str) -> Path:
    package = find_spec("sklearn")  # importing it would take a second
    home = Path(package.origin).parent if package else Path("scikit-learn")
    return home / "datasets" / "images" / name
