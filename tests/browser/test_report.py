"""The doctor's report as a page in a real Chromium: opened as a file, as people send it, and from
the server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from appliance_build import description
from appliance_check import reports
from appliance_check.checks import CHECKS
from appliance_check.context import Context
from appliance_check.result import Result, Status
from appliance_check.runner import Outcome

from .window import GRAVE, Window

SCRIPT = "<script>document.title = 'ran'</script><img src='https://stranger.example/x.png'>"
LONG = "a-word-that-has-no-place-to-break-" * 20


@pytest.fixture(scope="module")
def text() -> str:
    """A report with each status, of real checks, and with texts that want to be HTML."""
    outcomes = [
        Outcome(
            check,
            Result(status, f"it says {status} {SCRIPT}", {"found": LONG, "n": [SCRIPT]}, "`a b`"),
            1.5,
        )
        for check, status in zip(CHECKS, [*Status, Status.PASS], strict=False)
    ]
    described = description.load().model_dump(mode="json")
    context = Context(described, profile="tree", level="full", home=Path("/none"))
    return reports.FORMATS["html"].render(reports.compose(outcomes, context, False, False))


class Opened:
    """A page from a file, and all that it asked for or complained about."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page, self.file = page, folder / "report.html"
        self.requests: list[str] = []
        self.errors: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.errors.append(message.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def show(self, text: str) -> None:
        self.file.write_text(text, encoding="utf-8")
        self.page.goto(self.file.as_uri(), wait_until="networkidle")


@pytest.fixture
def opened(chromium: Browser, tmp_path: Path) -> Iterator[Opened]:
    with chromium.new_context() as context:
        yield Opened(context.new_page(), tmp_path)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_page_suits_eyes_screens_and_screen_readers(
    opened: Opened, text: str, modules: Path, screenshots: Path, scheme: str, width: int
):
    page = opened.page
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    opened.show(text)
    for summary in page.locator("summary").all():
        summary.click()
    page.screenshot(path=screenshots / "end.png", full_page=True)
    root = "document.documentElement"
    assert not page.evaluate(f"{root}.scrollWidth > {root}.clientWidth")
    assert not [url for url in opened.requests if url != opened.file.as_uri()]
    assert not opened.errors
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (paper == "rgb(253, 253, 251)") == (scheme == "light"), "the style was refused"
    page.evaluate((modules / "node_modules" / "axe-core" / "axe.min.js").read_text())
    found = page.evaluate("axe.run()")["violations"]
    assert not [f"{v['id']}: {v['nodes'][0]['html']}" for v in found if v["impact"] in GRAVE]


def test_nothing_runs_even_if_it_came_into_the_page(opened: Opened, text: str):
    opened.show(text.replace("</main>", f"{SCRIPT}</main>"))
    assert opened.page.title() != "ran"
    assert len(opened.errors) == 2, "Chromium names what the page's policy forbids"
    assert all("Content Security Policy" in each for each in opened.errors)


def test_paper_has_all_checks_and_no_dark_ink(opened: Opened, text: str):
    opened.page.emulate_media(media="print", color_scheme="dark")
    opened.show(text)
    assert opened.page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    expect(opened.page.locator("tbody td").first).to_be_visible()
    expect(opened.page.get_by_text("Evidence").first).to_be_hidden()
    expect(opened.page.locator("article dl").first).to_be_visible()


def test_landing_page_leads_to_the_last_report(window: Window):
    page = window.page
    window.site.check()
    page.goto(window.site.door)
    summary = page.locator("#check")
    expect(summary).to_contain_text("Checked")
    page.get_by_role("link", name="The whole report").click()
    sentence = page.get_by_role("heading", level=1)
    expect(sentence).to_be_visible()
    said = sentence.inner_text()
    assert page.url == f"{window.site.origin}/workshop/report"
    expect(page.get_by_role("row").filter(has_text="standins")).to_contain_text("Stand-ins")
    page.go_back()
    expect(summary).to_contain_text(said)
