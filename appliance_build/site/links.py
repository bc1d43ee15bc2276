"""Links of the built site that lead to other hosts: what they are, and whether they still work."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import requests

OURS = ("localhost", "127.0.0.1")  # the attendee's own machine
SECONDS = 20  # for an answer
HEADERS = {"User-Agent": "Mozilla/5.0 (link check)"}


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found |= {value for name, value in attributes if name == "href" and value}


def external(site: Path) -> dict[str, str]:
    """Each address on another host, with the first page that links to it."""
    found: dict[str, str] = {}
    for page in sorted(site.rglob("*.html")):
        links = _Links()
        links.feed(page.read_text(encoding="utf-8"))
        for link in sorted(links.found):
            parts = urlsplit(link)
            if parts.scheme in ("http", "https") and parts.hostname not in OURS:
                found.setdefault(link.partition("#")[0], str(page.relative_to(site)))
    return found


def dead(addresses: Iterable[str]) -> dict[str, str]:
    """Those that do not answer with a page, and why."""
    addresses = list(addresses)
    with ThreadPoolExecutor() as pool:
        answers = zip(addresses, pool.map(_ask, addresses), strict=True)
        return {address: why for address, why in answers if why}


def _ask(address: str) -> str:
    """Why an address gives no page; empty where it does. Not every server answers HEAD."""
    try:
        for method in ("HEAD", "GET"):
            answer = requests.request(
                method, address, headers=HEADERS, timeout=SECONDS, allow_redirects=True, stream=True
            )
            answer.close()
            if answer.ok:
                return ""
    except requests.RequestException as error:
        return type(error).__name__
    return f"{answer.status_code} {answer.reason}"
