"""kernel: the probe against a server with the part of Jupyter's interface that a kernel takes."""

import json
import os
import sys
import threading
from dataclasses import replace

import pytest
import tornado.httpserver
import tornado.ioloop
import tornado.netutil
import tornado.web
import tornado.websocket

from appliance_check.checks.kernel import Kernel
from appliance_check.context import ProbeFailed
from appliance_check.result import Status


class Answers(tornado.websocket.WebSocketHandler):
    """A kernel's websocket that knows one cell's answer."""

    def initialize(self, jupyter) -> None:
        self.jupyter = jupyter

    def on_message(self, text):
        message = json.loads(text)
        assert message["header"]["msg_type"] == "execute_request"
        for kind, content in self.jupyter.cell:
            other = {"parent_header": {"msg_id": "of somebody else"}}
            mine = {"parent_header": {"msg_id": message["header"]["msg_id"]}}
            for parent in (other, mine):
                self.write_message(json.dumps(parent | {"msg_type": kind, "content": content}))


class Rest(tornado.web.RequestHandler):
    """The page that sets the cookie, and the making and ending of kernels."""

    def initialize(self, jupyter) -> None:
        self.jupyter = jupyter

    def check_xsrf_cookie(self):
        if not self.jupyter.token:
            super().check_xsrf_cookie()

    def prepare(self):
        wanted = f"token {self.jupyter.token}"
        if self.jupyter.token and self.request.headers.get("Authorization") != wanted:
            raise tornado.web.HTTPError(403)

    def get(self):
        self.write(self.xsrf_token)

    def post(self):
        if self.jupyter.refuses:
            raise tornado.web.HTTPError(500)
        self.set_status(201)
        self.write({"id": "k1"})
        self.jupyter.kernels.append("k1")

    def delete(self):
        self.jupyter.kernels.remove("k1")


class Jupyter:
    """A server with the part of Jupyter's interface that a kernel takes."""

    def __init__(self) -> None:
        printed = [{"name": "stdout", "text": text} for text in ("42\n", f"{sys.prefix}\n")]
        self.cell = [("stream", content) for content in printed]
        self.cell.append(("status", {"execution_state": "idle"}))
        self.token, self.refuses, self.kernels = "", False, []


@pytest.fixture
def jupyter(context):
    made = Jupyter()
    [listener] = tornado.netutil.bind_sockets(0, "127.0.0.1")
    for side in ("host", "guest"):
        context.description["ports"]["jupyter"][side] = listener.getsockname()[1]
    ready, loops = threading.Event(), []

    def serve():
        loop = tornado.ioloop.IOLoop(make_current=True)
        own = {"jupyter": made}
        routes = [(r"/api/kernels/k1/channels", Answers, own), (r"/.*", Rest, own)]
        application = tornado.web.Application(routes, xsrf_cookies=True, log_function=str)
        tornado.httpserver.HTTPServer(application).add_sockets([listener])
        loops.append(loop)
        ready.set()
        loop.start()
        loop.close(all_fds=True)

    thread = threading.Thread(target=serve)
    thread.start()
    ready.wait()
    yield made
    loops[0].add_callback(loops[0].stop)
    thread.join()


def test_a_kernel_answers_and_is_ended(vm, jupyter):
    result = Kernel().run(vm)
    assert result.status == Status.PASS, result.message
    assert jupyter.kernels == []


def test_a_kernel_of_a_container_needs_the_token(container, jupyter, token):
    jupyter.token = token
    assert Kernel().run(container).status == Status.PASS
    jupyter.token = "another"
    with pytest.raises(ProbeFailed, match="HTTP status 403"):
        Kernel().run(container)


@pytest.mark.parametrize(("printed", "words"), [("41", "'41'"), ("7 * 6", "'7 * 6'")])
def test_a_wrong_answer_fails(vm, jupyter, printed, words):
    jupyter.cell[0] = ("stream", {"name": "stdout", "text": f"{printed}\n"})
    result = Kernel().run(vm)
    assert result.status == Status.FAIL
    assert words in result.message


def test_a_kernel_in_another_python_fails(vm, jupyter):
    jupyter.cell[1] = ("stream", {"name": "stdout", "text": "/usr\n"})
    result = Kernel().run(vm)
    assert result.status == Status.FAIL
    assert "kernels run in /usr" in result.message


def test_a_cell_that_fails_is_told_and_its_kernel_ended(vm, jupyter):
    jupyter.cell.insert(0, ("error", {"ename": "ImportError", "evalue": "torn"}))
    with pytest.raises(ProbeFailed, match="the cell failed: ImportError: torn"):
        Kernel().run(vm)
    assert jupyter.kernels == []


def test_a_kernel_that_does_not_start_is_told(vm, jupyter):
    jupyter.refuses = True
    with pytest.raises(ProbeFailed, match="POST /api/kernels: HTTP status 500"):
        Kernel().run(vm)


def test_a_kernel_that_never_answers_is_given_up(vm, jupyter, monkeypatch):
    monkeypatch.setattr("appliance_check.checks.kernel.SECONDS", 2)
    jupyter.cell = []
    with pytest.raises(ProbeFailed, match=r"(?i)timed out|timeout"):
        Kernel().run(vm)
    assert jupyter.kernels == []


def test_the_token_is_not_among_the_arguments(container, jupyter, token):
    """Everybody can read those."""
    jupyter.token = token
    log = container.home / "arguments"
    wrapper = container.home / "python"
    wrapper.write_text(f'#!/bin/sh\necho "$@" > {log}\nexec {sys.executable} "$@"\n')
    wrapper.chmod(0o755)
    assert Kernel().run(replace(container, python=wrapper)).status == Status.PASS
    assert "probes.kernel" in log.read_text() and token not in log.read_text()
    assert os.environ.get("WORKSHOP_TOKEN") is None
