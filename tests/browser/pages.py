"""The bundled pages, served as the appliance serves them: one origin, a strict policy."""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from appliance_build.machine.ports import LOOPBACK

WEB = Path(__file__).parents[2] / "web"
POLICY = "default-src 'self'; img-src 'self' data: blob:"


def bundle(folder: Path) -> Path:
    """Bundle all pages; returns the folder."""
    subprocess.run([shutil.which("node"), "build.mjs", folder], cwd=WEB, check=True)
    return folder


class _Handler(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Tests show what goes wrong in the page instead."""


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a folder; gives the origin."""
    handler = partial(_Handler, directory=str(folder))
    with ThreadingHTTPServer((LOOPBACK, 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://{LOOPBACK}:{server.server_address[1]}"
        server.shutdown()
