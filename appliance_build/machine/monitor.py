"""QEMU's control socket (QMP: one JSON object a line). Only single commands are needed here."""

import json
import os
import socket
from pathlib import Path


def execute(path: Path, command: str, timeout: float = 10) -> None:
    """Send one QMP command and wait for its answer.

    Raises:
        OSError: nobody listens, the answer does not come in `timeout` seconds, or it is an error.
    """
    folder = os.open(path.parent, os.O_PATH)
    try:
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(timeout)
            # Socket addresses hold 107 bytes at most, which a project deep in a home may exceed.
            link.connect(f"/proc/self/fd/{folder}/{path.name}")
            with link.makefile("rw", encoding="utf-8") as lines:
                json.loads(lines.readline())  # the greeting
                for request in ("qmp_capabilities", command):
                    print(json.dumps({"execute": request}), file=lines, flush=True)
                    _answer(lines)
    finally:
        os.close(folder)


def _answer(lines) -> None:
    for line in lines:
        message = json.loads(line)
        if "error" in message:
            raise OSError(message["error"]["desc"])
        if "return" in message:
            return
    raise ConnectionResetError("QEMU closed its control socket")
