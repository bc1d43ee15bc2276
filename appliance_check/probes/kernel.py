"""Start a kernel through Jupyter, run a cell in it, shut it down.

Arguments: Jupyter's port, seconds that all of it may take. The environment's WORKSHOP_TOKEN opens
Jupyter, where it is not empty.
Source: https://jupyter-client.readthedocs.io/en/stable/messaging.html
"""

import http.client
import json
import os
import sys
import time
from http.cookies import SimpleCookie
from uuid import uuid4

import websocket

from . import reply

CELL = "import sys; print(6 * 7); print(sys.prefix)"
EXPECTED = "42"
PAGE = "/lab"  # gives the cookie against forged requests


class Jupyter:
    """Opened as by a browser.

    Args:
        deadline: of time.monotonic().
    """

    def __init__(self, port: int, token: str, deadline: float) -> None:
        self.port, self.deadline = port, deadline
        self.headers = {"Authorization": f"token {token}"} if token else {}
        if not token:
            cookies = SimpleCookie()
            for line in self.ask("GET", PAGE)[0].headers.get_all("Set-Cookie", []):
                cookies.load(line)
            if "_xsrf" not in cookies:
                raise RuntimeError(f"{PAGE} gives no cookie: Jupyter asks for a log-in")
            xsrf = cookies["_xsrf"].value
            self.headers = {"X-XSRFToken": xsrf, "Cookie": f"_xsrf={xsrf}"}

    def left(self) -> float:
        """Seconds until the deadline."""
        return max(0.1, self.deadline - time.monotonic())

    def ask(
        self, method: str, path: str, body: dict | None = None
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """One request. Raises RuntimeError when Jupyter does not do what it was asked for."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.left())
        text = None if body is None else json.dumps(body)
        connection.request(method, path, text, self.headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: HTTP status {answer.status}")
        return answer, content

    def run(self, kernel: str, code: str) -> str:
        """What a cell prints. Raises RuntimeError when it fails, TimeoutError when it is late."""
        session = uuid4().hex
        channel = websocket.create_connection(
            f"ws://127.0.0.1:{self.port}/api/kernels/{kernel}/channels?session_id={session}",
            timeout=self.left(),
            header=self.headers,
        )
        try:
            return self._exchange(channel, session, code)
        finally:
            channel.close()

    def _exchange(self, channel: websocket.WebSocket, session: str, code: str) -> str:
        request = uuid4().hex
        names = {"msg_id": request, "msg_type": "execute_request", "session": session}
        message = {
            "channel": "shell",
            "header": names | {"username": "", "version": "5.3"},
            "parent_header": {},
            "metadata": {},
            "content": {"code": code, "silent": False, "allow_stdin": False},
        }
        channel.send(json.dumps(message))
        printed = ""
        while True:
            channel.settimeout(self.left())
            answer = json.loads(channel.recv())
            if answer["parent_header"].get("msg_id") != request:
                continue
            content = answer["content"]
            if answer["msg_type"] == "error":
                raise RuntimeError(f"the cell failed: {content['ename']}: {content['evalue']}")
            if answer["msg_type"] == "stream" and content["name"] == "stdout":
                printed += content["text"]
            if answer["msg_type"] == "status" and content["execution_state"] == "idle":
                return printed


def main(port: int, seconds: float, token: str) -> dict:
    """Try it, and say how it went."""
    started = time.monotonic()
    jupyter = Jupyter(port, token, started + seconds)
    _, made = jupyter.ask("POST", "/api/kernels", {"name": "python3"})
    kernel = json.loads(made)["id"]
    try:
        printed, _, prefix = jupyter.run(kernel, CELL).strip().partition("\n")
        taken = time.monotonic() - started
    finally:
        jupyter.ask("DELETE", f"/api/kernels/{kernel}")
    return {
        "printed": printed,
        "expected": EXPECTED,
        "kernel_prefix": prefix,
        "prefix": sys.prefix,
        "seconds": round(taken, 2),
    }


if __name__ == "__main__":
    reply(main(int(sys.argv[1]), float(sys.argv[2]), os.environ.get("WORKSHOP_TOKEN", "")))
