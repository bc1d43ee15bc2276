"""`make up` waits for Jupyter itself and tells what happened instead."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from rich.console import Console

from appliance_build.description import Description
from appliance_build.errors import BuildError
from appliance_build.machine.accelerator import TCG
from appliance_build.machine.ports import elsewhere
from appliance_build.machine.qemu import Qemu
from appliance_build.machine.waiting import answers, until_jupyter

from . import guests


@pytest.mark.parametrize(
    ("message", "power_off", "sentence"),
    [
        ("no root found\n", True, "ended before Jupyter answered"),
        ("Kernel panic: no root\n", False, "kernel stopped before Jupyter answered"),
    ],
)
def test_machine_that_fails_is_reported_with_the_end_of_its_console(
    tmp_path: Path, description: Description, message: str, power_off: bool, sentence: str
):
    disk = guests.disk(tmp_path, message, power_off)
    ports = elsewhere(description.ports)
    machine = Qemu(description, disk, tmp_path / "machine", ports=ports, kind=TCG)
    machine.start()
    try:
        with pytest.raises(BuildError) as error:
            until_jupyter(machine, ports.jupyter.host, Console(quiet=True))
    finally:
        machine.power_cut()
    assert sentence in str(error.value)
    assert message.strip() in str(error.value)
    assert str(machine.console_log) in str(error.value)


@pytest.mark.parametrize(
    ("reply", "is_jupyter"),
    [(b'{"version": "2.14"}', True), (b"<html>nginx</html>", False), (b'{"other": 1}', False)],
)
def test_only_jupyter_counts(reply: bytes, is_jupyter: bool):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever).start()
        try:
            assert answers(server.server_port, timeout=5) is is_jupyter
        finally:
            server.shutdown()
