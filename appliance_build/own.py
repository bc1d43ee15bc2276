"""What an organiser adds beside packages: lessons, pages, a logo. Where it lies, what is wrong.

All of it is below their folder, and named under `extra` in `appliance.yml`.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from .paths import NOTEBOOKS, PROJECT, WORKSHOP

if TYPE_CHECKING:
    from .description import Description, Extra

#: The lessons that come with the project.
OURS = NOTEBOOKS / "source"

#: A lesson's number and name. What else lies in the folder is none.
LESSON = re.compile(r"(\d+)-[A-Za-z0-9][A-Za-z0-9-]*")

#: In jupytext's percent format, or as Jupyter saves it.
FORMATS = (".py", ".ipynb")

#: A page's folder is a part of its address.
PAGE = re.compile(r"[A-Za-z0-9][\w-]*")

#: The first parts of addresses that the server answers itself: the workshop's own, and those of
#: Jupyter Server, JupyterLab and Notebook, of some all that begins so.
#: tests/image/test_addresses.py asks the server for them.
TAKEN = {"assets", "landing", "workshop"}
TAKEN |= set("api consoles custom doc files kernelspecs lab login logout lsp metrics".split())
TAKEN |= {"nbconvert", "static", "terminals", "view"}
TAKEN_FROM = ("edit", "notebooks", "tree")

Fault = tuple[tuple[str | int, ...], str]


def lessons(extra: "Extra", folder: Path = WORKSHOP) -> dict[str, Path]:
    """The organiser's lessons: the source of each by its name, in the order of their numbers."""
    found = [
        path
        for name in extra.lessons
        for path in sorted((folder / name).glob("*"))
        if path.suffix in FORMATS and LESSON.fullmatch(path.stem)
    ]
    return {path.stem: path for path in sorted(found, key=lambda path: _number(path.stem))}


def source(name: str, extra: "Extra") -> Path:
    """Where a lesson comes from, be it the organiser's or the project's."""
    return lessons(extra).get(name, OURS / f"{name}.py")


def pages(extra: "Extra", folder: Path = WORKSHOP) -> dict[str, Path]:
    """The folder of each page by the name that its address has."""
    return {Path(name).name: folder / name for name in extra.pages}


def is_taken(name: str) -> bool:
    """Whether a page of that name would hide, or be hidden by, what the server has there."""
    ours = {page.parent.name for page in (PROJECT / "web").glob("*/index.html")}
    return name in TAKEN | ours or name.startswith(TAKEN_FROM)


def completed(description: "Description", folder: Path) -> "Description":
    """The description with the organiser's lessons in the list, unless they are in it already."""
    added = [name for name in lessons(description.extra, folder) if name not in description.lessons]
    return description.model_copy(update={"lessons": [*description.lessons, *added]})


def faults(description: "Description", folder: Path) -> Iterator[Fault]:
    """What is wrong with what is added: the key, and a sentence."""
    yield from _lessons(description, folder)
    yield from _pages(description.extra, folder)
    logo = description.extra.logo
    if logo and not (folder / logo).is_file():
        yield ("extra", "logo"), f"there is no file {folder / logo}; correct the name"


def _lessons(description: "Description", folder: Path) -> Iterator[Fault]:
    known: dict[str, Path] = {}
    numbers = {_number(name): name for name in description.lessons}
    for index, part in enumerate(description.extra.lessons):
        key, place = ("extra", "lessons", index), folder / part
        found = lessons(description.extra.model_copy(update={"lessons": [part]}), folder)
        if not found:
            what = "has no lesson, such as 10-My-Lesson.py" if place.is_dir() else "is no folder"
            yield key, f"{place} {what}; docs/customise.md says what a lesson is"
        for name, path in found.items():
            if (OURS / f"{name}.py").exists() or name in known:
                other = known.get(name, OURS / f"{name}.py")
                yield key, f"{path} has the name of {other}; give it another"
            elif (other := numbers.setdefault(_number(name), name)) != name:
                yield key, f"{path} has the number of {other}; give it another, 10 or above"
            known[name] = path


def _number(name: str) -> int | str:
    match = LESSON.fullmatch(name)
    return int(match[1]) if match else name


def _pages(extra: "Extra", folder: Path) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, part in enumerate(extra.pages):
        key, place = ("extra", "pages", index), folder / part
        name = place.name
        if not (place / "index.html").is_file():
            yield key, f"{place} has no index.html; a page is a folder with one"
        if not PAGE.fullmatch(name):
            yield key, f"{name} would be a part of an address: take letters, digits, - and _"
        if is_taken(name) or name in seen:
            other = "another page" if name in seen else "the workshop or of Jupyter"
            yield key, f"/{name} is an address of {other} already; rename the folder"
        seen.add(name)
