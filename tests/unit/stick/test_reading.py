"""What is read back comes from the medium, not from memory."""

import errno
import fcntl
import hashlib
import os
import subprocess

import pytest

from appliance_build.stick import reading
from appliance_build.stick.filling import fill
from appliance_build.stick.pace import Pace

from .goods import OUTDATED

CONTENT = os.urandom(2 * reading.BLOCK + 4097)


def in_memory(path):
    """Bytes of a file that the kernel holds in its page cache."""
    command = ["fincore", "--bytes", "--noheadings", "--output", "RES", path]
    return int(subprocess.run(command, capture_output=True, check=True).stdout)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(CONTENT)
    return path


@pytest.mark.parametrize("size", [0, 1, 4096, reading.BLOCK, reading.BLOCK + 1, len(CONTENT)])
def test_all_of_a_file_is_read(tmp_path, size):
    path = tmp_path / "file"
    path.write_bytes(CONTENT[:size])
    assert b"".join(reading.blocks(path)) == CONTENT[:size]
    counted = []
    digest = reading.sha256(path, lambda count, seconds: counted.append((count, seconds)))
    assert digest == hashlib.sha256(CONTENT[:size]).hexdigest()
    assert sum(count for count, _ in counted) == size and all(s >= 0 for _, s in counted)


def test_reading_passes_memory_by(file):
    assert in_memory(file) >= len(CONTENT)
    assert reading.sha256(file) == hashlib.sha256(CONTENT).hexdigest()
    assert in_memory(file) == 0, "it was read from memory, or into it"


def test_nothing_of_a_filled_stick_is_in_memory(medium, goods):
    """So the last that was read of each file was read past the cache."""
    fill(medium, goods.items, OUTDATED, Pace())
    files = [path for path in medium.root.rglob("*") if path.is_file()]
    assert len(files) == len(goods.items)
    assert {path.name: size for path in files if (size := in_memory(path))} == {}


@pytest.mark.parametrize("refused", ["open", "preadv"])
def test_without_direct_reading_memory_is_emptied_first(file, monkeypatch, refused):
    """Some file systems refuse O_DIRECT at once, some only when they are read."""
    real, emptied = {name: getattr(os, name) for name in ("open", "preadv")}, []

    def opened(path, flags, *more):
        if flags & os.O_DIRECT and refused == "open":
            raise OSError(errno.EINVAL, "Invalid argument")
        emptied.append(in_memory(file))
        return real["open"](path, flags, *more)

    def read(number, buffers, offset):
        if fcntl.fcntl(number, fcntl.F_GETFL) & os.O_DIRECT:
            raise OSError(errno.EINVAL, "Invalid argument")
        if not offset:
            emptied.append(in_memory(file))
        return real["preadv"](number, buffers, offset)

    monkeypatch.setattr(os, "open", opened)
    monkeypatch.setattr(os, "preadv", read)
    assert reading.sha256(file) == hashlib.sha256(CONTENT).hexdigest()
    assert emptied[0] >= len(CONTENT) and emptied[-1] == 0


def test_an_error_in_the_middle_is_no_refusal(file, monkeypatch):
    real = os.preadv

    def read(number, buffers, offset):
        if offset:
            raise OSError(errno.EINVAL, "Invalid argument")
        return real(number, buffers, offset)

    monkeypatch.setattr(os, "preadv", read)
    with pytest.raises(OSError):
        reading.sha256(file)


def test_a_link_is_not_followed(file, tmp_path):
    (tmp_path / "link").symlink_to(file)
    with pytest.raises(OSError, match="symbolic links"):
        reading.sha256(tmp_path / "link")
