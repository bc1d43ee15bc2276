"""What the landing page asks for: how far the attendee is, a fresh copy, all work in one file."""

import asyncio
import json
import tempfile
from pathlib import Path

from jupyter_server.base.handlers import APIHandler
from tornado import web

from . import about, archive
from .lessons import Shelf
from .policy import ForbidsOthers

CHUNK = 1 << 18  # bytes


class WorkshopHandler(ForbidsOthers, APIHandler):
    """Knows the shelf of lessons, what is shared, and the `workshop` command."""

    def initialize(self, share: Path, shelf: Shelf, command: str) -> None:
        """Called by Tornado for each request."""
        self.share, self.shelf, self.command = share, shelf, command

    def set_default_headers(self) -> None:
        """An answer is of this moment."""
        super().set_default_headers()
        self.set_header("Cache-Control", "no-store")

    async def run(self, otherwise: str, *words: str) -> list[str]:
        """The lines that the `workshop` command says.

        Raises:
            web.HTTPError: it refuses; with `otherwise` and its reason.
        """
        command = await asyncio.create_subprocess_exec(
            self.command,
            *words,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        said, errors = await command.communicate()
        if command.returncode:
            lines = errors.decode(errors="replace").strip().splitlines()[-1:]
            reason = " ".join(lines).removeprefix("workshop: ")
            raise web.HTTPError(500, f"{otherwise}: {reason}")
        return said.decode(errors="replace").splitlines()


class StateHandler(WorkshopHandler):
    """GET: everything that the landing page shows."""

    @web.authenticated
    async def get(self) -> None:
        """Reads files, so it does so beside the server's own work."""
        self.finish(await asyncio.to_thread(self._state))

    def _state(self) -> dict:
        return about.facts(self.share, Path.home()) | {
            "lessons": [lesson.as_json() for lesson in self.shelf.lessons()]
        }


class FreshCopyHandler(WorkshopHandler):
    """POST {"lesson": NAME}: the lesson as it was shipped; the attendee's is kept beside it."""

    @web.authenticated
    async def post(self) -> None:
        """Answers with what the command says."""
        body = self.get_json_body()
        name = body.get("lesson") if isinstance(body, dict) else None
        if name not in self.shelf.names():
            raise web.HTTPError(404, f"There is no lesson {name!r}.")
        self.finish(json.dumps({"said": await self.run("There is no fresh copy", "reset", name)}))


class WorkHandler(WorkshopHandler):
    """GET: the attendee's folder as a ZIP file."""

    @web.authenticated
    async def get(self) -> None:
        """Made on the disk, sent in pieces."""
        self.check_xsrf_cookie()  # so that no other site makes the server work
        with tempfile.TemporaryFile() as file:
            await asyncio.to_thread(archive.write, self.shelf.copies, file)
            self.set_header("Content-Type", "application/zip")
            self.set_header("Content-Length", str(file.tell()))
            self.set_header("Content-Disposition", 'attachment; filename="my-workshop.zip"')
            file.seek(0)
            while piece := file.read(CHUNK):
                self.write(piece)
                await self.flush()
        self.finish()
