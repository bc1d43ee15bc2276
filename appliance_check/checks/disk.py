"""Is there room to work?"""

import errno
import tempfile
from pathlib import Path

from ..check import Check
from ..context import Context
from ..result import Result, failed, passed, warned

FAIL_BELOW_MB = 200  # Theano and Jupyter begin to fail in ways that name anything but the disk
WARN_BELOW_MB = 1000  # room for a day's work and data
FAIL_BELOW_INODES = 1_000
WARN_BELOW_INODES = 20_000
# In /tmp nobody works; a read-only container has a small file system of its own there.
TMP_SHARE = 0.25
SAMPLE = bytes(4096)


class Disk(Check):
    id = "disk"
    title = "Disk"
    group = "Machine"
    proves = (
        "There are free bytes and inodes where the system, the attendee and temporary files are, "
        "and the latter two can be written."
    )
    matters = "On a full disk notebooks are not saved and Theano cannot compile."
    remedy = (
        "Remove what is not needed: `du -xh ~ | sort -h | tail` shows the largest folders; what "
        "Jupyter deletes goes to ~/.local/share/Trash and still counts."
    )
    seconds = 0.1

    def run(self, context: Context) -> Result:
        notebooks, tmp = context.home / "notebooks", context.at("/tmp")
        places = {context.at("/"): 1.0, context.home: 1.0, notebooks: 1.0, tmp: TMP_SHARE}
        figures = {path: _figures(context, path) for path in places if path.exists()}
        evidence = {
            str(path): {"free_mb": megabytes, "free_inodes": inodes}
            for path, (megabytes, inodes) in figures.items()
        }
        if unwritable := _unwritable((context.home, notebooks, tmp)):
            return failed(*unwritable, **evidence)
        poor, low = {}, {}
        for path, (megabytes, inodes) in figures.items():
            share = places[path]
            if megabytes < FAIL_BELOW_MB * share or _few(inodes, FAIL_BELOW_INODES):
                poor.setdefault((megabytes, inodes), []).append(str(path))
            elif megabytes < WARN_BELOW_MB * share or _few(inodes, WARN_BELOW_INODES):
                low.setdefault((megabytes, inodes), []).append(str(path))
        if poor:
            return failed(_told(poor), **evidence)
        if low:
            return warned(_told(low), **evidence)
        least = min(megabytes for megabytes, _ in figures.values())
        return passed(f"{least:,} MB free, can be written", **evidence)


def _figures(context: Context, path: Path) -> tuple[int, int | None]:
    """Free megabytes and inodes; some file systems (btrfs) count none and report 0 of 0."""
    status = context.statvfs(path)
    inodes = status.f_favail if status.f_files else None
    return status.f_bavail * status.f_frsize // 1_000_000, inodes


def _few(inodes: int | None, limit: int) -> bool:
    return inodes is not None and inodes < limit


def _told(places: dict[tuple[int, int | None], list[str]]) -> str:
    """Folders of one file system have the same figures, which are told once."""
    return "; ".join(
        f"{', '.join(paths)} {'has' if len(paths) == 1 else 'have'} {megabytes} MB"
        f"{'' if inodes is None else f' and {inodes} inodes'} free"
        for (megabytes, inodes), paths in places.items()
    )


def _unwritable(folders: tuple[Path, ...]) -> tuple[str, str] | None:
    """What is wrong with the first folder that takes no file, and what to do."""
    for folder in filter(Path.exists, folders):
        try:
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(SAMPLE)
                file.flush()
        except PermissionError:
            if folder.name == "tmp":
                return f"{folder} cannot be written", f"`sudo chmod 1777 {folder}`"
            # Whose the home folder is, the check `users` tells.
        except OSError as error:
            remedy = ""
            if error.errno == errno.EROFS:
                remedy = (
                    "Shut the appliance down and start it again; if it stays so, the virtual disk "
                    "is damaged: import the appliance again."
                )
            return f"{folder} cannot be written: {error.strerror}", remedy
    return None
