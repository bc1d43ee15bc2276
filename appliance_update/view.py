"""What a stack of layers shows at a place, told without mounting it."""

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

OPAQUE = "trusted.overlay.opaque"  # marks a folder that hides the one below it


def view(layers: Sequence[Path], place: str = "") -> Iterator[tuple[str, Path]]:
    """Each path below a place with the file that shows there, folders before what is in them.

    Args:
        layers: the lowest first; the rules are those of overlayfs (whiteouts, opaque folders).
    """
    folders = (layer / place for layer in reversed(layers))
    return _walk(_visible(folder for folder in folders if os.path.lexists(folder)), "")


def _walk(folders: Sequence[Path], above: str) -> Iterator[tuple[str, Path]]:
    found: dict[str, list[Path]] = {}
    for folder in folders:
        for path in folder.iterdir():
            found.setdefault(path.name, []).append(path)
    for name, paths in sorted(found.items()):
        if not is_whiteout(paths[0]):
            yield above + name, paths[0]
            yield from _walk(_visible(paths), f"{above}{name}/")


def _visible(paths: Iterator[Path] | Sequence[Path]) -> list[Path]:
    """Of things at one place, the highest first, those folders that show through."""
    folders = []
    for path in paths:
        if not stat.S_ISDIR(path.lstat().st_mode):
            break
        folders.append(path)
        if OPAQUE in _attributes(path):
            break
    return folders


def _attributes(path: Path) -> list[str]:
    """The names of a folder's attributes; a squashfs in which nothing has any knows of none."""
    try:
        return os.listxattr(path)
    except OSError as error:
        if error.errno != errno.ENOTSUP:
            raise
        return []


def is_whiteout(path: Path) -> bool:
    """Whether it hides what is below it (overlayfs: a device 0, 0)."""
    status = path.lstat()
    return stat.S_ISCHR(status.st_mode) and status.st_rdev == 0
