"""Links to other hosts: listed, well formed, and asked for only when somebody wants that."""

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from appliance_build.machine.ports import LOOPBACK
from appliance_build.paths import PROJECT
from appliance_build.site import links

PLACEHOLDER = re.compile(r"example\.|…|<|>|\s|NAME")


class Answers(BaseHTTPRequestHandler):
    """Some servers, in one: a page, a page that moved, one that is gone, one that wants GET."""

    def do_HEAD(self) -> None:
        status = {"/moved": 301, "/gone": 404, "/only-get": 405}.get(self.path, 200)
        self.send_response(status)
        if status == 301:
            self.send_header("Location", "/fine")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        self.path = "/fine" if self.path == "/only-get" else self.path
        self.do_HEAD()

    def log_message(self, *_) -> None:
        """Not on the tests' own output."""


@pytest.fixture
def origin() -> Iterator[str]:
    with ThreadingHTTPServer((LOOPBACK, 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://{LOOPBACK}:{server.server_port}"
        server.shutdown()
        thread.join()


def test_addresses_are_well_formed(site: Path):
    found = links.external(site)
    assert len(found) > 5
    for address, page in found.items():
        parts = urlsplit(address)
        assert parts.scheme == "https", f"{page}: {address} is not encrypted"
        assert "." in parts.hostname and not PLACEHOLDER.search(address), f"{page}: {address}"


def test_what_answers_is_not_dead(origin: str):
    assert links.dead([f"{origin}/fine", f"{origin}/moved", f"{origin}/only-get"]) == {}


def test_what_is_gone_is_named_with_a_reason(origin: str):
    silent = f"http://{LOOPBACK}:1/"
    found = links.dead([f"{origin}/fine", f"{origin}/gone", silent])
    assert found[f"{origin}/gone"].startswith("404")
    assert "Connection" in found[silent]
    assert len(found) == 2


def command(*words: object) -> subprocess.CompletedProcess:
    asked = [sys.executable, "-m", "appliance_build.site", "links", *map(str, words)]
    return subprocess.run(asked, cwd=PROJECT, capture_output=True, text=True, check=False)


def test_the_command_lists_them(site: Path):
    done = command(site)
    assert done.returncode == 0
    assert "https://www.virtualbox.org/  (attendee.html)" in done.stdout.splitlines()


def test_the_command_fails_for_a_dead_one(tmp_path: Path, origin: str, monkeypatch):
    (tmp_path / "index.html").write_text(
        f'<a href="{origin.replace(LOOPBACK, "127.0.0.2")}/gone">a</a><a href="x.html">b</a>'
    )
    done = command("--ask", tmp_path)
    assert done.returncode == 1
    assert "(index.html)" in done.stdout and "1 links, 1 dead" in done.stdout


def test_without_a_site_it_says_so(tmp_path: Path):
    done = command(tmp_path)
    assert done.returncode == 1
    assert "run `make docs` first" in done.stderr and "Traceback" not in done.stderr
