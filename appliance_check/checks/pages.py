"""Do the workshop's pages load, whole and from nowhere else?"""

import re
from collections.abc import Collection
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from .. import web
from ..check import Check
from ..context import Context
from ..programs import token
from ..result import Result, failed, passed

PAGES = ("/", "/painting/", "/playground/", "/slides/")
# What a browser fetches by itself; links that people click may lead anywhere.
SOURCES = {"src", "poster", "data"}
FETCHED_LINKS = {"stylesheet", "icon", "modulepreload", "preload", "manifest"}
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
# Directives that must be there, and their one source; anything named elsewhere is a hole.
POLICY = {"default-src": "'self'", "object-src": "'none'", "frame-ancestors": "'self'"}
# Of an organiser's pages, which the build knows: scripts and styles may stand within.
OWN_PAGES = ("'unsafe-inline'",)
HOLES = re.compile(r"[*/]|'unsafe|\bhttps?:|\bwss?:")
ELSEWHERE = re.compile(r"(?:url\(\s*['\"]?|@import\s+['\"])((?:https?:)?//[^'\")\s]+)")
FOREIGN = "workshop.example"  # a name that is nobody's (RFC 2606)
HERE = "http://here"


class Pages(Check):
    id = "pages"
    title = "Pages"
    group = "Services"
    proves = (
        "Landing page, painting, playground, slides and an organiser's own pages load with all "
        "that they name, use nothing of other sites, and forbid it; Jupyter refuses a foreign Host "
        "header, or in a container a request without the token."
    )
    matters = "In a room without internet a page that needs another site stays empty."
    remedy = (
        "`sudo systemctl restart jupyter.service`; if a page is missing then, import the appliance "
        "again."
    )
    seconds = 0.5
    limit = 60
    level = "standard"
    needs = ("services",)

    def excuse(self, context: Context) -> str | None:
        return "Jupyter's token is not to be found" if token(context) is None else None

    def run(self, context: Context) -> Result:
        headers = web.opening(token(context))
        fetched: dict[str, web.Answer] = {}
        added = context.description.get("extra", {}).get("pages", [])
        own = [f"/{name.rpartition('/')[2]}/" for name in added]
        try:
            problems = [_page(context, path, headers, fetched) for path in PAGES]
            problems += [_page(context, path, headers, fetched, OWN_PAGES) for path in own]
            problems.append(_open_to_others(context))
        except OSError as error:
            return failed(f"Jupyter does not answer: {error}")
        evidence = {
            "pages": [*PAGES, *own],
            "parts": len(fetched),
            "problems": list(filter(None, problems)),
        }
        if evidence["problems"]:
            return failed("; ".join(evidence["problems"]), **evidence)
        return passed(f"{len(evidence['pages'])} pages with {len(fetched)} parts", **evidence)


class _Names(HTMLParser):
    """Collects the addresses that a browser fetches for a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.found += [attributes[name] for name in SOURCES & attributes.keys()]
        if tag == "link" and FETCHED_LINKS.intersection(attributes.get("rel", "").split()):
            self.found.append(attributes.get("href", ""))


def _page(
    context: Context,
    path: str,
    headers: dict,
    fetched: dict[str, web.Answer],
    allowed: Collection[str] = (),
) -> str:
    """The first thing that is wrong with a page, or ""; `allowed` is no hole in its policy."""
    page = web.get(context, path, headers)
    if page.status != 200 or page.type != "text/html":
        return f"{path} gives HTTP status {page.status}, type {page.type or 'none'}"
    policy = page.headers.get("content-security-policy", "")
    for source in allowed:
        policy = policy.replace(source, "")
    if hole := _hole(policy):
        return f"{path} does not forbid other sites: {hole}"
    names = _Names()
    names.feed(page.body.decode(errors="replace"))
    for name in names.found:
        address = urlsplit(urljoin(HERE + path, name))
        if address.scheme in ("data", "blob"):
            continue
        if f"{address.scheme}://{address.netloc}" != HERE:
            return f"{path} needs {name}"
        if address.path not in fetched:
            fetched[address.path] = web.get(context, address.path, headers)
        if problem := _part(address.path, fetched[address.path]):
            return f"{path}: {problem}"
    return ""


def _part(path: str, part: web.Answer) -> str:
    ending = path[path.rfind(".") :]
    if part.status != 200 or part.type != TYPES.get(ending, part.type):
        return f"{path} gives HTTP status {part.status}, type {part.type or 'none'}"
    if ending == ".css" and (outside := ELSEWHERE.search(part.body.decode(errors="replace"))):
        return f"{path} needs {outside[1]}"
    return ""


def _hole(policy: str) -> str:
    """What a Content-Security-Policy lacks or lets in, or ""."""
    directives = dict(
        part.strip().partition(" ")[::2] for part in policy.split(";") if part.strip()
    )
    for name, source in POLICY.items():
        if directives.get(name, "").strip() != source:
            return f"{name} is {directives.get(name) or 'missing'}"
    holes = [f"{name} {value}" for name, value in directives.items() if HOLES.search(value)]
    return holes[0] if holes else ""


def _open_to_others(context: Context) -> str:
    """Whether Jupyter hands the attendee's files to those that it must not."""
    headers = {} if context.beside_others else {"Host": FOREIGN}
    status = web.get(context, "/api/contents", headers).status
    if status == 403:
        return ""
    what = "without a token" if context.beside_others else "with a foreign Host header"
    return f"Jupyter answers a request {what} (HTTP status {status})"
