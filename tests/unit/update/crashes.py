"""Power cuts: at each step in which a program changes the disk, it ends, and what it had not synced
is half there."""

import io
import os
import pathlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

from .laptops import Laptop


class Crash(BaseException):
    """Nothing runs after it: `finally` may try, and gets the same."""


class _Disk:
    """Counts the calls that change the disk, and fails from the last one on."""

    def __init__(self, last: int) -> None:
        self.left, self.unsynced = last, set()
        self.real = {name: getattr(os, name) for name in ("fsync", "replace", "unlink", "mkdir")}
        self.open = io.open

    def _step(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Crash

    def fsync(self, descriptor: int) -> None:
        self._step()
        self.real["fsync"](descriptor)
        self.unsynced.discard(str(Path(f"/proc/self/fd/{descriptor}").readlink()))

    def replace(self, source: Path, target: Path) -> None:
        self._step()
        self.real["replace"](source, target)
        names = {name for name in self.unsynced if (name + "/").startswith(f"{source}/")}
        self.unsynced -= names
        self.unsynced |= {str(target) + name[len(str(source)) :] for name in names}

    def unlink(self, path: Path, **options: int) -> None:
        self._step()
        self.real["unlink"](path, **options)

    def mkdir(self, path: Path, *mode: int) -> None:
        self._step()
        self.real["mkdir"](path, *mode)

    def opened(self, file: Path, mode: str = "r", *rest: object, **options: object) -> object:
        if set(mode) & set("wxa"):
            self._step()
            self.unsynced.add(str(file))
        return self.open(file, mode, *rest, **options)

    def patches(self) -> list:
        names = [mock.patch.object(os, name, getattr(self, name)) for name in self.real]
        return [*names, mock.patch.object(pathlib.io, "open", self.opened)]

    def power_cut(self) -> None:
        """Half of what was not synced is lost."""
        for path in map(Path, self.unsynced):
            if path.is_file():
                os.truncate(path, path.stat().st_size // 2)


def crashes(laptop: Laptop, act: Callable[[], None]) -> Iterator[tuple[int, Callable[[], None]]]:
    """Let the power fail at each step of `act` in turn, and start the machine again.

    Yields:
        The step, and `act`; the machine is then as it came up. At the end as if nothing had been.
    """
    saved = laptop.folder.with_name("saved")
    shutil.copytree(laptop.folder, saved, symlinks=True)
    for steps in range(1000):
        disk = _Disk(steps)
        patches = disk.patches()
        try:
            for patch in patches:
                patch.start()
            act()
            return
        except Crash:
            pass
        finally:
            for patch in patches:
                patch.stop()
        disk.power_cut()
        laptop.power_off()
        laptop.boot()
        yield steps, act
        shutil.rmtree(laptop.folder)
        shutil.copytree(saved, laptop.folder, symlinks=True)
