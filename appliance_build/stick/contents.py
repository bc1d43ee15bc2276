"""What a stick shall have: files of build/, programs, instructions, installers, the list of all."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..build import CHECKERS
from ..description import Description
from ..errors import BuildError
from ..image.compose import TEMPLATES
from ..papers import sums
from ..paths import BUILD
from ..product import ENDINGS, Product
from .copying import Item

VM = "vm"
PAPERS, IMAGES = "papers", "docker"
START = "START-HERE.html"
STANDINS = "-standins"


@dataclass(frozen=True)
class Goods:
    """What build/ has of one form, checked against its own checksum.

    Attributes:
        main: the OVA, or the archive of an image.
        beside: what belongs to it.
    """

    form: str
    main: Item
    beside: list[Item]

    @property
    def has_standins(self) -> bool:
        return STANDINS in self.main.name


def goods(form: str) -> Goods:
    """The files of a form in build/.

    Raises:
        BuildError: there are none, or they are not as they were built.
    """
    product = Product.in_build(form)
    make = "ova" if form == VM else "docker"
    if product is None:
        what = "OVA" if form == VM else f"Docker image {form}"
        raise BuildError(f"there is no {what} in {BUILD}; build it first with `make {make}`")
    try:
        folder = "" if form == VM else f"{IMAGES}/"
        main = Item.of(folder + product.path.name, product.path)
        if main.sha256 != product.sha256():
            raise BuildError(
                f"{product.path} is damaged: its SHA-256 is not that of {product.checksum.name}; "
                f"build it again with `make {make}`"
            )
        beside = [Item.of(folder + product.checksum.name, product.checksum)]
        beside += [Item.of(f"{PAPERS}/{path.name}", path) for path in product.papers]
        if form != VM:
            beside += [Item.of(f"{IMAGES}/{t.stem}", BUILD / t.stem) for t in TEMPLATES]
    except OSError as error:
        raise BuildError(
            f"{error.filename} cannot be read ({error.strerror}); build again with `make {make}`"
        ) from None
    return Goods(form, main, beside)


def programs() -> list[Item]:
    """What people check a stick and a computer with."""
    return [Item.of(path.name, path) for path in CHECKERS]


def listed(
    items: Iterable[Item], others: Mapping[str, str], key: Path | None, folder: Path
) -> list[Item]:
    """The list of checksums as `verify.py` reads it, and its signature if there is a key.

    Args:
        items: what is to be copied.
        others: SHA-256 by name of what is on the stick already and belongs there.
        folder: where to write both.
    """
    digests = {**others, **{item.name: item.sha256 for item in items}}
    sums.write_list(folder, digests, key)
    names = [sums.SUMS, f"{sums.SUMS}.sig"]
    return [Item.of(name, folder / name) for name in names if (folder / name).exists()]


def ours(description: Description, forms: Sequence[str] = tuple(ENDINGS)) -> re.Pattern[str]:
    """Names on a stick that this command gives to files of some forms, in whatever version."""
    name = re.escape(description.name)
    version = r"\d+\.\d+\.\d+(-[0-9a-z.]+)?"
    alternatives = []
    for form in forms:
        kind, ending = map(re.escape, ENDINGS[form])
        main = rf"{name}-{version}{kind}(-standins)?(-unlocked)?{ending}"
        folder = "" if form == VM else f"{IMAGES}/"
        alternatives.append(rf"{folder}{main}(\.sha256)?")
        alternatives.append(rf"{PAPERS}/{main}\.(spdx|provenance)\.json")
    return re.compile("|".join(alternatives))
