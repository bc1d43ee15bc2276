"""Ending a check's processes, all of them."""

import os
import signal
from pathlib import Path


def descendants(pid: int, proc: Path = Path("/proc")) -> list[int]:
    """The process ids of all children, grandchildren and so on of `pid`."""
    children: dict[int, list[int]] = {}
    for stat in proc.glob("[0-9]*/stat"):
        try:
            # The name in brackets may hold spaces; what follows it is "state ppid ...".
            parent = int(stat.read_text(errors="replace").rpartition(")")[2].split()[1])
        except (OSError, IndexError):
            continue  # it ended meanwhile
        children.setdefault(parent, []).append(int(stat.parent.name))
    found, queue = [], [pid]
    while queue:
        found += (below := children.get(queue.pop(), []))
        queue += below
    return found


def kill_tree(pid: int) -> None:
    """Kill `pid` and what it started. Kernels have sessions of their own: no group holds all."""
    for each in [pid, *descendants(pid)]:
        try:
            os.kill(each, signal.SIGKILL)
        except ProcessLookupError:
            continue
