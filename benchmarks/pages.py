"""The painting page beside ConvNetJS's own demo, in one window of Debian's Chromium.

usage: make benchmark      (on an idle machine; prints iterations a second, ratios, milliseconds)

Both learn the same picture with the same networks and take turns, see web/painting/benchmark.html,
so that a ratio is taken within a round. Meanwhile keys are pressed, as by a person: how late does a
page hear of them while it learns? Then the painting page itself, with as many networks as it takes.
"""

import os
from pathlib import Path
from statistics import median

from playwright.sync_api import Page
from rich.table import Table

from appliance_build import description, slides
from appliance_build.inputs import npm
from appliance_build.progress import console
from appliance_build.store import work_folder

KEY, GAP = "Shift", 20  # a key that does nothing, and milliseconds to the next
SECONDS = 900  # that the page may take, at most
KEYS = 200  # pressed while the painting page has all of its networks learn

LISTEN = """() => {
    window.delays = [];
    addEventListener("keydown", (e) => window.delays.push(performance.now() - e.timeStamp), true);
}"""
ROWS = "[...document.querySelectorAll('tr')].map(row => [...row.cells].map(cell => cell.innerText))"


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
    """Milliseconds until the painting page hears of a key while four networks learn."""
    add = page.get_by_role("button", name="Add a network")
    while add.is_enabled():
        add.click()
    page.get_by_role("button", name="Start").click()
    page.evaluate(LISTEN)
    for _ in range(KEYS):
        page.keyboard.press(KEY)
        page.wait_for_timeout(GAP)
    return sorted(page.evaluate("window.delays"))


def main() -> None:
    """Measure, then print the table."""
    load = os.getloadavg()[0]
    address = f"http://localhost:{description.load().ports.jupyter.host}"
    with slides.chromium() as browser, work_folder("painting-") as work:
        pages: Path = npm.bundle(npm.modules(), work / "pages")
        with browser.new_context() as context:
            slides.lay_out(context, pages, address)
            page = context.new_page()
            page.goto(f"{address}/painting/benchmark.html")
            head, *rows = compare(page)
            page.goto(f"{address}/painting/")
            delays = press(page)
        version = browser.version
    table = Table(
        *head, title=f"Chromium {version}, load {load:.1f} before, {os.getloadavg()[0]:.1f} after"
    )
    for row in rows:
        table.add_row(*row)
    console.print(table)
    console.print(
        f"the painting page, all networks learning: of {len(delays)} keys half are heard within "
        f"{median(delays):.1f} ms, 19 of 20 within {delays[int(0.95 * len(delays))]:.1f}, "
        f"the last within {delays[-1]:.1f}"
    )


if __name__ == "__main__":
    main()
