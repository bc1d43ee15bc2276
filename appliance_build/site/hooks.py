"""What MkDocs is told beside mkdocs.yml: pages made of the code, links that leave docs/, and a
search that works without a server."""

import json
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from appliance_build.paths import PROJECT
from appliance_build.site import commands

#: Files of the project that are pages of the site, too, and how documents link to them.
OUTSIDE = {"CHANGELOG.md": "changelog.md", "LICENSE": "licence.md"}

#: Of the theme: what only its makers read, and a word splitter for other languages' search.
UNNEEDED = (".map", "lunr/wordcut.js", "lunr/tinyseg.js")


def on_config(config: MkDocsConfig) -> None:
    """Let the navigation name each command's page in the place of their folder."""
    for entry in config.nav:
        for title, value in entry.items():
            if value == commands.FOLDER:
                entry[title] = [each.path for each in commands.pages()]


def on_files(files: Files, config: MkDocsConfig) -> None:
    """Add the pages that are in no file of docs/, take away what nobody reads."""
    for each in [each for each in files if each.src_uri.endswith(UNNEEDED)]:
        files.remove(each)
    for each in commands.pages():
        files.append(File.generated(config, each.path, content=each.text()))
    for source, page in OUTSIDE.items():
        text = (PROJECT / source).read_text(encoding="utf-8").replace("](docs/", "](")
        text = text if page == "changelog.md" else f"# Licence\n\n{text}"
        files.append(File.generated(config, page, content=text))


def on_page_markdown(markdown: str, page: Page, **_) -> str:
    """Lead links out of docs/ to the pages made of those files; give pages without neighbours the
    room of the list of neighbours."""
    if page.parent is None:
        page.meta["hide"] = ["navigation", "toc"] if page.is_homepage else ["navigation"]
    for source, target in OUTSIDE.items():
        markdown = markdown.replace(f"](../{source})", f"]({target})")
    return markdown


def on_post_page(output: str, **_) -> str:
    """Name the theme's search for screen readers, which it leaves out."""
    unnamed = 'data-md-component="search" role="dialog"'
    return output.replace(unnamed, f'{unnamed} aria-label="Search"')


def on_post_build(config: MkDocsConfig) -> None:
    """Write the search's index and its worker as scripts: browsers read neither from a file."""
    site = Path(config.site_dir)
    index = (site / "search" / "search_index.json").read_text(encoding="utf-8")
    (site / "search" / "search_index.js").write_text(f"var __index = {index};", encoding="utf-8")
    (worker,) = (site / "assets" / "javascripts" / "workers").glob("search.*.min.js")
    text = json.dumps(worker.read_text(encoding="utf-8"))
    (site / "search" / "worker.js").write_text(f"var __worker = {text};", encoding="utf-8")
