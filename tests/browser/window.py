"""A browser window with one of our pages."""

from pathlib import Path

from playwright.sync_api import Page, Request, expect

from .site import Site

SECONDS = 60
GRAVE = ("serious", "critical")  # in the words of axe-core


class Window:
    """Watches what a page does.

    Attributes:
        errors: what went wrong in it: uncaught exceptions, lines of errors in its console.
        elsewhere: addresses that it asked for outside of the site.
    """

    def __init__(self, page: Page, site: Site, modules: Path, folder: Path) -> None:
        self.page, self.site, self.folder = page, site, folder
        self.axe = (modules / "node_modules" / "axe-core" / "axe.min.js").read_text()
        self.errors: list[str] = []
        self.elsewhere: list[str] = []
        page.set_default_timeout(1000 * SECONDS * site.slowdown)
        expect.set_options(timeout=1000 * SECONDS * site.slowdown)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._heed)
        page.on("request", self._look)

    def _heed(self, message) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location.get('url')})")

    def _look(self, request: Request) -> None:
        inside = (self.site.origin, self.site.origin.replace("http", "ws", 1), "data:", "blob:")
        if not request.url.startswith(inside):
            self.elsewhere.append(request.url)

    def picture(self, name: str) -> None:
        """Keep a screenshot of the whole page."""
        self.page.screenshot(path=self.folder / f"{name}.png", full_page=True)

    def violations(self) -> list[str]:
        """What axe-core finds seriously wrong, with the element."""
        self.page.evaluate(self.axe)
        found = self.page.evaluate("axe.run()")["violations"]
        return [
            f"{each['id']}: {each['nodes'][0]['html']}" for each in found if each["impact"] in GRAVE
        ]

    def is_wider_than_the_screen(self) -> bool:
        """Whether one has to scroll sideways."""
        root = "document.documentElement"
        return self.page.evaluate(f"{root}.scrollWidth > {root}.clientWidth")
