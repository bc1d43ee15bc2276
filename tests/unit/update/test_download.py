"""Fetching an update, and what the attendee's command says and does."""

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest

from appliance_update import Refused, user
from appliance_update.download import CACHE, download

CONTENT = bytes(range(256)) * 1000


@pytest.fixture
def server() -> Iterator[SimpleNamespace]:
    """Serves CONTENT, as `sends` says; `ranges` are what was asked for."""
    what = SimpleNamespace(ranges=[], stops_after=None, knows_ranges=True, status=None)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers["Range"]
            what.ranges.append(asked)
            start = int(asked[6:-1]) if asked and what.knows_ranges else 0
            if start >= len(CONTENT) or what.status:
                self.send_error(what.status or 416)
                return
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(CONTENT) - start))
            self.end_headers()
            self.wfile.write(CONTENT[start : what.stops_after])

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        what.address = f"http://127.0.0.1:{http.server_port}/an.update"
        try:
            yield what
        finally:
            http.shutdown()
            thread.join()


def test_it_comes_whole(server: SimpleNamespace, tmp_path: Path):
    assert download(server.address, tmp_path).read_bytes() == CONTENT
    assert server.ranges == [None]


@pytest.mark.parametrize("knows_ranges", [True, False])
def test_what_was_cut_off_goes_on(server: SimpleNamespace, tmp_path: Path, knows_ranges: bool):
    server.stops_after, server.knows_ranges = 100_000, knows_ranges
    with pytest.raises(Refused, match="goes on where it ended"):
        download(server.address, tmp_path)
    server.stops_after = None
    assert download(server.address, tmp_path).read_bytes() == CONTENT
    assert server.ranges == [None, "bytes=100000-"]
    assert download(server.address, tmp_path).read_bytes() == CONTENT  # all of it is here


def test_what_is_not_there_is_one_sentence(server: SimpleNamespace, tmp_path: Path):
    server.status = 404
    with pytest.raises(Refused, match="cannot be fetched: 404"):
        download(server.address, tmp_path)


def test_no_server_is_one_sentence(tmp_path: Path):
    with pytest.raises(Refused, match=r"cannot be fetched \(.*refused.*is there a network"):
        download("http://127.0.0.1:9/an.update", tmp_path)


@pytest.fixture
def helper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """In place of sudo and the helper: writes down what it gets, and says what `answer` has."""
    program = tmp_path / "bin" / "sudo"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\necho "$@" > {tmp_path}/asked\ncat > {tmp_path}/got\n. {tmp_path}/answer\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def test_an_address_is_fetched_handed_on_and_forgotten(
    helper: Path, server: SimpleNamespace, capsys: pytest.CaptureFixture[str]
):
    (helper / "answer").write_text("echo restart to finish")
    user.update(server.address)
    assert (helper / "got").read_bytes() == CONTENT
    assert (helper / "asked").read_text() == f"--non-interactive {user.HELPER} install\n"
    assert capsys.readouterr().out == "restart to finish\n"
    assert not [*(helper / CACHE).iterdir()]


def test_a_refusal_is_handed_on(helper: Path):
    (helper / "answer").write_text("echo workshop: the update is damaged >&2; exit 1")
    file = helper / "an.update"
    file.write_text("x")
    with pytest.raises(Refused) as refused:
        user.update(str(file))
    assert str(refused.value) == "the update is damaged"
    assert file.exists()


def test_a_file_that_is_not_there_is_one_sentence(helper: Path):
    with pytest.raises(Refused, match="cannot be read"):
        user.update(str(helper / "none"))
    assert not (helper / "asked").exists()


def test_how_things_are_is_told(helper: Path, capsys: pytest.CaptureFixture[str]):
    state = (
        '{"release": "1.0.0", "version": "1.1.0", "next": "1.2.0", "damaged": true, "key": false,'
        ' "files": [["a.ipynb", "was renewed"]], "own": ["/etc/motd"]}'
    )
    (helper / "answer").write_text(f"echo '{state}'")
    user.update(None)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "this machine is 1.1.0, updated from 1.0.0"
    assert [line.split()[0] for line in lines[1:]] == [
        "an",
        "restart",
        "it",
        "a.ipynb:",
        "/etc/motd:",
    ]
    user.update(None, as_json=True)
    assert capsys.readouterr().out.strip() == state


def test_two_addresses_have_a_place_each(server: SimpleNamespace, tmp_path: Path):
    one, other = download(server.address, tmp_path), download(f"{server.address}?2", tmp_path)
    assert one != other
    assert hashlib.sha256(one.read_bytes()).digest() == hashlib.sha256(CONTENT).digest()
