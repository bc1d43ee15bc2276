"""Watches a kernel's memory and the compilers that it starts, and tells what it died of."""

import contextlib
import signal
import subprocess
import threading
import time
from pathlib import Path

import psutil

INTERVAL = 0.05  # seconds; a compiler runs for half a second at least
REST = 9  # times as long as a look took, which is long where the processor is emulated
# Signals that a processor or a library sends when compiled code goes wrong.
CRASHES = ("SIGABRT", "SIGBUS", "SIGFPE", "SIGILL", "SIGSEGV", "SIGSYS", "SIGTRAP")


class Watch:
    """Follows one kernel from a thread of its own; kills it when it needs too much memory.

    limit_mb is for the whole run, and a cell may have a lower one. peak_mb is the largest resident
    size of the kernel and its children together, compiler_runs the number of C++ compilations
    among them, cpu_seconds what the kernel and the children that have ended computed. verdict says
    why the kernel was killed from here, if it was.
    """

    def __init__(self, limit_mb: float):
        self.limit_mb = limit_mb
        self.peak_mb = 0
        self.cpu_seconds = 0.0
        self.verdict: str | None = None
        self._cell_limit_mb: float | None = None
        self._cell_peak_mb = 0
        self._compilers: set[psutil.Process] = set()
        self._family: set[psutil.Process] = set()
        self._oom_kills = oom_kills()
        self._looking = threading.Lock()
        self._ended = threading.Event()
        self._popen: subprocess.Popen | None = None
        self._kernel: psutil.Process | None = None
        self._thread: threading.Thread | None = None

    @property
    def compiler_runs(self) -> int:
        return len(self._compilers)

    def follow(self, kernel: subprocess.Popen) -> None:
        """Begin with this kernel, if that has not happened yet."""
        if not self._thread:
            self._popen, self._kernel = kernel, psutil.Process(kernel.pid)
            self._thread = threading.Thread(target=self._loop)
            self._thread.start()

    def begin_cell(self, limit_mb: float | None) -> None:
        with self._looking:
            self._cell_peak_mb, self._cell_limit_mb = 0, limit_mb

    def end_cell(self) -> int:
        """The largest size in MB since the cell began; a short one is looked at here at least."""
        self._look()
        return self._cell_peak_mb

    def kill(self, verdict: str) -> None:
        """End the kernel; what it died of is `verdict`, unless it has one already."""
        self.verdict = self.verdict or verdict
        with contextlib.suppress(psutil.NoSuchProcess):
            self._kernel.kill()

    def stop(self) -> None:
        """End the watch, and what the kernel started and left behind."""
        self._ended.set()
        if self._thread:
            self._thread.join()
        for process in self._family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()  # psutil knows a process from a later one with its number

    def cause_of_death(self) -> str:
        """Why the kernel died, as far as that can be told."""
        if self.verdict:
            return self.verdict
        status = self._popen.poll()
        if status == -signal.SIGKILL and oom_kills() > self._oom_kills:
            return f"out of memory: Linux ended the kernel (peak {self.peak_mb} MB)"
        if status is None or status >= 0:
            return f"the kernel died: it ended itself with exit status {status}"
        name = signal.Signals(-status).name
        if name in CRASHES:
            return f"the kernel died: compiled code crashed ({name}, peak {self.peak_mb} MB)"
        return (
            f"the kernel died: something ended it with {name} (peak {self.peak_mb} MB; no "
            "shortage of memory was seen)"
        )

    def _loop(self) -> None:
        while not self._ended.is_set():
            started = time.monotonic()
            self._look()
            self._ended.wait(max(INTERVAL, REST * (time.monotonic() - started)))

    def _look(self) -> None:
        # A child may end while it is looked at; a dead kernel ends the run, and so this.
        with self._looking, contextlib.suppress(psutil.NoSuchProcess):
            family = [self._kernel, *self._kernel.children(recursive=True)]
            self._family.update(family[1:])
            self._compilers.update(child for child in family if child.name() == "cc1plus")
            size_mb = sum(process.memory_info().rss for process in family) // 1_000_000
            self.peak_mb = max(self.peak_mb, size_mb)
            self._cell_peak_mb = max(self._cell_peak_mb, size_mb)
            used = self._kernel.cpu_times()
            self.cpu_seconds = used.user + used.system + used.children_user + used.children_system
            if size_mb > self.limit_mb:
                self.kill(f"out of memory: it needs more than its {self.limit_mb} MB")
            elif self._cell_limit_mb and size_mb > self._cell_limit_mb:
                self.kill(
                    f"out of memory: it needs more than the {self._cell_limit_mb} MB of this cell"
                )


def oom_kills(root: Path = Path("/")) -> int:
    """How often Linux has ended a process for want of memory.

    The counter of our own control group, where there is one, lest a neighbour's death be taken for
    ours; else that of the machine. Their lines: https://docs.kernel.org/admin-guide/cgroup-v2.html
    (memory.events) and .../cgroup-v1/memory.html (memory.oom_control).
    """
    groups = root / "sys/fs/cgroup"
    for path in (
        groups / _own_group(root) / "memory.events",
        groups / "memory" / "memory.oom_control",
        root / "proc/vmstat",
    ):
        try:
            counters = dict(line.split() for line in path.read_text().splitlines())
            return int(counters["oom_kill"])
        except (OSError, KeyError, ValueError):
            continue  # another version of control groups, or none
    return 0


def _own_group(root: Path) -> str:
    """This process's control group of version 2, as a path below that of all."""
    try:
        lines = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        return ""
    found = [line.removeprefix("0::/") for line in lines if line.startswith("0::/")]
    return found[0] if found else ""
