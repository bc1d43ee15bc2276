"""Boot time: the appliance's Jupyter and sshd beside a bare Debian's sshd, in one run.

usage: make benchmark      (on an idle machine; prints seconds and ratios)

A round boots the bare machine, then the appliance under BIOS and UEFI, one at a time
and from power-on. The ratio of a round is taken within it, since machines drift.
"""

import socket
import statistics
import sys
import tempfile
import time
from pathlib import Path

import requests
from rich.table import Table

from appliance_build import description as descriptions
from appliance_build import paths
from appliance_build.machine import accelerator, ova, ports, qemu
from appliance_build.progress import console

from . import bare

ROUNDS = 3
PATIENCE = 600  # seconds until a machine that does not answer is given up
TICK = 0.1


def until(ready, start: float) -> float:
    """Seconds from `start` until `ready()` is true."""
    while time.monotonic() - start < PATIENCE:
        if ready():
            return time.monotonic() - start
        time.sleep(TICK)
    sys.exit(f"the machine did not answer within {PATIENCE} s")


def ssh_answers(port: int) -> bool:
    """Whether sshd sends its banner."""
    try:
        with socket.create_connection(("127.0.0.1", port), 2) as connection:
            connection.settimeout(5)
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False


def jupyter_answers(port: int) -> bool:
    """Whether Jupyter serves its page."""
    try:
        return requests.get(f"http://127.0.0.1:{port}/", timeout=10).ok
    except requests.RequestException:
        return False


def bare_round(entry: Path, description, kind) -> dict[str, float]:
    """Seconds until a bare Debian's SSH banner."""
    port = ports.elsewhere(description.ports).ssh.host
    start = time.monotonic()
    process = bare.start(entry, description, list(kind.arguments), port)
    try:
        return {"bare ssh": until(lambda: ssh_answers(port), start)}
    finally:
        process.kill()
        process.wait()


def appliance_round(disk: Path, description, kind, firmware: str) -> dict[str, float]:
    """Seconds until the appliance's Jupyter and its SSH banner answer."""
    with tempfile.TemporaryDirectory(dir=paths.BUILD) as folder:
        own = ports.elsewhere(description.ports)
        machine = qemu.Qemu(
            description, disk, Path(folder), ports=own, firmware=firmware, kind=kind
        )
        start = time.monotonic()
        machine.start()
        try:
            ssh = until(lambda: ssh_answers(own.ssh.host), start)
            jupyter = until(lambda: jupyter_answers(own.jupyter.host), start)
        finally:
            machine.power_cut()
    return {f"{firmware} ssh": ssh, f"{firmware} jupyter": jupyter}


def main() -> None:
    """Measure, then print the table."""
    description = descriptions.load()
    entry = bare.make(paths.LOGS / "bare.log")
    with tempfile.TemporaryDirectory(dir=paths.BUILD) as folder:
        disk = qemu.unpacked(ova.read(ova.find(paths.BUILD)), Path(folder))
        kind = accelerator.choose(accelerator.disk(disk))
        rounds = []
        for number in range(ROUNDS):
            console.print(f"round {number + 1} of {ROUNDS} ({kind.name})")
            result = bare_round(entry, description, kind)
            for firmware in qemu.FIRMWARES:
                result |= appliance_round(disk, description, kind, firmware)
            rounds.append(result)
    table = Table("from power-on to", "seconds (median)", "times the bare machine's SSH banner")
    for name in rounds[0]:
        seconds = statistics.median(result[name] for result in rounds)
        ratio = statistics.median(result[name] / result["bare ssh"] for result in rounds)
        table.add_row(name, f"{seconds:.1f}", f"{ratio:.2f}")
    console.print(table)


if __name__ == "__main__":
    main()
