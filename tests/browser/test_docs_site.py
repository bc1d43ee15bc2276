"""The documentation site in a real Chromium: from a server, and from a folder without one."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from appliance_build.machine.ports import LOOPBACK

from ..site import built
from .window import GRAVE, SECONDS

MAIN = ("index", "attendee", "troubleshooting", "organiser", "decisions", "commands/make")
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder."""

    def log_message(self, *_) -> None:
        """Not on the tests' own output."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("docs") / "site")


@pytest.fixture(scope="module", params=["http", "file"])
def origin(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """Where the site is."""
    if request.param == "file":
        yield folder.as_uri()
        return
    with ThreadingHTTPServer((LOOPBACK, 0), partial(Quiet, directory=folder)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://{LOOPBACK}:{server.server_port}"
        server.shutdown()
        thread.join()


def unanswered(request: Request) -> list[str]:
    """Why a request failed; not if the page was left while it was on its way, as the search's."""
    return [f"{request.failure}: {request.url}"] * (request.failure != "net::ERR_ABORTED")


@pytest.fixture
def page(chromium: Browser, origin: str, screenshots: Path) -> Iterator[Page]:
    """A window in which nothing may go wrong, and which may ask for nothing but the site."""
    with chromium.new_context(viewport={"width": 1280, "height": 900}) as context:
        page, wrong = context.new_page(), []
        page.set_default_timeout(1000 * SECONDS)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: said.type == "error" and wrong.append(said.text))
        page.on("requestfailed", lambda asked: wrong.extend(unanswered(asked)))
        page.on(
            "response",
            lambda answer: answer.status < 400 or wrong.append(f"{answer.status}: {answer.url}"),
        )
        inside = (origin, "data:", "blob:")
        page.on(
            "request",
            lambda asked: asked.url.startswith(inside) or wrong.append(f"elsewhere: {asked.url}"),
        )
        yield page
        page.screenshot(path=screenshots / "end.png")
        assert not wrong


def test_every_page_opens_without_another_host(page: Page, origin: str, folder: Path):
    names = sorted(str(file.relative_to(folder)) for file in folder.rglob("*.html"))
    assert len(names) > 30
    for name in names:
        if name != "404.html" or origin.startswith("http"):
            page.goto(f"{origin}/{name}", wait_until="load")
            expect(page.locator("h1").first).to_be_visible()
            broken = "[...document.images].filter(each => !each.naturalWidth).length"
            assert page.evaluate(broken) == 0, f"{name} lacks a picture"


def test_search_finds_what_people_see(page: Page, origin: str):
    page.goto(f"{origin}/index.html")
    page.keyboard.press("/")
    page.keyboard.type("VERR_ZIP_CORRUPTED")
    hit = page.locator(".md-search-result__link", has_text="import fails").first
    expect(hit).to_be_visible()
    hit.click()
    expect(page.locator("#the-import-fails")).to_be_in_viewport()
    assert "troubleshooting.html" in page.url


@pytest.mark.parametrize("origin", ["file"], indirect=True)
@pytest.mark.parametrize("name", MAIN)
def test_pages_suit_eyes_screens_and_screen_readers(
    page: Page, origin: str, modules: Path, screenshots: Path, name: str
):
    axe = (modules / "node_modules" / "axe-core" / "axe.min.js").read_text()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(f"{origin}/{name}.html")
            paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert (paper == "rgb(255, 255, 255)") == (scheme == "light")
            page.screenshot(path=screenshots / f"{scheme}-{width}.png", full_page=True)
            assert not page.evaluate(WIDER), f"{width} pixels are not enough"
            page.evaluate(axe)  # which must not read the style sheets again: not from a file
            found = page.evaluate("axe.run({ preload: false })")["violations"]
            grave = [f"{v['id']}: {v['nodes'][0]['html']}" for v in found if v["impact"] in GRAVE]
            assert not grave, f"{scheme}, {width} pixels: {grave}"
