"""What the documents promise of the code: every trouble, every decision, every picture."""

import ast
import re
from pathlib import Path

import pytest

import preflight
from appliance_build.paths import PROJECT
from appliance_build.site import figures
from appliance_check.checks import CHECKS

from ...browser.pictures import LARGEST
from ..documents import Document
from ..test_one_place import tracked

TROUBLES = Document("docs/troubleshooting.md")
#: Drawn by hand; the results of lesson 6, which their own page explains.
BY_HAND = {"docs/overview.svg", "docs/images/logo.svg"}
RESULTS = Document("docs/gallery.md")


OF_PREFLIGHT = {check.id for check in preflight.CHECKS}
OF_THE_DOCTOR = {check.id for check in CHECKS}


@pytest.mark.parametrize(
    ("page", "ids"),
    [("preflight.md", OF_PREFLIGHT), ("checks.md", OF_THE_DOCTOR)],
)
def test_troubles_have_every_id_and_no_other(page: str, ids: set[str]):
    """Each as a link that is called as the program calls it, to where it is explained."""
    links = [n for n in TROUBLES.nodes if n.type == "link" and page in str(n.attrs["href"])]
    named = {
        node.attrs["href"].partition("#")[2]: "".join(
            each.content for each in node.walk() if each.type == "code_inline"
        )
        for node in links
        if "#" in str(node.attrs["href"])
    }
    assert set(named) == ids, f"{TROUBLES.name} does not go with the ids of {page}"
    assert all(anchor == word for anchor, word in named.items())


def test_words_beside_a_trouble_are_ids():
    """What stands as code in the second column is an id of one of the two programs."""
    ids = OF_PREFLIGHT | OF_THE_DOCTOR
    for table in (node for node in TROUBLES.nodes if node.type == "table"):
        head, *bodies = table.children
        if len(head.children[0].children) == 3:
            cells = [row.children[1] for body in bodies for row in body.children]
            words = {n.content for cell in cells for n in cell.walk() if n.type == "code_inline"}
            assert words and words <= ids, f"no such id: {words - ids}"


def test_decisions_are_all_in_the_table_above_them():
    page = Document("docs/decisions.md")
    table = next(n for n in page.nodes if n.type == "table")
    listed = [n.attrs["href"].removeprefix("#") for n in table.walk() if n.type == "link"]
    headings = page.anchors() - {"decisions"}
    assert len(listed) == len({*listed}), "a decision is listed twice"
    assert {*listed} == headings, "the table of docs/decisions.md is not complete"


def shown(document: Document) -> set[str]:
    """The pictures that a document shows, by their path in the project."""
    images = (n for n in document.nodes if n.type == "image")
    paths = (document.folder / str(n.attrs["src"]) for n in images)
    return {str(path.resolve().relative_to(PROJECT)) for path in paths}


def taken() -> set[str]:
    """Those that the tests in the browser take: `pictures.keep(page, NAME)`."""
    tree = ast.parse((PROJECT / "tests" / "browser" / "test_pictures.py").read_text())
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call)]
    kept = [c for c in calls if ast.unparse(c.func) == "pictures.keep"]
    return {f"docs/images/{call.args[1].value}.webp" for call in kept}


def test_every_picture_has_what_makes_it():
    drawn = {str(each.file.relative_to(PROJECT)) for each in figures.figures()}
    documents = [Document(name) for name in tracked("docs/*.md", "README.md")]
    all_shown = set().union(*(shown(document) for document in documents))
    assert all_shown <= taken() | drawn | BY_HAND | shown(RESULTS), "nothing makes a picture"
    assert taken() | drawn <= all_shown, "a picture is made that no document shows"


@pytest.mark.parametrize("name", tracked("docs/images/*.webp"))
def test_pictures_are_small(name: str):
    assert Path(PROJECT / name).stat().st_size < LARGEST
    assert re.fullmatch(r"docs/images/[a-z-]+\.webp", name)
