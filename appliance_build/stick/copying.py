"""One file onto a stick: what is right stays, what was begun goes on, and all is read back."""

import hashlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..errors import BuildError
from .pace import Pace
from .reading import BLOCK, blocks, sha256

PART = ".part"  # what a name ends in until its file is whole
STRIDE = 16 * BLOCK  # so much at most is written and not yet on the medium


@dataclass(frozen=True)
class Item:
    """What a stick shall have: its name there (`/` between folders), and where it comes from."""

    name: str
    source: Path
    size: int
    sha256: str

    @classmethod
    def of(cls, name: str, source: Path) -> "Item":
        """A file as it is now."""
        with source.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return cls(name, source, source.stat().st_size, digest)


class Stopped(Exception):
    """The organiser pressed Ctrl-C, or another thread has to end."""


def part_of(target: Path) -> Path:
    """Where a file grows until it is whole."""
    return target.with_name(target.name + PART)


def is_right(item: Item, target: Path, pace: Pace) -> bool:
    """Whether a file with the right bytes is there, as the medium itself says."""
    if not target.is_file() or target.stat().st_size != item.size:
        return False
    return sha256(target, pace.read) == item.sha256


def write(item: Item, part: Path, pace: Pace, stopped: Callable[[], bool]) -> None:
    """Let a part grow until it is the whole file, and read it back.

    What is there from an earlier run is compared with the source, byte by byte, and kept up to
    the first block that differs: neither its size nor its name is proof of anything.

    Raises:
        BuildError: the medium has other bytes than were written, or the source has changed.
        OSError: whatever the medium says.
        Stopped: between two blocks.
    """
    part.parent.mkdir(exist_ok=True)
    with item.source.open("rb") as source:
        begun = _agreeing(item, part, pace) if part.exists() else 0
        source.seek(begun)
        pace.wrote(begun, 0.0)
        _append(source, part, begun, pace, stopped)
    if part.stat().st_size != item.size:
        raise BuildError(f"{item.source} has changed meanwhile; repeat the command")
    if sha256(part, pace.read) != item.sha256:
        _blame(item, part)


def _agreeing(item: Item, part: Path, pace: Pace) -> int:
    """How many bytes of the part are the source's: whole blocks, read from the medium."""
    same = 0
    with item.source.open("rb") as source:
        for block in blocks(part):
            if block != source.read(BLOCK):
                break
            same += len(block)
    return same


def _append(source, part: Path, begun: int, pace: Pace, stopped: Callable[[], bool]) -> None:
    """Write what the source still has, after the bytes that are already right."""
    file = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    try:
        os.ftruncate(file, begun)
        os.lseek(file, begun, os.SEEK_SET)
        start, pending = time.monotonic(), 0
        while block := source.read(BLOCK):
            if stopped():
                raise Stopped
            view = memoryview(block)
            while view:
                view = view[os.write(file, view) :]
            pending += len(block)
            if pending >= STRIDE:
                os.fdatasync(file)  # so that progress is the stick's, not that of memory
                now = time.monotonic()
                pace.wrote(pending, now - start)
                start, pending = now, 0
        os.fsync(file)
        pace.wrote(pending, time.monotonic() - start)
    finally:
        os.close(file)


def _blame(item: Item, part: Path) -> None:
    """Say whose fault it is that other bytes were read than should be there."""
    with item.source.open("rb") as source:
        if hashlib.file_digest(source, "sha256").hexdigest() != item.sha256:
            raise BuildError(f"{item.source} has changed meanwhile; repeat the command")
    part.unlink()  # or an earlier, lying part would be kept for ever
    raise BuildError(
        f"{part.parent} gave back other bytes of {item.name} than were written; the stick is "
        "damaged, or smaller than it says: take another one"
    )
