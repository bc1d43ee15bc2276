"""JupyterLab as an attendee uses it: with the mouse and the keyboard."""

import re

from playwright.sync_api import Locator, expect

from .window import SECONDS, Window


class Lab(Window):
    """One window with the JupyterLab of a container."""

    def open(self, lesson: str) -> None:
        """Open a lesson, by the address that the container prints; wait until its kernel is."""
        self.lesson = f"{lesson}.ipynb"
        self.page.goto(f"{self.site.origin}/lab/tree/{self.lesson}?token={self.site.token}")
        self.wait_until("Idle", SECONDS)

    def wait_until(self, state: str, seconds: float) -> None:
        """Until the status bar calls the kernel Idle or Busy."""
        bar = self.page.locator("#jp-main-statusbar")
        expect(bar).to_contain_text(f"(ipykernel) | {state}", timeout=1000 * seconds)

    def run_all(self, last: str, seconds: float) -> None:
        """By the menu; wait until the cell with this text, the last one, no longer waits.

        The kernel's state would not tell: it is idle between two cells as well.
        """
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name=re.compile("^Run All Cells")).click()
        prompt = self.cell(last).locator(".jp-InputPrompt")
        expect(prompt).to_have_text("[*]:")
        expect(prompt).not_to_have_text("[*]:", timeout=1000 * seconds)

    def run(self, text: str, seconds: float = SECONDS) -> Locator:
        """Run the first code cell with this text, by the keyboard; returns the cell, done."""
        cell = self.cell(text)
        cell.locator(".cm-content").click()
        self._run(cell, seconds)
        return cell

    def answer(self, text: str, code: str) -> str:
        """Write something else, with this text in it, into the first code cell with it.

        Returns:
            What it shows.
        """
        cell = self.cell(text)
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(code)
        self._run(cell)
        return cell.locator(".jp-OutputArea-output").last.inner_text()

    def cell(self, text: str) -> Locator:
        """The first code cell with this text, scrolled to."""
        cell = self.page.locator(".jp-CodeCell", has_text=text).first
        cell.scroll_into_view_if_needed()
        return cell

    def _run(self, cell: Locator, seconds: float = SECONDS) -> None:
        """Control+Enter stays at the cell; its number tells that it is done."""
        prompt = cell.locator(".jp-InputPrompt")
        before = prompt.inner_text()
        self.page.keyboard.press("Control+Enter")
        expect(prompt).to_have_text(re.compile(r"\[\d+\]:"), timeout=1000 * seconds)
        expect(prompt).not_to_have_text(before)

    def saved(self) -> dict:
        """The notebook's file, after saving it with the keyboard."""
        self.page.keyboard.press("Control+s")
        expect(self.page.locator(".jp-mod-dirty")).to_have_count(0)
        with self.site.browser() as browser:
            return browser.get(f"/api/contents/{self.lesson}").json()["content"]
