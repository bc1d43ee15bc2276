"""How quick `appliance-check --level quick` is: in the machine, and in a container at native speed.

usage: make benchmark      (on an idle machine, as root)

The floor is a start of the Python that it runs in, in the same place; the two take turns, so that a
ratio is taken within a round. The first line is what whoever waits sees first.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from rich.table import Table

from appliance_build import description as descriptions
from appliance_build import paths
from appliance_build.machine import ova, ports, qemu
from appliance_build.progress import console
from appliance_build.store import work_folder
from tests.docker.container import running
from tests.docker.daemon import Daemon
from tests.docker.fixtures import archive
from tests.image.guest import Guest

ROUNDS = 5
NOW = "date +%s.%N"
FLOOR = f"{NOW}; /opt/jupyter/bin/python3 -c pass; {NOW}"
DOCTOR = f"{NOW}; appliance-check --level quick | (read line; {NOW}; cat > /dev/null); {NOW}"

Shell = Callable[[str], str]  # runs a command of the attendee's and returns what it prints


@contextmanager
def container() -> Iterator[Shell]:
    """The image without CUDA."""
    description = descriptions.load()
    with work_folder("doctor-") as folder, Daemon(folder) as daemon:
        daemon.ok("load", "--input", archive("cpu"))
        # testinfra finds the daemon by the environment; this needs no more than `docker exec`.
        with running(daemon, f"{description.name}:cpu", description) as place:
            place.get("/api")
            yield lambda command: daemon.ok("exec", place.name, "bash", "-lc", command)


@contextmanager
def machine() -> Iterator[Shell]:
    """The appliance in QEMU, under what accelerator there is."""
    description = descriptions.load()
    with tempfile.TemporaryDirectory(dir=paths.BUILD) as name:
        folder = Path(name)
        disk = qemu.unpacked(ova.read(ova.find(paths.BUILD)), folder)
        own = ports.elsewhere(description.ports)
        booted = qemu.Qemu(description, disk, folder / "machine", ports=own, keep=False)
        guest = Guest(booted)
        try:
            guest.boot()
            yield guest.ok
        finally:
            booted.power_cut()


def measure(shell: Shell) -> tuple[float, float, float]:
    """Median seconds to the first line and to the end, and how many floors the end is."""
    rounds = []
    for _ in range(ROUNDS):
        before, after = map(float, shell(FLOOR).split())
        start, spoke, end = map(float, shell(DOCTOR).split())
        rounds.append((spoke - start, end - start, (end - start) / (after - before)))
    first, last, ratio = map(median, zip(*rounds, strict=True))
    return first, last, ratio


def main() -> None:
    """Measure, then print the table."""
    table = Table("place", "first line, s", "all, s", "times the start of Python")
    for name, place in (("container", container), ("machine", machine)):
        started = time.monotonic()
        with place() as shell:
            first, last, ratio = measure(shell)
        table.add_row(name, f"{first:.2f}", f"{last:.2f}", f"{ratio:.1f}")
        console.print(f"{name}: {time.monotonic() - started:.0f} s")
    console.print(table)


if __name__ == "__main__":
    main()
