"""services, with a systemctl of our own and a real HTTP server."""

import json
import os
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from appliance_check import web
from appliance_check.checks.services import UNITS, Services
from appliance_check.result import Status

# Answers as systemctl does, from the file that SYSTEMCTL_STATES names.
SYSTEMCTL = """#!/usr/bin/env python3
import json, os, sys
states = json.load(open(os.environ["SYSTEMCTL_STATES"]))
if sys.argv[1] == "show":
    load, active, sub = states.get(sys.argv[-1], ["not-found", "inactive", "dead"])
    print(f"LoadState={load}\\nActiveState={active}\\nSubState={sub}")
else:
    for name, (_, active, sub) in states.items():
        if active == "failed":
            print(f"{name} loaded failed failed Something")
"""
RUNNING = ["loaded", "active", "running"]


@pytest.fixture
def systemd(tmp_path, monkeypatch):
    """Puts units into given states; all that the appliance starts run to begin with."""
    binary = tmp_path / "bin" / "systemctl"
    binary.parent.mkdir()
    binary.write_text(SYSTEMCTL)
    binary.chmod(0o755)
    states = tmp_path / "states.json"
    monkeypatch.setenv("PATH", f"{binary.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("SYSTEMCTL_STATES", str(states))

    def put(**units):
        states.write_text(json.dumps(dict.fromkeys(UNITS, RUNNING) | units))

    put()
    return put


@pytest.fixture
def jupyter(context):
    """An HTTP server on a free port, which the description then names; reply it as you like."""

    class Handler(BaseHTTPRequestHandler):
        status, body = 200, b'{"version": "2.21.1"}'

        def do_GET(self):
            self.send_response(self.status if self.path == "/api" else 404)
            self.end_headers()
            self.wfile.write(self.body)

        def log_message(self, *arguments):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    context.description["ports"]["jupyter"]["guest"] = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Handler
    server.shutdown()
    server.server_close()


def test_all_active_and_jupyter_answering_passes(context, systemd, jupyter):
    result = Services().run(context)
    assert result.status == Status.PASS
    assert "Jupyter 2.21.1" in result.message


def test_stopped_unit_is_named_with_its_state_and_the_command(context, systemd, jupyter):
    systemd(**{"jupyter.service": ["loaded", "inactive", "dead"]})
    result = Services().run(context)
    assert result.status == Status.FAIL
    assert result.message == "jupyter.service is inactive (dead)"
    assert "systemctl restart jupyter.service`" in result.remedy


def test_a_service_that_is_still_starting_has_only_to_answer(context, systemd, jupyter):
    systemd(**{"jupyter.service": ["loaded", "activating", "start"]})
    assert Services().run(context).status == Status.PASS


def test_any_failed_unit_is_named_once(context, systemd, jupyter):
    failed = ["loaded", "failed", "failed"]
    systemd(**{"ssh.service": failed, "other.service": failed})
    message = Services().run(context).message
    assert message == "ssh.service is failed (failed); other.service has failed"


def test_unit_that_is_not_installed(context, systemd, jupyter):
    systemd(**{"ssh.service": ["not-found", "inactive", "dead"]})
    assert Services().run(context).message == "ssh.service is not installed"


def test_nothing_behind_jupyters_port(context, systemd):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        context.description["ports"]["jupyter"]["guest"] = free.getsockname()[1]
    result = Services().run(context)
    assert result.status == Status.FAIL
    assert "Jupyter does not answer" in result.message
    assert "refused" in result.message


@pytest.mark.parametrize(("status", "body"), [(500, b"{}"), (200, b"hello"), (200, b"[]")])
def test_something_else_behind_jupyters_port(context, systemd, jupyter, status, body):
    jupyter.status, jupyter.body = status, body
    assert Services().run(context).status == Status.FAIL


def test_something_that_speaks_no_http_behind_jupyters_port(context, systemd):
    with socket.create_server(("127.0.0.1", 0)) as server:
        context.description["ports"]["jupyter"]["guest"] = server.getsockname()[1]

        def greet():
            client, _ = server.accept()
            client.sendall(b"SSH-2.0-Other\r\n")
            client.recv(4096)
            client.close()

        threading.Thread(target=greet, daemon=True).start()
        result = Services().run(context)
    assert result.status == Status.FAIL
    assert "the reply is not HTTP" in result.message


def test_silent_jupyter_is_given_up(context, systemd, monkeypatch):
    monkeypatch.setattr(web, "ANSWER_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        context.description["ports"]["jupyter"]["guest"] = silent.getsockname()[1]
        assert "timed out" in Services().run(context).message


def test_no_systemd(context, monkeypatch, jupyter, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    result = Services().run(context)
    assert result.status == Status.FAIL
    assert "systemd does not answer" in result.message
