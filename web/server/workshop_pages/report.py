"""The doctor's last report as the page that it wrote."""

import asyncio
from pathlib import Path

from jupyter_server.base.handlers import JupyterHandler
from tornado import web

from . import about
from .policy import SHEET, ForbidsOthers


class ReportHandler(ForbidsOthers, JupyterHandler):
    """GET: the page that `appliance-check` left beside its report."""

    @web.authenticated
    async def get(self) -> None:
        """Read anew each time: a check may have ended just now."""
        page = about.report_page(Path.home() / about.REPORT)
        try:
            content = await asyncio.to_thread(page.read_bytes)
        except OSError as error:
            sentence = "There is no report yet: type appliance-check in a terminal."
            raise web.HTTPError(404, sentence) from error
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Content-Security-Policy", SHEET)
        self.set_header("Cache-Control", "no-store")
        self.finish(content)
