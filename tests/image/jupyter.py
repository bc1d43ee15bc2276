"""Jupyter as a browser uses it: pages, REST API, kernels over their websocket.

Source: https://jupyter-client.readthedocs.io/en/stable/messaging.html
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import requests
import websocket

from appliance_build.machine.ports import LOOPBACK


class Jupyter(requests.Session):
    """A browser that has opened Jupyter's page and so got its XSRF cookie.

    Args:
        port: on the host.
        seconds: that an answer may take.
        token: that opens it, if it asks for one.
    """

    def __init__(self, port: int, seconds: float, token: str = "") -> None:
        super().__init__()
        self.params = {"token": token} if token else {}
        self.address = f"{LOOPBACK}:{port}"
        self.seconds = seconds
        self.page = self.get("/")
        self.token = {"X-XSRFToken": self.cookies["_xsrf"]}

    def request(self, method: str, path: str, **options) -> requests.Response:
        """Any request to this server."""
        return super().request(
            method, f"http://{self.address}{path}", **{"timeout": self.seconds} | options
        )

    @contextmanager
    def kernel(self, seconds: float) -> Iterator["Kernel"]:
        """A new kernel; shut down at the end.

        Args:
            seconds: that the kernel may stay silent.
        """
        made = self.post("/api/kernels", json={"name": "python3"}, headers=self.token)
        assert made.status_code == 201, made.text
        identity = made.json()["id"]
        cookie = "; ".join(f"{each.name}={each.value}" for each in self.cookies)
        url = f"ws://{self.address}/api/kernels/{identity}/channels"
        socket = websocket.create_connection(url, timeout=seconds, cookie=cookie)
        try:
            yield Kernel(socket)
        finally:
            socket.close()
            self.delete(f"/api/kernels/{identity}", headers=self.token)


class Kernel:
    """The far end of a kernel's websocket."""

    def __init__(self, socket: websocket.WebSocket) -> None:
        self.socket = socket
        self.session = uuid4().hex

    def run(self, code: str, seconds: float) -> str:
        """What a cell prints on stdout.

        Raises:
            AssertionError: the cell raised; with its traceback.
            TimeoutError: it was still running when its `seconds` were over.
        """
        request = self.send(code)
        deadline = time.monotonic() + seconds
        printed = ""
        while time.monotonic() < deadline:
            reply = json.loads(self.socket.recv())
            if reply["parent_header"].get("msg_id") != request:
                continue
            content = reply["content"]
            assert reply["msg_type"] != "error", "\n".join(content["traceback"])
            if reply["msg_type"] == "stream" and content["name"] == "stdout":
                printed += content["text"]
            if reply["msg_type"] == "status" and content["execution_state"] == "idle":
                return printed
        raise TimeoutError(f"the cell ran longer than {seconds:.0f} s; it printed: {printed}")

    def send(self, code: str) -> str:
        """Start a cell; returns the id that its replies refer to."""
        request = uuid4().hex
        header = {"msg_id": request, "msg_type": "execute_request", "session": self.session}
        message = {
            "channel": "shell",
            "header": header | {"username": "", "version": "5.3"},
            "parent_header": {},
            "metadata": {},
            "content": {"code": code, "silent": False, "allow_stdin": False},
        }
        self.socket.send(json.dumps(message))
        return request
