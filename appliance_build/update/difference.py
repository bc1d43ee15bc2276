"""What a layer must hold that turns one stack of layers into another."""

import filecmp
import importlib.util
import os
import shutil
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from appliance_update.view import view

from ..tree import OVERLAY

#: Of the kernel, which no update brings: modules of the old one must stay, those of a new one
#: would be of no use.
KERNELS = ("usr/lib/modules/", "lib/modules/", "boot/")
#: In a .pyc that goes by time: when its source was changed, as seconds since 1970 (PEP 552).
TIME = slice(8, 12)


@dataclass
class Difference:
    """Paths from the root, in order.

    Attributes:
        changed: what is new or other, with where it is.
        gone: what is no longer there.
    """

    changed: dict[str, Path] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)


def difference(old: Sequence[Path], new: Sequence[Path]) -> Difference:
    """Compare what two stacks show, the lowest layer of each first.

    Times do not count: with another date all of them differ, and byte code with them.
    """
    before, after = dict(view(old)), dict(view(new))
    found = Difference()
    for path, place in after.items():
        if not path.startswith(KERNELS) and not _same(before.get(path), place):
            found.changed[path] = place
    for path in [path for path in found.changed if _is_compiled(path)]:
        source = importlib.util.source_from_cache(path)
        if source in found.changed or source not in after:
            continue
        if _same_code(before.get(path), after[path]):
            del found.changed[path]
        else:  # goes by the time of its source
            found.changed[source] = after[source]
    found.gone = [
        path
        for path in before
        if path not in after and not path.startswith(KERNELS) and _is_in_folder(path, after)
    ]
    return found


def lay_out(found: Difference, new: Sequence[Path], tree: Path) -> None:
    """Write a layer's tree: what changed, in its folders, and whiteouts for what is gone."""
    tree.mkdir()
    shown = dict(view(new))
    for path in [*found.changed, *found.gone]:
        for part in reversed(Path(path).parents[:-1]):
            if not os.path.lexists(tree / part):
                _copy(shown[str(part)], tree / part)
    for path, place in found.changed.items():
        if not os.path.lexists(tree / path):
            _copy(place, tree / path)
    for path in found.gone:
        os.mknod(tree / path, stat.S_IFCHR | 0o600, os.makedev(0, 0))


def _is_in_folder(path: str, shown: Mapping[str, Path]) -> bool:
    """Whether what it was in is a folder still; what is in one that is gone goes with it."""
    above = str(Path(path).parent)
    return above == "." or (above in shown and stat.S_ISDIR(shown[above].lstat().st_mode))


def _same(one: Path | None, other: Path) -> bool:
    if one is None:
        return False
    if one == other:
        return True
    a, b = one.lstat(), other.lstat()
    if (a.st_mode, a.st_uid, a.st_gid, a.st_rdev) != (b.st_mode, b.st_uid, b.st_gid, b.st_rdev):
        return False
    if _attributes(one) != _attributes(other):
        return False
    if stat.S_ISLNK(a.st_mode):
        return one.readlink() == other.readlink()
    if stat.S_ISREG(a.st_mode):
        return a.st_size == b.st_size and filecmp.cmp(one, other, shallow=False)
    return True


def _attributes(path: Path) -> dict[str, bytes]:
    names = os.listxattr(path, follow_symlinks=False)
    return {
        name: os.getxattr(path, name, follow_symlinks=False)
        for name in names
        if not name.startswith(OVERLAY)
    }


def _is_compiled(path: str) -> bool:
    return path.endswith(".pyc") and "/__pycache__/" in path


def _same_code(one: Path | None, other: Path) -> bool:
    """Whether two files of byte code differ in the time of their source alone."""
    if one is None:
        return False
    codes = [bytearray(path.read_bytes()) for path in (one, other)]
    for code in codes:
        code[TIME] = bytes(4)
    return codes[0] == codes[1]


def _copy(source: Path, target: Path) -> None:
    """One file, link or empty folder, with owner, mode, time and attributes."""
    status = source.lstat()
    if stat.S_ISDIR(status.st_mode):
        target.mkdir()
    elif stat.S_ISREG(status.st_mode) or stat.S_ISLNK(status.st_mode):
        shutil.copyfile(source, target, follow_symlinks=False)
    else:
        os.mknod(target, status.st_mode, status.st_rdev)
    os.chown(target, status.st_uid, status.st_gid, follow_symlinks=False)
    for name, value in _attributes(source).items():
        os.setxattr(target, name, value, follow_symlinks=False)
    if not stat.S_ISLNK(status.st_mode):
        target.chmod(stat.S_IMODE(status.st_mode))
    os.utime(target, ns=(status.st_mtime_ns, status.st_mtime_ns), follow_symlinks=False)
