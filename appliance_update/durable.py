"""Writing that a power cut leaves whole or undone: aside, fsync(2), rename(2), fsync again."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path


def write(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Put a file in the place of whatever is there."""
    aside = path.with_name(f".{path.name}.new")
    aside.unlink(missing_ok=True)
    with aside.open("xb") as file:
        os.fchmod(file.fileno(), mode)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    sync(path.parent)


def stream(path: Path, pieces: Iterable[bytes]) -> None:
    """A new file of many pieces, under its own name: the folder that it is in has yet to appear."""
    with path.open("xb") as file:
        for piece in pieces:
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())


def appear(aside: Path, folder: Path) -> None:
    """Give a folder that was made aside its name; all its files must be synced."""
    for path in [aside, *aside.rglob("*")]:
        if path.is_dir():
            sync(path)
    aside.replace(folder)
    sync(folder.parent)


def remove(path: Path) -> None:
    """Remove a file, if it is there."""
    path.unlink(missing_ok=True)
    sync(path.parent)


def remove_folder(path: Path) -> None:
    """Remove a folder with all in it; half of it may stay behind, so that nothing may need it."""
    shutil.rmtree(path, ignore_errors=True)


def sync(folder: Path) -> None:
    """Let names in a folder reach the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
