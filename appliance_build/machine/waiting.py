"""Waiting until a machine that was started serves Jupyter."""

import time
from pathlib import Path
from typing import Protocol

import requests
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from ..errors import BuildError
from .ports import LOOPBACK

_PANIC = "Kernel panic"  # after it the machine stands still for ever
_BOOT_SECONDS = 60  # at native speed, generously; emulation has its factor


class Machine(Protocol):
    """What VirtualBox's and QEMU's machines have in common."""

    name: str
    folder: Path
    console_log: Path
    slowdown: int

    def start(self) -> None: ...
    def running(self) -> bool: ...
    def wait(self, seconds: float) -> bool: ...
    def stop(self, seconds: float) -> bool: ...
    def console(self, lines: int = 15) -> str: ...


def until_jupyter(machine: Machine, port: int, out: Console) -> float:
    """Wait with a spinner until Jupyter answers on a host port.

    Returns:
        The seconds that it took.

    Raises:
        BuildError: the machine ended, its kernel stopped, or the limit passed (a minute,
            times the machine's slowdown); with the end of its console.
    """
    limit = _BOOT_SECONDS * machine.slowdown
    start = time.monotonic()
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    with Progress(*columns, console=out, transient=True) as progress:
        progress.add_task(f"Waiting for Jupyter (at most {limit} s)", total=None)
        while not answers(port, timeout=3 + machine.slowdown):
            if machine.wait(0.25):
                raise BuildError(f"the machine ended before Jupyter answered{_end(machine)}")
            if _PANIC in machine.console(lines=100):
                raise BuildError(
                    "the machine's kernel stopped before Jupyter answered; `make down` ends the "
                    f"machine{_end(machine)}"
                )
            if time.monotonic() - start > limit:
                raise BuildError(
                    f"Jupyter did not answer within {limit} s; the machine still runs, "
                    f"`make down` ends it{_end(machine)}"
                )
    return time.monotonic() - start


def answers(port: int, timeout: float) -> bool:
    """Does Jupyter, and not merely something that accepts connections, answer on a host port?"""
    try:
        return "version" in requests.get(f"http://{LOOPBACK}:{port}/api", timeout=timeout).json()
    except (requests.RequestException, ValueError):
        return False


def _end(machine: Machine) -> str:
    said = machine.console()
    if not said:
        return "; its console stayed empty"
    return f"; the end of its console ({machine.console_log}):\n{said}"
