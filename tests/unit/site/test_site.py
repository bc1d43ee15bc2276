"""The documentation site: it is whole, says what GitHub shows, and mistakes stop it."""

import re
import shutil
from pathlib import Path
from urllib.parse import unquote

import pytest

from appliance_build.paths import PROJECT

from ... import site as sites
from ..documents import PARSER
from ..test_one_place import tracked
from .pages import Page

DOCUMENTS = [Path(name) for name in tracked("docs/*.md")]
IMPORTANT = ("index.html", "changelog.html", "commands/make.html", "404.html")
SIZE = 5_000_000  # bytes, at most


def test_every_document_is_a_page(site: Path):
    for page in (*IMPORTANT, *(f"{document.stem}.html" for document in DOCUMENTS)):
        assert (site / page).is_file(), f"the site has no {page}"
    assert sum(file.stat().st_size for file in site.rglob("*")) < SIZE
    assert not list(site.parent.glob("*.new"))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.stem)
def test_a_page_has_what_github_shows(site: Path, document: Path):
    """MkDocs's Markdown differs from GitHub's: a list that is indented too little ends early."""
    text = (PROJECT / document).read_text(encoding="utf-8")
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.S)
    github = Page(PARSER.render(text), article=True).elements
    here = Page((site / f"{document.stem}.html").read_text(encoding="utf-8")).elements
    differ = {tag: (github[tag], here[tag]) for tag in github | here if github[tag] != here[tag]}
    assert not differ, f"{document}: (GitHub's, the site's) {differ}"


def test_links_of_every_page_lead_somewhere(site: Path):
    """Those of the theme, too, and those in HTML, which MkDocs does not look at."""
    pages = {file: Page(file.read_text(encoding="utf-8")) for file in site.rglob("*.html")}
    for file, page in pages.items():
        if file.name == "404.html":  # is served for any address, and names its files from the root
            continue
        for target in page.targets:
            path, _, anchor = unquote(target).partition("#")
            if re.match(r"[a-z]+:", path):
                continue
            other = (file.parent / path).resolve() if path else file
            other = other / "index.html" if other.is_dir() else other
            assert other.is_file(), f"{file.name} links to {target}, which is not there"
            if anchor and other in pages:
                assert anchor in pages[other].names, f"{file.name}: {target} has no such place"


#: What somebody may write below a document, and what MkDocs then has to name.
MISTAKES = {
    "[a](nowhere.md)": "nowhere.md",
    "[a](board.md#nowhere)": "board.md#nowhere",
    "[a](#elsewhere)": "#elsewhere",
    "[a](/absolute.md)": "/absolute.md",
    "![a](images/nowhere.webp)": "images/nowhere.webp",
}


def test_mistakes_stop_it(tmp_path: Path):
    """Each gives a warning of its own, one of which is enough; the older site stays."""
    project, older = tmp_path / "project", tmp_path / "site"
    for name in tracked(*sites.MADE_OF):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / name, project / name)
    with (project / "docs" / "running.md").open("a", encoding="utf-8") as document:
        document.write("\n\n".join(["", *MISTAKES]))
    (project / "docs" / "forgotten.md").write_text("# In no navigation\n")
    older.mkdir()
    done = sites.build(older, project)
    assert done.returncode == 1
    *told, last = done.stderr.splitlines()
    warnings = "\n".join(line for line in told if line.startswith("WARNING"))
    for named in MISTAKES.values():
        assert named in warnings, f"nothing is said of {named}"
    assert "not included in the" in warnings and "  - forgotten.md" in told
    assert last.startswith("error: the documents have what stands above")
    assert "Traceback" not in done.stderr
    assert sorted(tmp_path.iterdir()) == [project, older], "something is left behind"
