"""What `make up` does with VirtualBox, tried on a real VBoxManage without a kernel driver."""

import json
import re
import sys
from pathlib import Path

from appliance_build.description import Description
from appliance_build.machine.ports import LOOPBACK, elsewhere
from appliance_build.machine.virtualbox import parse

from .importer import with_virtualbox


def test_machine_is_imported_once_with_the_described_ports_and_says_why_it_cannot_start(
    ova: Path, description: Description, tmp_path: Path
):
    ports = elsewhere(description.ports)
    hosts = [str(ports.jupyter.host), str(ports.ssh.host)]
    script = [sys.executable, "-m", "tests.virtualbox.lifecycle", *hosts]
    seen = json.loads(with_virtualbox(ova, tmp_path, *script))
    info = parse(seen["info"])

    assert [line.split()[0] for line in seen["machines"] if line.startswith('"')] == ['"tried"']
    rules = {value for key, value in info.items() if re.match(r"Forwarding\(", key)}
    assert rules == {
        f"{service},tcp,{LOOPBACK},{port.host},,{port.guest}" for service, port in ports
    }
    assert info["uartmode1"] == "file,/mnt/tried/console.log"
    assert seen["running"] is False
    assert "kernel driver" in seen["start"] and "vboxconfig" in seen["start"]
    assert "\n" not in seen["start"]
