"""Reading what is really on a medium, not what memory still holds of it.

A file that was just written lies in the kernel's page cache, and an ordinary read comes from
there, so that it finds nothing wrong with the worst stick. `O_DIRECT` passes the cache by.
Where a file system has no such thing, the pages are dropped first (`POSIX_FADV_DONTNEED`).
"""

import errno
import hashlib
import mmap
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

BLOCK = 1024**2  # bytes at a time; O_DIRECT wants a multiple of the medium's own blocks

#: Called with the number of bytes just done and the seconds that they took.
Tick = Callable[[int, float], None]


def unseen(count: int, seconds: float) -> None:
    """A tick that nobody looks at."""


def blocks(path: Path) -> Iterator[bytes]:
    """What is on the medium, `BLOCK` bytes at a time; the last one is shorter or none."""
    file = _opened(path, direct=True)
    try:
        os.fsync(file)  # what is still on its way there would be read from memory
        os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
        done = 0
        with mmap.mmap(-1, BLOCK) as buffer:  # begins at a page, as O_DIRECT wants it
            while True:
                try:
                    count = os.preadv(file, [buffer], done)
                except OSError as error:
                    if error.errno != errno.EINVAL or done:
                        raise
                    os.close(file)  # it lets itself be opened so, but not be read
                    file = _opened(path, direct=False)
                    continue
                if count:
                    yield buffer[:count]
                done += count
                if count < BLOCK:
                    return
    finally:
        os.close(file)


def sha256(path: Path, tick: Tick = unseen) -> str:
    """The hash of a file as it is on the medium, in hexadecimal."""
    whole, start = hashlib.sha256(), time.monotonic()
    for block in blocks(path):
        whole.update(block)
        now = time.monotonic()
        tick(len(block), now - start)
        start = now
    return whole.hexdigest()


def _opened(path: Path, direct: bool) -> int:
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
    if direct:
        try:
            return os.open(path, flags | os.O_DIRECT)
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise
    return os.open(path, flags)
