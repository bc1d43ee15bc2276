"""The pages of a container in Debian's Chromium: first view, painting, and how late keys are heard.

usage: make benchmark      (on an idle machine, as root)

The painting page is measured beside ConvNetJS's own demo, in one window: both learn the same
picture with the same networks and take turns, see web/painting/benchmark.html, so that a ratio is
taken within a round. Meanwhile keys are pressed, as by a person: how late does a page hear of them
while it learns? Then the painting page with as many networks as it takes, and the playground with
the largest one. The landing page is opened by a browser that has seen nothing before.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from playwright.sync_api import Browser, Page
from rich.table import Table

from appliance_build import description as descriptions
from appliance_build import slides
from appliance_build.progress import console
from appliance_build.store import work_folder
from tests.browser.site import ContainerSite
from tests.docker.container import running
from tests.docker.daemon import Daemon
from tests.docker.fixtures import archive

KEY, GAP = "Shift", 20  # a key that does nothing, and milliseconds to the next
SECONDS = 900  # that the page may take, at most
KEYS = 200  # pressed while networks learn
VIEWS = 10  # of the landing page
LARGEST = "playground/#data=spiral&layers=8,8,8,8,8,8&speed=fast"

LISTEN = """() => {
    window.delays = [];
    addEventListener("keydown", (e) => window.delays.push(performance.now() - e.timeStamp), true);
}"""
ROWS = "[...document.querySelectorAll('tr')].map(row => [...row.cells].map(cell => cell.innerText))"
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


@contextmanager
def site() -> Iterator[ContainerSite]:
    """The pages of the image without CUDA, by a daemon of their own."""
    description = descriptions.load()
    with work_folder("pages-") as folder, Daemon(folder) as daemon:
        daemon.ok("load", "--input", archive("cpu"))
        with running(daemon, f"{description.name}:cpu", description) as container:
            yield ContainerSite(container)


def first_view(browser: Browser, door: str) -> tuple[float, float, int]:
    """Of the landing page: milliseconds to its first paint and to its list of lessons; bytes."""
    sizes: list[int] = []
    with browser.new_context() as context:
        page = context.new_page()
        page.on("requestfinished", lambda request: sizes.append(sum(request.sizes().values())))
        page.goto(door)
        page.locator("#list li").first.wait_for()
        listed = page.evaluate("performance.now()")
        page.wait_for_load_state("networkidle")
        return page.evaluate(PAINTED), listed, sum(sizes)


def compare(page: Page) -> list[list[str]]:
    """The page's own table, its head first."""
    page.get_by_role("button", name="Measure").click()
    state = page.locator("#state")
    for _ in range(1000 * SECONDS // GAP):
        if state.inner_text() == "Done.":
            return page.evaluate(ROWS)
        page.keyboard.press(KEY)
        page.wait_for_timeout(GAP)
    raise TimeoutError(f"the benchmark page was not done after {SECONDS} seconds")


def press(page: Page) -> list[float]:
    """Milliseconds until a page hears of a key while its networks learn."""
    page.get_by_role("button", name="Start").click()
    page.evaluate(LISTEN)
    for _ in range(KEYS):
        page.keyboard.press(KEY)
        page.wait_for_timeout(GAP)
    return sorted(page.evaluate("window.delays"))


def say(what: str, delays: list[float]) -> None:
    """Print how late keys were heard."""
    console.print(
        f"{what}: of {len(delays)} keys half are heard within {median(delays):.1f} ms, 19 of 20 "
        f"within {delays[int(0.95 * len(delays))]:.1f}, the last within {delays[-1]:.1f}"
    )


def main() -> None:
    """Measure, then print."""
    load = os.getloadavg()[0]
    with site() as pages, slides.chromium() as browser:
        painted, listed, sizes = zip(
            *(first_view(browser, pages.door) for _ in range(VIEWS)), strict=True
        )
        with browser.new_context() as context:
            page = context.new_page()
            page.goto(pages.door)
            page.goto(f"{pages.origin}/painting/benchmark.html")
            head, *rows = compare(page)
            page.goto(f"{pages.origin}/painting/")
            add = page.get_by_role("button", name="Add a network")
            while add.is_enabled():
                add.click()
            painting = press(page)
            page.goto(f"{pages.origin}/{LARGEST}")
            playground = press(page)
        version = browser.version
    table = Table(
        *head, title=f"Chromium {version}, load {load:.1f} before, {os.getloadavg()[0]:.1f} after"
    )
    for row in rows:
        table.add_row(*row)
    console.print(table)
    say("painting page, all networks learning", painting)
    say("playground, the largest network learning", playground)
    console.print(
        f"landing page, {VIEWS} first views: painted after {median(painted):.0f} ms (at most "
        f"{max(painted):.0f}), lessons listed after {median(listed):.0f} ms (at most "
        f"{max(listed):.0f}); {max(sizes):,} bytes at most"
    )


if __name__ == "__main__":
    main()
