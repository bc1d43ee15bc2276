"""pages: real requests to a server of our own that serves well or badly."""

import runpy
import socket
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from appliance_check.checks.kernel import Kernel
from appliance_check.checks.pages import PAGES, Pages, _hole
from appliance_check.result import Status

ROOT = Path(__file__).resolve().parents[3]
POLICIES = runpy.run_path(str(ROOT / "web" / "server" / "workshop_pages" / "policy.py"))
POLICY, OWN_POLICY = POLICIES["POLICY"], POLICIES["OWN_POLICY"]
HTML = """<!doctype html><link rel="stylesheet" href="/assets/a.css"><img src="data:image/png,">
<script src="/assets/a.js"></script><a href="https://elsewhere.example/">a link to click</a>"""


class Site:
    """What a small Jupyter serves: path -> type, text."""

    def __init__(self) -> None:
        self.files = dict.fromkeys(PAGES, ("text/html; charset=utf-8", HTML))
        self.files["/assets/a.css"] = ("text/css", "p { background: url(b.png) }")
        self.files["/assets/a.js"] = ("text/javascript", "1")
        self.policy = POLICY
        self.policies: dict[str, str] = {}  # of pages that have another
        self.token = ""
        self.hosts = "127.0.0.1"

    def answer(self, request: BaseHTTPRequestHandler) -> tuple[int, str, str]:
        host = request.headers["Host"].split(":")[0]
        opened = request.headers.get("Authorization", "token ") == f"token {self.token}"
        if not opened or (self.hosts != "any" and host != self.hosts):
            return 403, "application/json", "{}"
        if request.path == "/api/contents":
            return 200, "application/json", "{}"
        if request.path not in self.files:
            return 404, "text/html", ""
        return 200, *self.files[request.path]


@pytest.fixture
def site(context):
    """A server whose port the description then names."""
    made = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            status, kind, text = made.answer(self)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Security-Policy", made.policies.get(self.path, made.policy))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    for side in ("host", "guest"):
        context.description["ports"]["jupyter"][side] = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


def test_pages_that_stand_alone_pass(vm, site):
    result = Pages().run(vm)
    assert result.status == Status.PASS, result.message
    assert result.evidence["parts"] == 2


def test_pages_of_a_container_open_with_its_token(container, site, token):
    site.token, site.hosts = token, "any"
    assert Pages().excuse(container) is None
    assert Pages().run(container).status == Status.PASS


def test_a_container_without_jupyter_tells_no_token(context):
    for check in (Pages(), Kernel()):
        assert "token" in check.excuse(replace(context, profile="cpu"))
        assert check.excuse(replace(context, profile="vm")) is None


@pytest.fixture
def timetable(vm, site):
    """A page that an organiser added, with scripts and styles within."""
    vm.description["extra"] = {"pages": ["pages/timetable"]}
    site.files["/timetable/"] = ("text/html", HTML + "<script>1</script>")
    return site


def test_an_organisers_page_may_have_scripts_within(vm, timetable):
    timetable.policies["/timetable/"] = OWN_POLICY
    result = Pages().run(vm)
    assert result.status == Status.PASS, result.message
    assert result.evidence["pages"] == [*PAGES, "/timetable/"]
    timetable.policies["/painting/"] = OWN_POLICY
    assert "/painting/ does not forbid other sites: " in Pages().run(vm).message


def test_an_organisers_page_that_is_missing_or_open_to_other_sites_fails(vm, timetable):
    timetable.policies["/timetable/"] = f"{OWN_POLICY}; img-src https://cdn.example"
    assert "/timetable/ does not forbid other sites: " in Pages().run(vm).message
    del timetable.files["/timetable/"]
    assert "/timetable/ gives HTTP status 404" in Pages().run(vm).message


def spoiled(site: Site, path: str, kind: str, text: str) -> None:
    site.files[path] = (kind, text)


FAULTS = {
    "page missing": (lambda s: s.files.pop("/slides/"), "/slides/ gives HTTP status 404"),
    "page of another type": (
        lambda s: spoiled(s, "/", "text/plain", HTML),
        "/ gives HTTP status 200, type text/plain",
    ),
    "part missing": (lambda s: s.files.pop("/assets/a.js"), "/assets/a.js gives HTTP status 404"),
    "part of another type": (
        lambda s: spoiled(s, "/assets/a.js", "text/plain", "1"),
        "/assets/a.js gives HTTP status 200, type text/plain",
    ),
    "script from elsewhere": (
        lambda s: spoiled(s, "/painting/", "text/html", '<script src="https://cdn.example/x.js">'),
        "/painting/ needs https://cdn.example/x.js",
    ),
    "picture from elsewhere": (
        lambda s: spoiled(s, "/slides/", "text/html", '<img src="//cdn.example/x.png">'),
        "/slides/ needs //cdn.example/x.png",
    ),
    "font from elsewhere": (
        lambda s: spoiled(s, "/assets/a.css", "text/css", "a { src: url('https://f.example/f') }"),
        "/assets/a.css needs https://f.example/f",
    ),
    "no policy": (lambda s: setattr(s, "policy", ""), "default-src is missing"),
    "policy with a hole": (
        lambda s: setattr(s, "policy", POLICY + "; script-src 'self' https://cdn.example"),
        "script-src 'self' https://cdn.example",
    ),
    "foreign Host header": (
        lambda s: setattr(s, "hosts", "any"),
        "Jupyter answers a request with a foreign Host header",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_of_the_pages_is_named(vm, site, fault):
    cause, words = FAULTS[fault]
    cause(site)
    result = Pages().run(vm)
    assert result.status == Status.FAIL
    assert words in result.message


def test_a_container_that_is_open_without_a_token_is_found(container, site, token):
    site.hosts = "any"
    genuine = site.answer
    site.answer = lambda request: (
        (200, "application/json", "{}") if request.path == "/api/contents" else genuine(request)
    )
    site.token = token
    assert "without a token" in Pages().run(container).message


def test_nobody_behind_the_port(vm):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        vm.description["ports"]["jupyter"]["guest"] = free.getsockname()[1]
    assert "does not answer" in Pages().run(vm).message


@pytest.mark.parametrize(
    "hole",
    ["img-src *", "style-src 'unsafe-inline'", "connect-src wss://x.example", "font-src https:"],
)
def test_holes_in_a_policy(hole):
    assert _hole(POLICY) == ""
    assert _hole(f"{POLICY}; {hole}") == hole
