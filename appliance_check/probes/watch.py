"""Watches a kernel's memory and the compilers that it starts."""

import contextlib
import threading
import time
from pathlib import Path

import psutil

INTERVAL = 0.05  # seconds; a compiler runs for half a second at least
REST = 9  # times as long as a look took, which is long where the processor is emulated


class Watch:
    """Follows one kernel from a thread of its own; kills it when it needs too much memory.

    peak_mb is the largest resident size of the kernel and its children together, compiler_runs
    the number of C++ compilations among them.
    """

    def __init__(self, limit_mb: int):
        self.limit_mb = limit_mb
        self.peak_mb = 0
        self._compilers: set[psutil.Process] = set()
        self._killed = False
        self._oom_kills = _oom_kills()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def compiler_runs(self) -> int:
        return len(self._compilers)

    def follow(self, pid: int) -> None:
        """Begin with this kernel, if that has not happened yet."""
        if not self._thread:
            self._thread = threading.Thread(target=self._loop, args=(psutil.Process(pid),))
            self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        if self._thread:
            self._thread.join()

    def cause_of_death(self) -> str:
        """Why the kernel died, as far as that can be told."""
        if self._killed:
            return f"out of memory: it needs more than its {self.limit_mb} MB"
        if _oom_kills() > self._oom_kills:
            return f"out of memory: Linux ended the kernel (peak {self.peak_mb} MB)"
        return f"the kernel died (peak {self.peak_mb} MB; no shortage of memory was seen)"

    def _loop(self, kernel: psutil.Process) -> None:
        while not self._ended.is_set():
            started = time.monotonic()
            # A child may end while it is looked at; a dead kernel ends the run, and so this.
            with contextlib.suppress(psutil.NoSuchProcess):
                self._look(kernel)
            self._ended.wait(max(INTERVAL, REST * (time.monotonic() - started)))

    def _look(self, kernel: psutil.Process) -> None:
        family = [kernel, *kernel.children(recursive=True)]
        self._compilers.update(child for child in family if child.name() == "cc1plus")
        size_mb = sum(process.memory_info().rss for process in family) // 1_000_000
        self.peak_mb = max(self.peak_mb, size_mb)
        if size_mb > self.limit_mb and not self._killed:
            self._killed = True
            kernel.kill()


def _oom_kills() -> int:
    """How often Linux has ended a process for want of memory since it started."""
    counters = dict(line.split() for line in Path("/proc/vmstat").read_text().splitlines())
    return int(counters.get("oom_kill", 0))
