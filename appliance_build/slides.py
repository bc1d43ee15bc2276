"""Prints the deck as PDF, a page a slide, with Debian's Chromium.

usage: python3 -m appliance_build.slides PAGES FILE      PAGES: the folder that web/build.mjs made

Runs on the host, in the environment of the tests: it needs Playwright.
"""

import contextlib
import functools
import re
import sys
import threading
from collections.abc import Iterator, Mapping
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import sync_playwright

from .errors import BuildError

CHROMIUM = {"executable_path": "/usr/bin/chromium", "chromium_sandbox": False}


class _Handler(SimpleHTTPRequestHandler):
    """Files of a folder, with further headers."""

    def __init__(self, *args: object, headers: Mapping[str, str], **options: object) -> None:
        self.further = headers
        super().__init__(*args, **options)

    def end_headers(self) -> None:
        for name, value in self.further.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def served(folder: Path, headers: Mapping[str, str] | None = None) -> Iterator[str]:
    """Serve a folder on the loopback interface while the block runs; gives the address."""
    handler = functools.partial(_Handler, directory=str(folder), headers=headers or {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def write(pages: Path, file: Path) -> int:
    """Print the deck in the folder of all pages; returns how many slides it has.

    Raises:
        BuildError: there is no deck, or its PDF has not one page a slide.
    """
    if not (pages / "slides" / "index.html").exists():
        raise BuildError(f"{pages} has no slides; build the pages first")
    with served(pages) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**CHROMIUM)
        page = browser.new_page(color_scheme="light")
        page.goto(f"{address}/slides/?print-pdf", wait_until="networkidle")
        page.wait_for_selector(".pdf-page")
        slides = page.locator(".slides section").count()
        file.parent.mkdir(parents=True, exist_ok=True)
        page.pdf(path=file, prefer_css_page_size=True, print_background=True, tagged=True)
        browser.close()
    if count(file) != slides:
        raise BuildError(f"{file} has {count(file)} pages for {slides} slides")
    return slides


def count(file: Path) -> int:
    """Pages of a PDF of Chromium's, which writes its objects as plain text."""
    return len(re.findall(rb"/Type\s*/Page\b", file.read_bytes()))


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    pages, file = map(Path, sys.argv[1:])
    try:
        print(f"{file}: {write(pages, file)} slides")
    except BuildError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
