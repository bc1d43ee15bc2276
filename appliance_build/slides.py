"""`make slides-pdf`: prints the deck as PDF, a page a slide, with Debian's Chromium.

Runs on the host, by a Python that has Playwright. No server is started: Chromium gets the files
for the address that attendees open, so that links in the PDF lead there. The same slides and the
same Chromium give the same bytes.
"""

import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote, urlsplit

import typer
from playwright.sync_api import Browser, BrowserContext, Error, Route, sync_playwright

from . import cli
from . import description as descriptions
from .errors import BuildError
from .inputs import npm
from .paths import BUILD
from .progress import step
from .run import require
from .store import locked, work_folder

app = cli.application("Print the slides.")


def lay_out(
    context: BrowserContext, pages: Path, address: str, headers: Mapping[str, str] | None = None
) -> None:
    """Let a browser find a folder of files at an address, each with further headers."""

    def answer(route: Route) -> None:
        file = pages / unquote(urlsplit(route.request.url).path).lstrip("/")
        file = file / "index.html" if file.is_dir() else file
        if file.is_file():
            types = {"Content-Type": "text/javascript"} if file.suffix == ".js" else {}
            route.fulfill(path=file, headers={**types, **(headers or {})} or None)
        else:
            route.fulfill(status=404, body="There is no such page.")

    context.route(f"{address}/**", answer)


def write(browser: Browser, pages: Path, file: Path) -> int:
    """Print the deck in the folder of all pages; returns how many slides it has.

    Raises:
        BuildError: there is no deck, or its PDF has not one page a slide.
    """
    if not (pages / "slides" / "index.html").exists():
        raise BuildError(f"{pages} has no slides; build the pages first")
    description = descriptions.load()
    address = f"http://localhost:{description.ports.jupyter.host}"
    with browser.new_context(color_scheme="light") as context:
        lay_out(context, pages, address)
        page = context.new_page()
        page.goto(f"{address}/slides/?print-pdf", wait_until="networkidle")
        page.wait_for_selector(".pdf-page")
        slides = page.locator(".slides section").count()
        printed = page.pdf(prefer_css_page_size=True, print_background=True, tagged=True)
    if count(printed) != slides:
        raise BuildError(f"the PDF has {count(printed)} pages for {slides} slides")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(dated(printed, description.date))
    return slides


def count(pdf: bytes) -> int:
    """Pages of a PDF of Chromium's, which writes its objects as plain text."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def dated(pdf: bytes, day: date) -> bytes:
    """The PDF as if made on a day; nothing moves in it."""
    stamp = f"(D:{day:%Y%m%d}000000+00'00')".encode()
    return re.sub(rb"(?<=Date )\(D:\d{14}\+00'00'\)", stamp, pdf)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, started.

    Raises:
        BuildError: it is not there, or does not start.
    """
    require("chromium")
    with sync_playwright() as playwright:
        try:
            # Its sandbox wants a user who is not root; it opens nothing but what we built.
            path = shutil.which("chromium")
            browser = playwright.chromium.launch(executable_path=path, chromium_sandbox=False)
        except Error as error:
            reason = error.message.partition("\n")[0]
            raise BuildError(
                f"Chromium does not start ({reason}); install it anew: "
                "apt-get install --reinstall chromium"
            ) from None
        with browser:
            yield browser


@app.command()
def pdf(
    file: Annotated[Path, typer.Argument(help="the PDF to write")] = BUILD / "slides.pdf",
) -> None:
    """Bundle the pages and print the deck."""
    with chromium() as browser, locked(), work_folder("slides-") as work:
        packages = npm.modules()
        with step("slides") as log:
            slides = write(browser, npm.bundle(packages, work / "pages", log), file)
    print(f"{file}: {slides} slides")


if __name__ == "__main__":
    sys.exit(cli.main(app))
