"""A QEMU that runs in a folder of its own: found by its pid file, stopped by its own pid."""

import contextlib
import time
from pathlib import Path

import psutil

from ..errors import BuildError
from . import accelerator, monitor
from .console import tail

_PRESS_AGAIN = 10.0


def _ends(process: psutil.Process, seconds: float) -> bool:
    """Wait at most `seconds` until all its threads are gone; True when they are.

    Until then the disk is not free, whatever becomes of the first of them.
    """
    deadline = time.monotonic() + seconds
    try:
        while process.status() != psutil.STATUS_ZOMBIE or process.num_threads() > 1:
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            # In short turns: where nobody collects it, a dead process stays listed for ever.
            with contextlib.suppress(psutil.TimeoutExpired):
                process.wait(min(left, 0.2))
    except psutil.NoSuchProcess:
        pass
    return True


class Process:
    """The QEMU of one folder, whoever started it.

    A pid file counts only if that process names this very file on its command line: after a crash
    or a restart of the host the number may belong to something else.
    """

    name = "QEMU"

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.pid_file = self.folder / "qemu.pid"
        self.control = self.folder / "monitor.sock"
        self.console_log = self.folder / "console.log"

    def _process(self) -> psutil.Process | None:
        try:
            process = psutil.Process(int(self.pid_file.read_text()))
            ours = str(self.pid_file) in process.cmdline()
            return process if ours and process.status() != psutil.STATUS_ZOMBIE else None
        except (OSError, ValueError, psutil.NoSuchProcess, psutil.AccessDenied):
            return None

    @property
    def slowdown(self) -> int:
        """About how many times slower than native it runs; multiply time limits by it."""
        process = self._process()
        emulated = process is None or accelerator.TCG.arguments[1] in process.cmdline()
        return accelerator.TCG.slowdown if emulated else accelerator.KVM.slowdown

    def running(self) -> bool:
        """Is it alive? A pid file that was left behind is not enough."""
        return self._process() is not None

    def wait(self, seconds: float) -> bool:
        """Wait at most `seconds` for its end; True when it has ended."""
        process = self._process()
        return process is None or _ends(process, seconds)

    def stop(self, seconds: float) -> bool:
        """Press the power button, wait at most `seconds`, then cut the power.

        Returns:
            True if the guest shut itself down, False if its power had to be cut.
        """
        process, deadline = self._process(), time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            # A guest that is still booting does not hear the first press.
            with contextlib.suppress(OSError, ValueError):
                monitor.execute(self.control, "system_powerdown")
            if process is None or _ends(process, min(left, _PRESS_AGAIN)):
                self._tidy()
                return True
        self.power_cut()
        return False

    def power_cut(self) -> None:
        """End it at once, as a pulled plug does.

        Raises:
            BuildError: it belongs to another user, or does not end.
        """
        if process := self._process():
            with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                process.kill()
            if not _ends(process, 10):
                raise BuildError(f"QEMU (pid {process.pid}) could not be ended; end it yourself")
        self._tidy()

    def console(self, lines: int = 15) -> str:
        """The last lines of what the guest wrote to its serial console."""
        return tail(self.console_log, lines)

    def _tidy(self) -> None:
        self.pid_file.unlink(missing_ok=True)
        self.control.unlink(missing_ok=True)
