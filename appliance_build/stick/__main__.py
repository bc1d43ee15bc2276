"""`make stick`: fills USB sticks, several at a time: `python3 -m appliance_build.stick --help`."""

import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from .. import cli, slides
from .. import description as descriptions
from ..errors import BuildError
from ..papers import sums
from ..product import Product
from ..progress import console, warn
from . import contents, installers, instructions, jobs
from .contents import VM, Goods
from .medium import Medium, in_words

app = cli.application("Fill USB sticks, or folders, with what is handed out.")


class Image(StrEnum):
    """Which Docker images go along."""

    NONE = "none"
    CPU = "cpu"
    CUDA = "cuda"
    BOTH = "both"


FORMS = {Image.NONE: [], Image.CPU: ["cpu"], Image.CUDA: ["cuda"], Image.BOTH: ["cuda", "cpu"]}


@app.command()
def stick(
    folders: Annotated[list[Path], typer.Argument(help="where the sticks are mounted")],
    image: Annotated[Image, typer.Option(help="Docker images to take along")] = Image.NONE,
    collection: Annotated[
        Path | None,
        typer.Option("--installers", help="folder with VirtualBox's installers and SHA256SUMS"),
    ] = None,
    allow_standins: Annotated[
        bool, typer.Option("--allow-standins", help="for trying out, not for a workshop")
    ] = False,
) -> None:
    """Fill them all at the same time, read all back, and say so."""
    description = descriptions.load()
    key = sums.signing_key()
    media = look_at(folders)
    forms = [VM, *FORMS[image]]
    had = {form for medium in media for form in jobs.images_on(medium, description)}
    goods = taken({*forms, *(form for form in had if Product.in_build(form))}, allow_standins)
    collected = installers.collected(collection) if collection else []
    with TemporaryDirectory(prefix="stick-") as name:
        work = Path(name)
        with slides.chromium() as browser:
            sheets = instructions.print_sheets(browser, work, description, goods)
        order = jobs.Order(description, goods, forms, sheets, collected, key, work)
        if not jobs.fill_all(order, media):
            raise typer.Exit(1)


def look_at(folders: Sequence[Path]) -> list[Medium]:
    """The sticks, each once.

    Raises:
        BuildError: one cannot be used, or is named twice.
    """
    media: dict[tuple[int, int], Medium] = {}
    for number, folder in enumerate(folders):
        medium = Medium.at(folder.expanduser(), number)
        status = medium.root.stat()
        known = media.setdefault((status.st_dev, status.st_ino), medium)
        if known is not medium:
            raise BuildError(f"{folder} and {known.root} are the same folder; name each stick once")
        if medium.is_on_this_computers_disk:
            warn(f"{folder} is on this computer's own disk: no stick is mounted there")
    return list(media.values())


def taken(forms: set[str], allow_standins: bool) -> dict[str, Goods]:
    """What build/ has of some forms, the OVA first.

    Raises:
        BuildError: something is missing, damaged or made with stand-ins.
    """
    goods = {form: contents.goods(form) for form in contents.ENDINGS if form in forms}
    for each in goods.values():
        path = each.main.source
        if each.has_standins and not allow_standins:
            raise BuildError(
                f"{path.name} was built with stand-ins for data that could not be had, and is not "
                "for a workshop; `make release` builds without, or ALLOW_STANDINS=1 takes it"
            )
        console.print(f"   {path.name}  {in_words(each.main.size)}")
        if each.has_standins:
            warn(f"{path.name} has stand-ins: the instructions on the stick say so")
    return goods


if __name__ == "__main__":
    sys.exit(cli.main(app))
