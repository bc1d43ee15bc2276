"""The attendee's files: given once, kept when the system changes, saved before it all goes."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from ..errors import BuildError
from .folder import KEY, Folder

LESSONS = Path("usr/share/workshop/notebooks")

#: In the tree's home folder; here it is a folder of its own.
NOTEBOOKS = "notebooks"

#: Theano's compile cache, which fits one system alone.
COMPILED = ".theano"


def give(folder: Folder, user: str) -> None:
    """Lay out home folder and lessons for the system that is there now.

    A lesson that the attendee changed or removed stays so; nothing else of the attendee's is
    touched. What was given is written down last, so that a stop in the middle is made good.
    """
    key = (folder.system / KEY).read_text()
    noted = folder.run / "given.json"
    given = json.loads(noted.read_text()) if noted.exists() else {"lessons": {}}
    if given.get("key") == key:
        return
    shutil.rmtree(folder.home / COMPILED, ignore_errors=True)
    _copy_new(folder.system / "home" / user, folder.home)
    (folder.home / NOTEBOOKS).mkdir(exist_ok=True)  # where the sandbox shows them
    lessons = {path.name: digest(path) for path in (folder.system / LESSONS).glob("*.ipynb")}
    for name in lessons:
        copy, before = folder.notebooks / name, given["lessons"].get(name)
        if _is(copy, before) if before else not copy.exists():
            part = copy.with_suffix(".part")
            shutil.copyfile(folder.system / LESSONS / name, part)
            part.replace(copy)
    part = noted.with_suffix(".part")
    part.write_text(json.dumps({"key": key, "lessons": lessons}))
    part.replace(noted)


def changed(folder: Folder) -> list[Path]:
    """What would be lost: files of the attendee's that are not a lesson as it was given."""
    noted = folder.run / "given.json"
    lessons = json.loads(noted.read_text())["lessons"] if noted.exists() else {}
    found = [
        path
        for path in _visible(folder.notebooks)
        if not _is(path, lessons.get(path.relative_to(folder.notebooks).as_posix()))
    ]
    return [*found, *_visible(folder.home)]


def save(folder: Folder, files: list[Path], target: Path) -> None:
    """Copy files to a new folder, which then has all of them or is not there.

    Raises:
        BuildError: the folder has something in it, or lies in what will be removed.
    """
    target = target.absolute()
    if folder.path in (target, *target.parents):
        raise BuildError(f"{target} would be removed, too; name a folder outside {folder.path}")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise BuildError(f"{target} has something in it; name a new folder: SAVE=FOLDER")
    part = target.with_name(f".{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    owner = folder.notebooks.stat()
    part.mkdir(parents=True)
    for source in files:
        copy = part / source.relative_to(folder.path)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, copy, follow_symlinks=False)  # root must not read what a link names
    if os.geteuid() == 0:
        for path in (part, *part.rglob("*")):
            os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)
    os.sync()
    part.rename(target)


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is(path: Path, sha256: str | None) -> bool:
    return path.is_file() and not path.is_symlink() and digest(path) == sha256


def _copy_new(source: Path, target: Path) -> None:
    """Copy what is not there yet, folder by folder."""
    for path in source.iterdir():
        copy = target / path.name
        if path.is_dir() and not path.is_symlink():
            if path.name != NOTEBOOKS:
                copy.mkdir(exist_ok=True)
                _copy_new(path, copy)
        elif not os.path.lexists(copy):
            part = copy.with_name(f"{copy.name}.part")
            shutil.copy2(path, part, follow_symlinks=False)
            part.replace(copy)


def _visible(folder: Path) -> Iterator[Path]:
    """Files and links below a folder that people would call theirs."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name.startswith("."):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _visible(path)
        else:
            yield path
