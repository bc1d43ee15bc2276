"""The system of local mode: the appliance's layers as one tree. Runs in the tools tree."""

import os
import shutil
import stat
from pathlib import Path

from .. import tree
from ..builder import Builder
from ..description import Description
from ..errors import BuildError
from ..inputs import assets, debian
from ..inputs.fetch import check_mirrors
from ..layers import HERE, SQUASHFS
from ..papers import about, source
from ..progress import reused, step, warn
from ..store import fingerprint, locked
from .folder import KEY, Folder

#: The lowest first; without what only machines and containers need.
LAYERS = ("system", "science", "web", "compiled", "content")

#: Files beside this one, and where they are in the tree.
INSIDE = {"jupyter_server_config.py": "etc/jupyter/jupyter_server_config.py"}
PROFILE = Path("usr/share/workshop/profile")

MAKERS = [HERE / "local" / "system.py", HERE / "local" / "inside", HERE / "papers"]
ROOM_GB = 2
SPECIAL = stat.S_ISUID | stat.S_ISGID


def make(description: Description, path: Path) -> None:
    """Unpack the layers, built if need be, into `system/` of a folder of local mode.

    The tree is whole or absent: it is made beside its place.

    Raises:
        BuildError: whatever stops it, in one sentence.
    """
    folder = Folder(path)
    check_mirrors()
    with locked():
        found, standins = assets.fetch_all(assets.locked_assets())
        builder = Builder(description, debian.load(), found, standins)
        if builder.ingredients.has_extra("cpu"):
            warn("local mode leaves out what extra.packages and extra.python add")
        keys = [builder.key(name) for name in LAYERS]
        key = fingerprint(keys, builder.standins, source.commits(description), files=MAKERS)
        if (folder.system / KEY).exists() and (folder.system / KEY).read_text() == key:
            reused("system of local mode")
            return
        entries = builder.build_all(LAYERS)
        squashfs = {name: entry / SQUASHFS for name, entry in entries.items()}
        _check_room(folder.path)
        with step("system of local mode", "local") as log:
            shutil.rmtree(folder.making, ignore_errors=True)
            folder.making.mkdir()
            root = _stack(squashfs, folder.making, log)
            debs = [deb for name in LAYERS for deb in builder.ingredients.debs(name)]
            papers = folder.making / "about"
            about.write(description, debs, None, builder.standins, squashfs, papers, log)
            lay(papers, root)
            _complete(root, key)
            os.sync()
            shutil.rmtree(folder.system, ignore_errors=True)
            root.rename(folder.system)
            shutil.rmtree(folder.making)


def _stack(layers: dict[str, Path], work: Path, log: Path) -> Path:
    root = work / "root"
    for name, squashfs in layers.items():
        layer = work / name
        tree.unpack(squashfs, layer, log)
        if root.exists():
            lay(layer, root)
        else:
            layer.rename(root)
    return root


def lay(layer: Path, root: Path) -> None:
    """Move a layer's files over a tree on the same disk, as overlayfs shows them.

    Source: the kernel's Documentation/filesystems/overlayfs.rst, "whiteouts and opaque
    directories".
    """
    for path in layer.iterdir():
        place, status = root / path.name, path.lstat()
        if stat.S_ISDIR(status.st_mode) and _is_folder(place):
            if tree.OPAQUE in os.listxattr(path):
                shutil.rmtree(place)
            else:
                lay(path, place)
                os.chown(place, status.st_uid, status.st_gid)
                shutil.copystat(path, place)
                continue
        _remove(place)
        if not (stat.S_ISCHR(status.st_mode) and status.st_rdev == 0):
            path.rename(place)


def _complete(root: Path, key: str) -> None:
    """What is local mode's own. Nothing here runs with another's rights: outside the sandbox the
    tree is a folder like others, in which an old sudo must not be a way to root."""
    for path in root.rglob("*"):
        mode = path.lstat().st_mode
        if stat.S_ISREG(mode) and mode & SPECIAL:
            path.chmod(stat.S_IMODE(mode) & ~SPECIAL)
    for path in (root / "home").rglob("*"):
        os.lchown(path, 0, 0)  # all users copy from here
    for name, place in INSIDE.items():
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(HERE / "local" / "inside" / name, root / place)
        (root / place).chmod(0o644)
    (root / PROFILE).write_text("local\n")
    (root / KEY).write_text(key)


def _check_room(folder: Path) -> None:
    free = shutil.disk_usage(folder).free / 1024**3
    if free < ROOM_GB:
        raise BuildError(
            f"{folder} has {free:.1f} GiB free and local mode needs {ROOM_GB}; free some, or name "
            "a folder on a larger disk: make local LOCAL=FOLDER"
        )


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _remove(path: Path) -> None:
    if _is_folder(path):
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
