"""Stacks of layers: what they show, and the layer that turns one into another. The kernel's own
overlayfs is the judge."""

import errno
import os
import random
import shutil
import stat
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from appliance_build.update.difference import difference, lay_out
from appliance_update.view import OPAQUE, view

from .laptops import write

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="overlayfs is mounted by root")
NAMES = ("a", "b", "c")


def mounted(layers: Sequence[Path], folder: Path) -> list[str]:
    """What overlayfs shows: path, kind, mode, owner and content of each thing."""
    lower = ":".join(map(str, reversed([folder / "empty", *layers])))
    for name in ("empty", "at"):
        (folder / name).mkdir(exist_ok=True)
    show = r"find . -mindepth 1 -printf '%P %y %m %U %l ' \( -type f -exec cat {} \; -o -true \)"
    script = f"set -e; mount -t overlay -o lowerdir={lower} x {folder}/at; cd {folder}/at; "
    # A whiteout that hides nothing is listed, and then not found: find says so, and goes on.
    script += rf"{show} -printf '\n' || true"
    command = ["unshare", "--mount", "sh", "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return sorted(done.stdout.splitlines())


def whiteout(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    os.mknod(path, stat.S_IFCHR, os.makedev(0, 0))


def grow(folder: Path, seed: random.Random, depth: int = 0) -> Path:
    """A random layer: files, links, folders, whiteouts, folders that hide what is below."""
    folder.mkdir()
    for name in seed.sample(NAMES, seed.randrange(4)):
        path = folder / name
        kind = seed.choice("ffldddw" if depth < 2 else "flw")
        if kind == "f":
            path.write_text(seed.choice(["one", "two"]))
        elif kind == "l":
            path.symlink_to(seed.choice(["a", "there"]))
        elif kind == "w":
            whiteout(path)
        else:
            grow(path, seed, depth + 1)
            if seed.random() < 0.3:
                os.setxattr(path, OPAQUE, b"y")
    for path in folder.iterdir():
        if path.is_file() and not path.is_symlink() and seed.random() < 0.2:
            path.chmod(0o600)
    return folder


@needs_root
@pytest.mark.parametrize("seed", range(20))
def test_a_stack_shows_what_overlayfs_shows(tmp_path: Path, seed: int):
    numbers = random.Random(seed)
    layers = [grow(tmp_path / f"layer-{n}", numbers) for n in range(3)]
    shown = [line.split()[0] for line in mounted(layers, tmp_path)]
    assert sorted(name for name, _ in view(layers)) == sorted(shown)


@needs_root
def test_a_folder_that_hides_what_is_below_does(tmp_path: Path):
    layers = [write(tmp_path / name, {f"a/{name}": "", f"b/{name}": ""}) for name in ("1", "2")]
    os.setxattr(layers[1] / "a", OPAQUE, b"y")
    assert [name for name, _ in view(layers)] == ["a", "a/2", "b", "b/1", "b/2"]
    assert [name for name, _ in view(layers, "a")] == ["2"]
    assert [line.split()[0] for line in mounted(layers, tmp_path)] == [
        "a",
        "a/2",
        "b",
        "b/1",
        "b/2",
    ]


def test_a_layer_without_any_attribute_shows_through(tmp_path: Path, monkeypatch):
    """A squashfs has no table of them then, and the kernel says so."""

    def unsupported(path: Path) -> list[str]:
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP), path)

    layers = [write(tmp_path / name, {f"a/{name}": ""}) for name in ("1", "2")]
    monkeypatch.setattr(os, "listxattr", unsupported)
    assert [name for name, _ in view(layers)] == ["a", "a/1", "a/2"]


@needs_root
@pytest.mark.parametrize("seed", range(30))
def test_the_layer_turns_the_one_stack_into_the_other(tmp_path: Path, seed: int):
    numbers = random.Random(seed)
    old = [grow(tmp_path / f"old-{n}", numbers) for n in range(2)]
    new = [old[0], grow(tmp_path / "new-1", numbers)]
    lay_out(difference(old, new), new, tmp_path / "tree")
    shutil.rmtree(tmp_path / "at", ignore_errors=True)
    assert mounted([*old, tmp_path / "tree"], tmp_path) == mounted(new, tmp_path)


@needs_root
def test_what_is_the_same_is_left_out(tmp_path: Path):
    files = {"etc/same": "x", "etc/other": "x", "etc/gone": "x", "usr/deep/er": "x"}
    old = write(tmp_path / "old", files)
    new = write(tmp_path / "new", files | {"etc/other": "y"})
    (new / "etc/gone").unlink()
    shutil.rmtree(new / "usr/deep")
    os.utime(new / "etc/same", (0, 0))
    found = difference([old], [new])
    assert [*found.changed] == ["etc/other"]
    assert found.gone == ["etc/gone", "usr/deep"]


def test_the_kernels_files_stay(tmp_path: Path):
    old = write(tmp_path / "old", {"usr/lib/modules/6.1/a.ko": "x", "boot/config-6.1": "x"})
    new = write(tmp_path / "new", {"usr/lib/modules/6.2/a.ko": "x", "boot/config-6.2": "x"})
    found = difference([old], [new])
    assert (found.changed, found.gone) == ({}, [])


def code(folder: Path, name: str, source: str, time: int) -> None:
    """A module with byte code that goes by its source's time."""
    write(folder, {f"lib/{name}.py": source})
    os.utime(folder / f"lib/{name}.py", (time, time))
    command = ["python3", "-m", "compileall", "-q", "--invalidation-mode", "timestamp"]
    command += ["-s", folder, "-p", "/"]
    subprocess.run([*command, folder / f"lib/{name}.py"], check=True)


def test_byte_code_counts_with_its_source(tmp_path: Path):
    """A release of another date has other times everywhere, and byte code with them."""
    old, new = tmp_path / "old", tmp_path / "new"
    for folder, time in ((old, 1_000_000_000), (new, 1_100_000_000)):
        code(folder, "same", "x = 1", time)
        code(folder, "comment", f"x = 1  # {time}", time)
        code(folder, "other", f"x = {time}", time)
    found = {path.partition(".")[0] for path in difference([old], [new]).changed}
    assert found == {
        *("lib/comment", "lib/__pycache__/comment"),
        *("lib/other", "lib/__pycache__/other"),
    }


def test_byte_code_that_changed_alone_counts(tmp_path: Path):
    """Another Python makes other byte code of the same source, whose time must then fit."""
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        code(folder, "same", "x = 1", 1_000_000_000)
    [file] = (new / "lib/__pycache__").iterdir()
    file.write_bytes(file.read_bytes() + b"!")
    assert {*difference([old], [new]).changed} == {f"lib/__pycache__/{file.name}", "lib/same.py"}
