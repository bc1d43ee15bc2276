"""The documents' pictures of our pages: taken anew, or compared with what a page shows now."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import Browser, BrowserContext, Page

from appliance_build.paths import PROJECT

TAKE = "WORKSHOP_PICTURES"  # set: take them anew
FOLDER = PROJECT / "docs" / "images"
SIZE = {"width": 1200, "height": 750}  # of the window
LARGEST = 100_000  # bytes
THUMBNAIL = (96, 60)  # in which fonts of another machine make no difference
ALIKE = 6  # levels out of 255, on average: a line more above gives 8


#: Park and Miller's numbers, in the place of random ones.
NO_CHANCE = "let last = 1; Math.random = () => (last = (last * 16807) % 2147483647) / 2147483647"


@contextmanager
def still(chromium: Browser) -> Iterator[BrowserContext]:
    """A window that shows the same each time: no motion, no chance, always light."""
    with chromium.new_context(
        viewport=SIZE,
        color_scheme="light",
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="UTC",
    ) as context:
        context.add_init_script(NO_CHANCE)
        yield context


def picture(name: str) -> Path:
    """The file of a picture."""
    return FOLDER / f"{name}.webp"


def keep(page: Page, name: str) -> None:
    """What a page shows is the documents' picture of that name, or becomes it."""
    shot = page.screenshot(animations="disabled", caret="hide")
    shown = Image.open(io.BytesIO(shot)).convert("RGB")
    file = picture(name)
    if os.environ.get(TAKE):
        shown.save(file, "WEBP", quality=80, method=6)
    assert file.is_file(), f"{file} is missing: make docs-pictures"
    assert file.stat().st_size < LARGEST
    with Image.open(file) as kept:
        off = distance(shown, kept.convert("RGB"))
    assert off < ALIKE, f"{file.name} is {off:.0f} levels from the page: make docs-pictures"


def distance(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of two pictures of one size, made small; in levels."""
    assert one.size == other.size
    small = (each.convert("L").resize(THUMBNAIL, Image.Resampling.BOX) for each in (one, other))
    return ImageStat.Stat(ImageChops.difference(*small)).mean[0]
