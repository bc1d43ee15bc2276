"""What each stick gets, and filling all at the same time."""

import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from rich.markup import escape

from ..description import Description
from ..errors import BuildError
from ..papers.sums import SUMS
from ..progress import console, elapsed, fail, warn
from . import contents, filling, installers, instructions
from .contents import VM, Goods
from .copying import Item, Stopped
from .filling import Filled
from .medium import Medium, in_words
from .showing import ShownPace, shown


@dataclass(frozen=True)
class Order:
    """What is the same for all sticks.

    Attributes:
        goods: files of build/ by form, those too that only some of the sticks have.
        forms: what every stick gets.
        sheets: the printed instructions by name.
        collected: installers to copy, with their list.
        key: that signs the list of checksums.
        work: folder for what is written for each stick.
    """

    description: Description
    goods: Mapping[str, Goods]
    forms: Sequence[str]
    sheets: Mapping[str, Path]
    collected: Sequence[Item]
    key: Path | None
    work: Path


def images_on(medium: Medium, description: Description) -> list[str]:
    """Forms of images that a stick has, in whatever version.

    Raises:
        BuildError: it cannot be read.
    """
    folder = medium.root / contents.IMAGES
    try:
        found = sorted(folder.iterdir()) if folder.is_dir() else []
    except OSError as error:
        raise medium.refusal(error) from None
    names = [f"{contents.IMAGES}/{path.name}" for path in found]
    forms = [form for form in contents.ENDINGS if form != VM]
    patterns = {form: contents.ours(description, [form]) for form in forms}
    return [form for form in forms if any(map(patterns[form].fullmatch, names))]


def fill_all(order: Order, media: Sequence[Medium]) -> bool:
    """Fill them side by side; one that fails does not hold up the others. Whether all went well.

    Ctrl-C ends them between two blocks; what was written stays, and the next run goes on there.
    """
    stop = threading.Event()
    with shown(), ThreadPoolExecutor(len(media)) as lanes:
        running = [lanes.submit(_one, order, medium, stop) for medium in media]
        try:
            went_well = [future.result() for future in as_completed(running)]
        except BaseException:
            stop.set()
            raise
    return all(went_well)


def _one(order: Order, medium: Medium, stop: threading.Event) -> bool:
    """Fill a stick and say how it went; whether it went well."""
    start = time.monotonic()
    pace = ShownPace(medium.root)
    try:
        forms = _forms(order, medium)
        items, damaged = _items(order, medium, forms, pace)
        outdated = contents.ours(order.description, forms)
        done = filling.fill(medium, items, outdated, pace, stop.is_set)
    except BuildError as error:
        fail(str(error))
        return False
    except Stopped:
        return False
    finally:
        pace.end()
    _report(medium, done, items, time.monotonic() - start)
    for name in damaged:
        fail(
            f"{medium.root / installers.FOLDER / name} is not as VirtualBox published it; "
            "download it again"
        )
    return not damaged


def _forms(order: Order, medium: Medium) -> list[str]:
    """What is asked for, and the images that the stick has from before, to be kept up to date."""
    had = [form for form in images_on(medium, order.description) if form not in order.forms]
    for form in had:
        if form not in order.goods:
            warn(
                f"{medium.root} has a Docker image ({form}) from before and build/ has none: it "
                f"stays as it is, and {SUMS} no longer lists it"
            )
    return [*order.forms, *(form for form in had if form in order.goods)]


def _items(
    order: Order, medium: Medium, forms: Sequence[str], pace: ShownPace
) -> tuple[list[Item], list[str]]:
    """What the stick shall have, the list of it last; and damaged installers that it has."""
    work = order.work / str(medium.number)
    work.mkdir()
    goods = {form: order.goods[form] for form in forms}
    items = [each.main for each in goods.values()]
    items += order.collected
    items += [item for each in goods.values() for item in each.beside]
    try:
        there, found = _installers_on(medium, order.collected, pace)
    except OSError as error:
        raise medium.refusal(error) from None
    names = [Path(name).name for name in (*there, *(item.name for item in order.collected))]
    pages = instructions.write_pages(work, order.description, goods, installers.by_system(names))
    items += [Item.of(name, path) for name, path in {**pages, **order.sheets}.items()]
    items += contents.programs()
    unique = list({item.name: item for item in items}.values())  # both images have compose.yml
    return [*unique, *contents.listed(unique, there, order.key, work)], found.damaged


def _installers_on(
    medium: Medium, collected: Sequence[Item], pace: ShownPace
) -> tuple[dict[str, str], installers.Found]:
    """SHA-256 by name of installers that are on the stick already and as published."""
    folder = medium.root / installers.FOLDER
    own = {item.name: item for item in collected}
    sums = f"{installers.FOLDER}/{SUMS}"
    published = installers.published(own[sums].source if own else medium.root / sums)
    copied = {Path(name).name for name in own}
    found = installers.look(folder, published, copied, pace.read)
    if found.unknown:
        reason = f"not in {sums}" if published else f"there is no {sums}"
        names = ", ".join(found.unknown)
        warn(f"{folder}: nobody can tell whether these are whole ({reason}): {names}")
    known = installers.by_system({*found.whole, *copied})
    missing = [system for system in installers.SYSTEMS if system not in known]
    if missing:
        warn(f"{folder} has no installer for {', '.join(missing)}; see {installers.README} there")
    there = {f"{installers.FOLDER}/{name}": digest for name, digest in found.whole.items()}
    if published and not own:
        there[sums] = Item.of(sums, medium.root / sums).sha256
    return there, found


def _report(medium: Medium, done: Filled, items: Sequence[Item], seconds: float) -> None:
    """What was done, and that it is all on the stick."""
    size = in_words(sum(item.size for item in items))
    if done.written:
        noun = "file" if len(done.written) == 1 else "files"
        what = f"{len(done.written)} {noun} written, {len(done.kept)} right already"
    else:
        what = f"all {len(done.kept)} files right already, nothing written"
    console.print(
        f"[green]✓[/] {escape(str(medium.root))}: {what}; {size} read back from it: "
        f"safe to eject and unplug  [dim]{elapsed(seconds)}[/]"
    )
    if done.removed:
        console.print(f"   {escape(str(medium.root))}: removed {', '.join(done.removed)}")
