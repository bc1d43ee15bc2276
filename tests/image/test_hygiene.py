"""The shipped files depend on nothing but what they were made from: no trace of when, where or by
whom. What a file must not hold at all is in test_layers.py."""

import os
import re
import stat
import struct
from collections.abc import Iterator
from importlib.util import MAGIC_NUMBER, source_from_cache
from pathlib import Path

import pytest

from appliance_build.description import Description
from appliance_build.tree import OPAQUE

from .tree import Tree

DAY = 24 * 60 * 60
CACHE = ".theano/compiled"

# Folders whose Python packages nobody edits: all of them are compiled already.
COMPILED = [
    *("usr/lib/python3", "usr/lib/python3.11/asyncio", "usr/local/lib/python3.11"),
    "opt/jupyter/lib",
]
# What each compiled module has beside its library, which is named after the code's hash.
MODULE = {"__init__.py", "key.pkl", "mod.cpp"}

# Names each module and the hash that its key says it has, as a session of the attendee reads them.
READ_KEYS = """
import pathlib, pickle, theano
for key in sorted(pathlib.Path(theano.config.compiledir).glob("*/key.pkl")):
    data = pickle.loads(key.read_bytes())
    print(key.parent.name, data.module_hash, data.entry, len(data.keys))
"""


def everything(layers: dict[str, Path]) -> Iterator[tuple[str, Path, os.stat_result]]:
    """Each shipped path below `/` with its place in its layer and its status."""
    for folder in layers.values():
        for path in [folder, *folder.rglob("*")]:
            yield str(path.relative_to(folder)), path, path.lstat()


def shipped(layers: dict[str, Path], place: str) -> Path | None:
    """The file that one sees at a place in the stack; an absolute link leads into the stack."""
    found = [tree / place for tree in layers.values() if os.path.lexists(tree / place)]
    if not found:
        return None
    if found[-1].is_symlink() and (target := found[-1].readlink()).is_absolute():
        return shipped(layers, str(target.relative_to("/")))
    return found[-1]


def test_nothing_is_newer_than_the_appliance(layers: dict[str, Path], description: Description):
    newer = [path for _, path, status in everything(layers) if status.st_mtime > description.epoch]
    assert not newer


def test_no_file_says_where_it_was_mounted(layers: dict[str, Path]):
    """overlayfs notes down inodes and file systems of the machine that builds."""
    marked = {
        (place, name)
        for place, path, _ in everything(layers)
        for name in os.listxattr(path, follow_symlinks=False)
        if name.startswith("trusted.") and name != OPAQUE
    }
    assert not marked


def test_byte_code_fits_its_source(layers: dict[str, Path]):
    """Python compiles anew at every start what does not fit, and cannot write it to the system."""
    fits, stale = 0, []
    for place, path, status in everything(layers):
        if not place.endswith(".pyc") or not stat.S_ISREG(status.st_mode):
            continue
        source = shipped(layers, source_from_cache(place))
        with path.open("rb") as file:
            header = file.read(16)
        if source is None:
            stale.append(f"{path}: has no source")
            continue
        of = source.stat()
        expected = MAGIC_NUMBER + struct.pack("<III", 0, int(of.st_mtime), of.st_size)
        if header == expected:
            fits += 1
        else:
            stale.append(f"{path}: {header.hex()} instead of {expected.hex()}")
    assert not stale
    assert fits > 5000


@pytest.mark.parametrize("folder", COMPILED)
def test_every_package_is_compiled(layers: dict[str, Path], folder: str):
    places = {place for place, _, _ in everything(layers) if place.startswith(f"{folder}/")}
    sources = {place for place in places if place.endswith(".py")}
    compiled = {source_from_cache(place) for place in places if place.endswith(".pyc")}
    assert sources
    assert not sources - compiled


def test_compile_cache_has_the_names_that_its_modules_give(
    layers: dict[str, Path], description: Description, tree: Tree
):
    folder = layers["compiled"] / "home" / description.user.name / CACHE
    plain = {"__init__.py", "cutils_ext", "lazylinker_ext", "scan_perform"}
    modules = {path.name: path for path in folder.iterdir() if path.name not in plain}
    assert {path.name for path in folder.iterdir()} >= plain
    for path in modules.values():
        names = {file.name for file in path.iterdir()}
        [library] = names - MODULE
        assert re.fullmatch(r"m[0-9a-f]{64}\.so", library)
        assert names >= MODULE
    tree.write("/var/tmp/keys.py", READ_KEYS)
    lines = [line.split() for line in tree.ok("python3 /var/tmp/keys.py").splitlines()]
    assert len(lines) == len(modules) > 20
    for name, module_hash, entry, keys in lines:
        assert name == f"tmp{module_hash}"
        assert Path(entry).parent.name == name
        assert int(keys) > 0


def test_debug_information_names_no_random_folder(layers: dict[str, Path]):
    """Nor a file that g++ made on the way. (It was started where the build has the lessons.)"""
    cache = next(layers["compiled"].glob(f"home/*/{CACHE}"))
    found = {
        word
        for path in cache.rglob("*.so")
        for word in re.findall(rb"/tmp[\w/.]+|/run/[\w/.]+", path.read_bytes())
        if not re.match(rb"/tmpm[0-9a-f]{64}(/|$)|/tmp/notebooks$", word)
    }
    assert not found


def test_passwords_are_as_old_as_the_appliance(layers: dict[str, Path], description: Description):
    day = str(description.epoch // DAY)
    for tree in layers.values():
        if (tree / "etc/shadow").exists():
            lines = (tree / "etc/shadow").read_text().splitlines()
            assert {line.split(":")[2] for line in lines} == {day}


@pytest.mark.parametrize("name", ["passwd", "group", "shadow", "gshadow", "subuid", "subgid"])
def test_no_earlier_version_of_the_accounts_ships(layers: dict[str, Path], name: str):
    assert shipped(layers, f"etc/{name}") is not None
    assert shipped(layers, f"etc/{name}-") is None


def test_name_server_is_the_machines_and_not_the_builders(layers: dict[str, Path]):
    assert (layers["system"] / "etc/resolv.conf").is_symlink()
    text = (layers["vm"] / "etc/resolv.conf").read_text()
    assert re.findall(r"(?m)^nameserver (.*)$", text) == ["10.0.2.3"]


def test_files_have_the_modes_and_owners_of_their_kind(
    layers: dict[str, Path], description: Description
):
    """Whatever umask the project was cloned or built under."""
    user = description.user
    modes: dict[str, set] = {"home": set(), "system": set()}
    for name in ("science", "web", "compiled", "content"):
        for place, _, status in everything({name: layers[name]}):
            kind = "home" if place.startswith(f"home/{user.name}") else "system"
            if not stat.S_ISLNK(status.st_mode):
                modes[kind].add((status.st_uid, status.st_gid, oct(status.st_mode)))
    folder, file, program = "0o40755", "0o100644", "0o100755"
    assert modes["system"] == {(0, 0, mode) for mode in (folder, file, program, "0o100444")}
    assert {(uid, gid) for uid, gid, _ in modes["home"]} == {(user.uid, user.uid)}
    assert {mode for *_, mode in modes["home"]} == {folder, file, program}
