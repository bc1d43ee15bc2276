"""Serves the pages' files: right types, right caching, and nothing from outside."""

from pathlib import Path

from jupyter_server.base.handlers import JupyterHandler
from tornado import web

from .policy import OWN_POLICY, ForbidsOthers

#: Whatever the system's list says. Anything else is a download.
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".txt": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".pdf": "application/pdf",
}

#: A name in assets/ has a hash of the content, so what was fetched once is right for ever.
FOREVER = "private, max-age=31536000, immutable"
ASK_AGAIN = "private, no-cache"


class PageHandler(ForbidsOthers, JupyterHandler, web.StaticFileHandler):
    """A file below the pages' folder; a folder means its index.html."""

    def initialize(self, path: str) -> None:
        """Tornado's own, with the name of the file that a folder means."""
        web.StaticFileHandler.initialize(self, path, default_filename="index.html")

    @web.authenticated
    async def get(self, path: str, include_body: bool = True) -> None:
        """The file; a token in the address has become a cookie, and goes out of sight."""
        if "token" in self.request.query_arguments:
            self.redirect(self.request.path)
            return
        self.xsrf_token  # noqa: B018  sets the cookie that the page sends back with a POST
        await web.StaticFileHandler.get(self, path, include_body)

    @web.authenticated
    async def head(self, path: str) -> None:
        """The headers alone."""
        await web.StaticFileHandler.get(self, path, include_body=False)

    def get_content_type(self) -> str:
        """By the ending of the name alone."""
        return TYPES.get(Path(self.absolute_path).suffix, "application/octet-stream")

    def get_cache_time(self, path: str, modified: object, mime_type: str) -> int:
        """None of Tornado's: `set_extra_headers` says it."""
        return 0

    def set_extra_headers(self, path: str) -> None:
        """How long a browser may keep it."""
        is_asset = path.startswith("assets/")
        self.set_header("Cache-Control", FOREVER if is_asset else ASK_AGAIN)


class OwnPageHandler(PageHandler):
    """A file of an organiser's."""

    content_security_policy = OWN_POLICY
