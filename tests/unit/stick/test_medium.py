"""What a stick refuses is told in one sentence, before anything is written or in the middle."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from appliance_build.errors import BuildError
from appliance_build.paths import PROJECT
from appliance_build.stick.filling import check, fill
from appliance_build.stick.medium import Medium, in_words
from appliance_build.stick.pace import Pace
from appliance_build.stick.reading import BLOCK

from .goods import OUTDATED, SIZE, Goods, on


def accident(goods, stick, size, command, block=3):
    """Fill a file system of some size, in name spaces of its own, with an accident on the way.

    Returns what is printed as an error, and what then lies under the mount point.
    """
    script = f'mount -t tmpfs -o size={size} tmpfs "$1" && shift && exec "$@"'
    words = ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", stick]
    words += [sys.executable, "-m", "tests.unit.stick.goods", goods.folder, stick, block, command]
    done = subprocess.run(
        [str(word) for word in words], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1 and done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.startswith(f"error: {stick}"), done.stderr
    return done.stderr, on(stick)


def test_what_is_no_folder_is_refused(tmp_path):
    with pytest.raises(BuildError, match=r"nowhere cannot be used \(No such file or directory\); "):
        Medium.at(tmp_path / "nowhere")
    (tmp_path / "file").touch()
    with pytest.raises(BuildError, match=r"file is no folder; name the one where the stick is"):
        Medium.at(tmp_path / "file")


def test_a_read_only_stick_is_refused_at_once(goods, medium):
    script = 'mount -t tmpfs -o ro tmpfs "$1" && shift && exec "$@"'
    words = ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh"]
    words += [medium.root, sys.executable, "-m", "tests.unit.stick.goods", goods.folder]
    words += [medium.root, "0", "true"]
    done = subprocess.run(words, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == (
        f"error: {medium.root}: it is read-only (Read-only file system); move the switch on its "
        "side, or mount it for writing\n"
    )


def test_a_small_stick_is_refused_before_anything_is_written(goods, medium):
    error, _ = accident(goods, medium.root, "2m", "true")
    assert "2.1 MB free and 3.5 MB are needed; delete what is not needed on it, or take a" in error


def test_a_stick_that_somebody_else_fills_meanwhile_is_full(goods, medium):
    command = f"dd if=/dev/zero of={medium.root}/other bs=1M 2>/dev/null"
    error, _ = accident(goods, medium.root, "6m", command)
    assert "it is full (No space left on device); delete what is not needed on it" in error


@pytest.mark.parametrize("block", [3, 6], ids=["in a file", "between two"])
def test_an_unplugged_stick_is_told_and_nothing_goes_to_the_folder_below(goods, medium, block):
    """The kernel lets a detached file system live on while a file on it is open."""
    error, below = accident(goods, medium.root, "20m", f"umount --lazy {medium.root}", block)
    assert "was unplugged" in error and "it goes on where it stopped" in error
    assert not below


def test_a_stick_that_turns_read_only_is_told(goods, medium):
    """As Linux does with a FAT that has errors; here once the first file is closed."""
    command = f"mount -o remount,ro {medium.root}"
    error, _ = accident(goods, medium.root, "20m", command, block=1)
    assert "it is read-only (Read-only file system)" in error


@pytest.mark.parametrize("number", [errno.EIO, errno.ENODEV, errno.ENOENT])
@pytest.mark.parametrize("call", ["write", "fsync", "fdatasync", "preadv"])
def test_a_failing_stick_is_told(medium, goods, monkeypatch, call, number):
    def fails(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, call, fails)
    if call == "fdatasync":
        monkeypatch.setattr("appliance_build.stick.copying.STRIDE", BLOCK)
    with pytest.raises(BuildError) as caught:
        fill(medium, goods.items, OUTDATED, Pace())
    assert str(caught.value) == (
        f"{medium.root}: it was unplugged, or it fails ({os.strerror(number)}); plug it in again "
        "and repeat the command: it goes on where it stopped, and if this comes back take another "
        "one"
    )
    assert not [name for name in on(medium.root) if not name.endswith(".part")]


def test_what_waits_for_the_stick_tells_when_it_fails(medium, goods, monkeypatch, tmp_path):
    """syncfs is the last that can tell that a byte did not get there."""
    program = tmp_path / "bin" / "sync"
    program.parent.mkdir()
    program.write_text(
        "#!/bin/sh\necho \"sync: error syncing '$2': Input/output error\" >&2; exit 1"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    with pytest.raises(BuildError, match=r"it was unplugged, or it fails \(Input/output error\)"):
        fill(medium, goods.items, OUTDATED, Pace())


def as_kind(medium, kind):
    medium.__dict__["kind"] = kind
    return medium


def test_fat_takes_no_file_of_4_gib(medium):
    as_kind(medium, "vfat").check_size("docker/large.tar", 2**32 - 1)
    with pytest.raises(BuildError, match=r"is formatted as FAT, .* large.tar has 4.3 GB; format "):
        medium.check_size("docker/large.tar", 2**32)
    for kind in ("exfat", "ntfs3", "ext4", ""):
        as_kind(medium, kind).check_size("docker/large.tar", 2**32)


@pytest.mark.parametrize("kind", ["vfat", "exfat", "ntfs3", "fuseblk"])
@pytest.mark.parametrize("name", ["start-here.HTML", "Papers/mine"])
def test_a_name_that_differs_by_case_alone_is_in_the_way(medium, goods, kind, name):
    (medium.root / name).parent.mkdir(exist_ok=True)
    (medium.root / name).write_bytes(b"mine")
    place = medium.root / Path(name).parts[0]
    with pytest.raises(BuildError, match=rf"{place} is in the way: this file system \({kind}\)"):
        fill(as_kind(medium, kind), goods.items, OUTDATED, Pace())
    assert on(medium.root) == {name: b"mine"}
    fill(as_kind(medium, "ext4"), goods.items, OUTDATED, Pace())
    assert on(medium.root) == goods.content() | {name: b"mine"}


def test_a_folder_or_link_under_one_of_our_names_is_in_the_way(medium, goods, tmp_path):
    (medium.root / goods.ova).mkdir()
    with pytest.raises(BuildError, match=rf"{goods.ova} is in the way: it is no ordinary file"):
        fill(medium, goods.items, OUTDATED, Pace())
    (medium.root / goods.ova).rmdir()
    (tmp_path / "elsewhere").mkdir()
    (medium.root / "papers").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BuildError, match=r"papers is in the way: it is no ordinary folder"):
        fill(medium, goods.items, OUTDATED, Pace())
    assert not list((tmp_path / "elsewhere").iterdir())


@pytest.mark.parametrize("there", [True, False])
def test_a_link_in_place_of_a_begun_file_is_not_followed(medium, goods, tmp_path, there):
    victim = tmp_path / "victim"
    if there:
        victim.write_bytes(b"mine")
    (medium.root / f"{goods.ova}.part").symlink_to(victim)
    with pytest.raises(BuildError, match=r"Too many levels of symbolic links"):
        fill(medium, goods.items, OUTDATED, Pace())
    assert victim.exists() == there and (not there or victim.read_bytes() == b"mine")


def test_room_counts_what_is_there_and_names_the_old_version(medium, goods, tmp_path, monkeypatch):
    fill(medium, goods.items, OUTDATED, Pace())
    monkeypatch.setattr(Medium, "free", lambda self: 0)
    check(medium, goods.items, OUTDATED)
    newer = Goods(tmp_path / "newer", version=2)
    with pytest.raises(BuildError) as caught:
        check(medium, newer.items, OUTDATED)
    assert f"delete the earlier version there ({goods.ova}, papers/workshop-1.json: 3.2 MB)" in str(
        caught.value
    )
    (medium.root / f"{newer.ova}.part").write_bytes(newer.content()[newer.ova])
    monkeypatch.setattr(Medium, "free", lambda self: SIZE // 2)
    check(medium, newer.items, OUTDATED)


def test_the_file_systems_name_is_the_kernels(medium):
    mounted = subprocess.run(
        ["stat", "--file-system", "--format=%T", "/dev/shm"], capture_output=True, text=True
    ).stdout.strip()
    assert Medium.at(Path("/dev/shm")).kind == mounted == "tmpfs"


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 kB"),
        (1, "1 kB"),
        (9_340_000, "9.3 MB"),
        (363_212_800, "363 MB"),
        (2**30, "1.1 GB"),
    ],
)
def test_bytes_are_told_as_sticks_are_sold(size, words):
    assert in_words(size) == words
