"""QEMU's control socket (QMP: one JSON object a line). Only single commands are needed here."""

import json
import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO


def execute(
    path: Path, command: str, timeout: float = 10, arguments: Mapping[str, str] | None = None
) -> object:
    """Send one QMP command and return its answer.

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
                _ask(lines, {"execute": "qmp_capabilities"})
                return _ask(lines, {"execute": command, "arguments": dict(arguments or {})})
    finally:
        os.close(folder)


def _ask(lines: TextIO, request: dict) -> object:
    print(json.dumps(request), file=lines, flush=True)
    for line in lines:
        message = json.loads(line)
        if "error" in message:
            raise OSError(message["error"]["desc"])
        if "return" in message:
            return message["return"]
    raise ConnectionResetError("QEMU closed its control socket")
