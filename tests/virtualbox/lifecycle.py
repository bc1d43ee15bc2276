"""What `make up` does with VirtualBox, up to the start. Run by `test_machine` beside VBoxManage.

usage: lifecycle.py JUPYTER_PORT SSH_PORT: imports /mnt/appliance.ova twice with these host ports,
tries to start it, and prints what came of it as JSON.
"""

import json
import subprocess
import sys
from pathlib import Path

from appliance_build import description
from appliance_build.errors import BuildError
from appliance_build.machine import ova
from appliance_build.machine.virtualbox import VirtualBox


def main(jupyter: int, ssh: int) -> None:
    """Import, import again, start."""
    original = description.load()
    ports = original.ports.model_copy(
        update={
            "jupyter": original.ports.jupyter.model_copy(update={"host": jupyter}),
            "ssh": original.ports.ssh.model_copy(update={"host": ssh}),
        }
    )
    appliance = ova.read(Path("/mnt/appliance.ova"))
    machine = VirtualBox("tried", Path("/mnt/tried"))
    for _ in range(2):
        machine.prepare(original.model_copy(update={"ports": ports}), appliance)
    try:
        machine.start()
        start = "it started"
    except BuildError as error:
        start = str(error)
    show = ["VBoxManage", "-q", "showvminfo", "tried", "--machinereadable"]
    machines = ["VBoxManage", "-q", "list", "vms"]
    result = {
        "info": subprocess.check_output(show, text=True),
        "machines": subprocess.check_output(machines, text=True).splitlines(),
        "running": machine.running(),
        "start": start,
    }
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
