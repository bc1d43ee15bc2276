"""Fetching by hash: cut connections are resumed, liars are refused by name, the next is asked."""

import hashlib
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from appliance_build.inputs.fetch import Fetcher, File

BYTES = bytes(range(256)) * 4096


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("APPLIANCE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("APPLIANCE_MIRROR", raising=False)
    return tmp_path / "cache"


@contextmanager
def server(answer):
    """A web server whose handler is one function; yields its address and the ranges asked for."""
    ranges = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            ranges.append(self.headers.get("Range"))
            answer(self)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}", ranges
        running.shutdown()


def serve(handler, content: bytes, cut: int | None = None) -> None:
    """Answer with a file or the rest of it; close the connection after `cut` bytes."""
    start = int((handler.headers.get("Range") or "bytes=0-").removeprefix("bytes=").rstrip("-"))
    handler.send_response(206 if start else 200)
    if start:
        handler.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
    handler.send_header("Content-Length", str(len(content) - start))
    handler.send_header("Last-Modified", "Tue, 24 Nov 2026 00:00:00 GMT")
    handler.end_headers()
    handler.wfile.write(content[start:][:cut])
    if cut is not None:
        handler.close_connection = True


def wanted(*urls: str, content: bytes = BYTES) -> File:
    return File("a/file", len(content), hashlib.sha256(content).hexdigest(), urls)


def fetched(file: File, warnings: list[str]):
    fetcher = Fetcher("things", warnings.append)
    return fetcher.fetch([file]).get(file.path), fetcher.reasons


def test_a_cut_download_goes_on_where_it_stopped(cache):
    with server(lambda handler: serve(handler, BYTES, cut=300_000)) as (address, ranges):
        path, reasons = fetched(wanted(f"{address}/file"), [])
        assert path is None or ranges[1:], "retried at once"
        if path is None:
            assert reasons["a/file"]
    with server(lambda handler: serve(handler, BYTES)) as (address, ranges):
        path, _ = fetched(wanted(f"{address}/file"), [])
    assert path == cache / "things" / "a" / "file" and path.read_bytes() == BYTES
    assert all(asked and asked.startswith("bytes=") for asked in ranges), ranges


def test_a_liar_is_refused_by_name_and_the_next_source_asked():
    warnings = []
    lies = b"lies" + BYTES[4:]
    with (
        server(lambda handler: serve(handler, lies)) as (liar, _),
        server(lambda handler: serve(handler, BYTES)) as (honest, _),
    ):
        path, reasons = fetched(wanted(f"{liar}/file", f"{honest}/file"), warnings)
    assert path.read_bytes() == BYTES and not reasons
    assert [f"{liar}/file is refused" in text for text in warnings] == [True]


def test_short_lies_are_refused_and_leave_nothing(cache):
    warnings = []
    with server(lambda handler: serve(handler, b"short")) as (liar, _):
        path, reasons = fetched(wanted(f"{liar}/file"), warnings)
    assert path is None and "other bytes than the lock says" in reasons["a/file"][0]
    assert warnings and not [
        path for path in cache.rglob("*") if path.is_file() and path.read_bytes()
    ]


def test_what_could_not_be_had_is_asked_for_once_the_next_time():
    with server(lambda handler: serve(handler, BYTES, cut=0)) as (address, asked):
        file = wanted(f"{address}/file")
        assert fetched(file, [])[0] is None
        first = len(asked)
        assert fetched(file, [])[0] is None
        assert 1 == len(asked) - first < first
    with server(lambda handler: serve(handler, BYTES)) as (address, _):
        assert fetched(wanted(f"{address}/file"), [])[0]


def test_many_files_come_together_and_each_failure_is_told_apart(cache):
    contents = {f"/{number}": bytes([number]) * 5000 for number in range(40)}

    def answer(handler):
        if handler.path == "/7":
            handler.send_error(404)
        else:
            serve(handler, contents[handler.path])

    with server(answer) as (address, _):
        files = [
            File(path[1:], len(data), hashlib.sha256(data).hexdigest(), (address + path,))
            for path, data in contents.items()
        ]
        fetcher = Fetcher("many", print)
        seen = []
        found = fetcher.fetch(files, lambda have, want: seen.append((have, want)))
    assert sorted(set(contents) - {f"/{name}" for name in found}) == ["/7"]
    assert fetcher.reasons.keys() == {"7"} and "404" in fetcher.reasons["7"][0]
    assert all(found[path[1:]].read_bytes() == contents[path] for path in contents if path != "/7")
    assert seen and all(have <= want == 200_000 for have, want in seen)


def test_a_mirror_has_the_files_below_the_folders_name(tmp_path, monkeypatch):
    file = tmp_path / "mirror" / "things" / "a" / "file"
    file.parent.mkdir(parents=True)
    file.write_bytes(BYTES)
    monkeypatch.setenv("APPLIANCE_MIRROR", str(tmp_path / "mirror"))
    path, _ = fetched(wanted(), [])
    assert path.read_bytes() == BYTES
