"""Instructions for attendees: a page with pictures, and a sheet of paper as PDF, by Chromium."""

import base64
import math
from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from playwright.sync_api import Browser, Page

import preflight

from ..description import Description
from ..errors import BuildError
from ..paths import PROJECT
from ..slides import count, dated
from .contents import START, VM, Goods
from .installers import ENDINGS, FOLDER, README
from .medium import in_words

PICTURES = PROJECT / "docs" / "images"
SHOWN = ("virtualbox-menu", "virtualbox-import", "virtualbox-settings", "virtualbox-start")
SHOWN += ("landing",)
SHEETS = {"START-HERE-A4.pdf": "A4", "START-HERE-Letter.pdf": "Letter"}
SCALES = (1.0, 0.95, 0.9, 0.85, 0.8)  # of the letters, 9.6 points
VIRTUALBOX_GB = 1  # what an installed VirtualBox takes on the disk
WORK_GB = 3  # for what attendees make in the machine


def write_pages(
    folder: Path,
    description: Description,
    goods: Mapping[str, Goods],
    installers: Mapping[str, str],
) -> dict[str, Path]:
    """Write what is read on a screen; returns the files by their names on the stick.

    Args:
        installers: file name by system.
    """
    words = _words(description, goods, installers)
    pictures = {name: _data_uri(PICTURES / f"{name}.png") for name in SHOWN}
    page = _render("start.html.j2", "start.css", words | {"pictures": pictures})
    note = _render("installers.txt.j2", None, words)
    found = {START: folder / START, f"{FOLDER}/{README}": folder / README}
    for path, text in zip(found.values(), (page, note), strict=True):
        path.write_text(text, encoding="utf-8")
    return found


def sheet(description: Description, goods: Mapping[str, Goods]) -> str:
    """What is printed, as HTML."""
    words = _words(description, goods, {}) | {"pictures": {}}
    return _render("sheet.html.j2", "sheet.css", words)


def print_sheets(
    browser: Browser,
    folder: Path,
    description: Description,
    goods: Mapping[str, Goods],
) -> dict[str, Path]:
    """Print the sheet in both sizes of paper; returns the files by their names on the stick.

    The same words and the same Chromium give the same bytes.

    Raises:
        BuildError: it does not fit on one page.
    """
    found = {}
    with browser.new_context(offline=True) as context:
        page = context.new_page()
        page.set_content(sheet(description, goods))
        for name, paper in SHEETS.items():
            found[name] = folder / name
            found[name].write_bytes(dated(_on_one_page(page, paper), description.date))
    return found


def _on_one_page(page: Page, paper: str) -> bytes:
    """Print it as large as fits: names differ in length, and computers have other fonts."""
    for scale in SCALES:
        printed = page.pdf(format=paper, scale=scale, print_background=True, tagged=True)
        if count(printed) == 1:
            return printed
    raise BuildError(
        f"the attendee's sheet does not fit on one page of {paper}; shorten `title` or `name` in "
        "appliance.yml"
    )


def _words(
    description: Description, goods: Mapping[str, Goods], installers: Mapping[str, str]
) -> dict:
    ova = goods[VM].main
    unpacked = ova.size * preflight.TIMES / 10**9
    return {
        "appliance": description,
        "address": f"http://localhost:{description.ports.jupyter.host}/",
        "ova": ova.name,
        "size": in_words(ova.size),
        "memory_gb": math.ceil((description.machine.memory_mb + preflight.ROOM_MB) / 1024),
        "room_gb": math.ceil(unpacked + VIRTUALBOX_GB + WORK_GB),
        "standins": any(each.has_standins for each in goods.values()),
        "systems": ENDINGS,
        "installers": installers,
        "images": {form: each.main.name for form, each in goods.items() if form != VM},
        "start": START,
        "sheets": list(SHEETS),
    }


def _render(template: str, style: str | None, words: dict) -> str:
    loader = PackageLoader("appliance_build", "stick/templates")
    templates = Environment(
        loader=loader,
        undefined=StrictUndefined,
        autoescape=lambda name: not name.endswith(".txt.j2"),
        keep_trailing_newline=True,
    )
    if style:
        source, _, _ = loader.get_source(templates, style)
        words = words | {"style": source}
    return templates.get_template(template).render(words)


def _data_uri(picture: Path) -> str:
    return f"data:image/png;base64,{base64.b64encode(picture.read_bytes()).decode()}"
