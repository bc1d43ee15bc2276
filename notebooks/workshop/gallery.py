"""The photos that ship with the lessons about pretrained networks, and what is on them.

What is right was decided by looking at the photos, before any network was asked: the classes
of ImageNet that name the subject, or what a person would call it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from PIL import Image

from .data import data_folder
from .photos import read_photo

SCIKIT_LEARN = "scikit-learn"  # a file that comes with it, and not with the lessons' data


@dataclass(frozen=True)
class Shipped:
    """A photo that ships.

    Attributes:
        name: what a person says is on it.
        file: path in the folder of the data, or 'scikit-learn' and the file's name there.
        credit: who made it, and its terms.
        right: ImageNet's classes for it, their names by their numbers; none where it has none.
    """

    name: str
    file: str
    credit: str
    right: Mapping[int, str] = field(default_factory=dict)

    def path(self, folder: Path | None = None) -> Path:
        """Where the file is, there or not.

        Args:
            folder: of the data; `data_folder()` unless given.
        """
        place, _, name = self.file.partition("/")
        if place != SCIKIT_LEARN:
            return (folder or data_folder()) / self.file
        package = find_spec("sklearn")  # importing it would take a second
        home = Path(package.origin).parent if package else Path(place)
        return home / "datasets" / "images" / name

    def read(self, folder: Path | None = None) -> Image.Image:
        """The photo; arguments as for `path`, errors as of `photos.read_photo`."""
        return read_photo(self.path(folder))


def _car(name: str, file: str, right: Mapping[int, str]) -> Shipped:
    number = Path(file).stem.removeprefix("classic-").partition("_")[0]
    credit = f"photo {number} at Flickr, Creative Commons (see its page there)"
    return Shipped(name, f"images/cars/{file}", credit, right)


CATS = {281: "tabby", 282: "tiger cat", 283: "Persian cat", 284: "Siamese cat", 285: "Egyptian cat"}
ESPRESSO = 967
BUILDINGS = {663: "monastery", 698: "palace"}
CONVERTIBLE, SPORTS_CAR = {511: "convertible"}, {817: "sports car"}

#: Ten photos of things that ImageNet has a name for.
TEN = (
    Shipped(
        "a spotted tabby cat",
        "images/photos/cat.png",
        "Chelsea by Stéfan van der Walt, CC0, from scikit-image",
        {number: CATS[number] for number in (281, 282, 285)},
    ),
    Shipped(
        "a cup of coffee",
        "images/photos/coffee.png",
        "Rachel Michetti, Pikolo Espresso Bar, CC0, from scikit-image",
        {ESPRESSO: "espresso", 968: "cup"},
    ),
    Shipped(
        "the Summer Palace",
        f"{SCIKIT_LEARN}/china.jpg",
        "danielbuechele at Flickr, CC BY 2.0, from scikit-learn",
        BUILDINGS,
    ),
    Shipped(
        "a rocket",
        "images/photos/rocket.jpg",
        "SpaceX, public domain, from scikit-image",
        {657: "missile", 744: "projectile"},
    ),
    _car("a sports car", "15047201644_e388398108_m.jpg", SPORTS_CAR),
    _car("an open car", "8847428500_6e6cfb5380_c.jpg", CONVERTIBLE),
    _car("a pickup", "Classic/classic-5163699589_b77d3e1e27_z.jpg", {717: "pickup"}),
    _car(
        "a car with a chrome grille",
        "Classic/classic-15007885228_548afcc330_z.jpg",
        {581: "grille"},
    ),
    _car(
        "an open racing car of 1952",
        "16215614102_30e4497ac5_c.jpg",
        {751: "racer", **SPORTS_CAR, **CONVERTIBLE},
    ),
    _car(
        "a Thunderbird with its top down",
        "Classic/classic-14649497960_0a321e69ec_z.jpg",
        CONVERTIBLE,
    ),
)

#: Four whose subject none of the 1,000 classes names.
NAMELESS = (
    Shipped(
        "a motorcycle",
        "images/photos/motorcycle.png",
        "D. Scharstein et al., Middlebury stereo data of 2014, from scikit-image",
    ),
    Shipped(
        "a dahlia",
        f"{SCIKIT_LEARN}/flower.jpg",
        "vultilion at Flickr, CC BY 2.0, from scikit-learn",
    ),
    Shipped(
        "a town by a river",
        "images/tuebingen-neckarfront.jpg",
        "the Neckarfront of Tübingen, from neural-style",
    ),
    Shipped(
        "a painting",
        "images/starry-night.jpg",
        "Vincent van Gogh, The Starry Night (1889), public domain",
    ),
)


def present(photos: Sequence[Shipped], folder: Path | None = None) -> list[Shipped]:
    """Those whose files are there: a build without the internet may lack some."""
    return [photo for photo in photos if photo.path(folder).exists()]
