"""The pictures that the documents show are what our pages look like now.

`make docs-pictures` takes them anew, by these tests.
"""

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

from ..board import report, started
from . import pictures
from .lab import Lab
from .site import Site
from .test_painting import Painting
from .test_playground import DEEP, Playground
from .window import Window

ITERATIONS = 10_000  # after which a painting is like its picture
EPOCHS = 1000
#: Until it has stayed there for a second: JupyterLab draws the cells above later, which moves it.
TO_THE_TOP = """async element => {
    const frame = () => new Promise(requestAnimationFrame);
    const top = () => element.getBoundingClientRect().top;
    for (let before, stayed = 0; stayed < 60; stayed = top() === before ? stayed + 1 : 0) {
        before = top();
        element.scrollIntoView({ block: 'start' });
        await frame();
    }
}"""
LESSON, LAST, SECONDS = "1-MNIST-MLP", "All is well.", 300  # as in test_lessons
PLOT = "plots.pictures(weights"  # the cell whose picture is worth showing

FINE = Result(Status.PASS, "as it should be")
SHORT = Result(
    Status.FAIL,
    "the machine has 1024 MB of memory and the description 2048 MB",
    {"expected": "2048 MB", "found": "1024 MB"},
)
SUMMARIES = {
    "PASS": "Ready for the workshop.",
    "WARN": "Ready for the workshop, with 1 warning: standins.",
    "FAIL": "1 problem: memory.",
}

#: Pictures of the machine would be the same.
in_the_container = pytest.mark.parametrize("site", ["container"], indirect=True)


@pytest.fixture
def window(chromium: Browser, site: Site, modules: Path, screenshots: Path) -> Iterator[Window]:
    """A window that shows the same on every machine."""
    with pictures.still(chromium) as context:
        yield Window(context.new_page(), site, modules, screenshots)


@in_the_container
def test_landing(window: Window):
    window.page.goto(window.site.door)
    expect(window.page.locator("#list")).not_to_have_attribute("aria-busy", "true")
    pictures.keep(window.page, "landing")


@in_the_container
def test_painting(window: Window):
    painting = Painting(window)
    painting.open()
    painting.wait_for_paint()
    painting.button("20").click()
    painting.button("Start").click()
    painting.wait_for_iterations(ITERATIONS)
    painting.button("Pause").click()
    painting.page.get_by_text("Picture", exact=True).first.evaluate(TO_THE_TOP)
    pictures.keep(window.page, "painting")


@in_the_container
def test_playground(window: Window):
    playground = Playground(window)
    playground.open(DEEP)
    playground.learn(EPOCHS)
    pictures.keep(window.page, "playground")


def test_report(chromium: Browser, tmp_path: Path):
    outcomes = [
        Outcome(check, SHORT if check.id == "memory" else FINE, check.seconds) for check in CHECKS
    ]
    described = description.load().model_dump(mode="json")
    context = Context(described, profile="vm", level="full", home=tmp_path)
    page = tmp_path / "report.html"
    page.write_text(reports.FORMATS["html"].render(reports.compose(outcomes, context, True, False)))
    with pictures.still(chromium) as browser:
        opened = browser.new_page()
        opened.goto(page.as_uri())
        expect(opened.get_by_role("heading", level=1)).to_contain_text("memory")
        pictures.keep(opened, "report")


def test_board(chromium: Browser, tmp_path: Path):
    with started(tmp_path) as board, pictures.still(chromium) as context:
        page = context.new_page()
        page.goto(f"{board.origin}/")
        for seat in range(1, 13):
            found = "FAIL" if seat == 7 else "WARN" if seat == 4 else "PASS"
            board.post(report("PASS", found, summary=SUMMARIES[found]), str(seat))
        expect(page.locator("#seats tr")).to_have_count(12)
        pictures.keep(page, "board")


def test_lesson(lab: Lab):
    page: Page = lab.page
    page.set_viewport_size(pictures.SIZE)
    lab.open(LESSON)
    lab.run_all(LAST, SECONDS)
    lab.cell(PLOT).evaluate(TO_THE_TOP)
    pictures.keep(page, "lesson")
