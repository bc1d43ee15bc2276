"""The home folder's own files: whose they are, and Theano's settings."""

import os
import pwd
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from ..commands import as_root, as_user, no_root
from ..context import LAST_REPORT, Context
from ..runner import Outcome
from .repair import Plan, Refused, Repair, again, good

CACHE = ".theano"
NOTEBOOKS = "notebooks"
SETTINGS = Path(".theanorc")
SHIPPED_SETTINGS = Path("/etc/skel") / SETTINGS
# In a container: CPU or GPU, found out at its start; it is read first.
DEVICE_SETTINGS = Path("/tmp/workshop/theanorc")
OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH


class Permissions(Repair):
    id = "permissions"
    title = "Give the attendee's files back to the attendee"
    does = "Notebooks, Theano's cache and settings can be read and written again."
    checks = ("users", "cache", "lessons", "theano")

    def plan(self, context: Context, outcome: Outcome) -> Plan | None:
        uid, gid = _owner(context)
        cache, notebooks = context.home / CACHE, context.home / NOTEBOOKS
        single = [*_single(context)]
        # Attendees may shut notebooks of their own as they like, but all in the folder is theirs.
        strange = [path for path in single if path.lstat().st_uid != uid]
        below = [path for path in _below(cache, notebooks) if path.lstat().st_uid != uid]
        shut = [path for path in single if not _usable(path)]
        commands = []
        if strange:
            commands.append(as_root("chown", "-h", f"{uid}:{gid}", "--", *strange))
        if below:
            commands.append(as_root("chown", "-hR", f"{uid}:{gid}", "--", *_tops(below)))
        if commands and (reason := no_root(context)):
            raise Refused(f"{[*strange, *below][0]} belongs to another user; {reason}")
        if shut:
            commands.append(as_user("chmod", "u+rwX", "--", *shut))
        if not all(map(_usable, _below(cache))):
            commands.append(as_user("chmod", "-R", "u+rwX", "--", cache))
        if context.home.stat().st_mode & OTHERS_MAY_WRITE:
            commands.append(as_user("chmod", "go-w", "--", context.home))
        return Plan(commands) if commands else None


class ShippedSettings(Repair):
    id = "theanorc"
    title = "Put back Theano's settings as shipped"
    does = "Your ~/.theanorc stays beside it, with `mine` and the time in its name."
    checks = ("theano", "cache", "blas")

    def plan(self, context: Context, outcome: Outcome) -> Plan | None:
        mine = context.home / SETTINGS
        if not SHIPPED_SETTINGS.exists() or _read(mine) == _read(SHIPPED_SETTINGS):
            return None
        files = [path for path in (DEVICE_SETTINGS, SHIPPED_SETTINGS) if path.exists()]
        if not good(again(outcome, context, THEANORC=":".join(map(str, files)))):
            return None  # the settings are not what is wrong
        commands = []
        if mine.exists() or mine.is_symlink():
            kept = f"{mine}.mine-{time.strftime('%Y%m%d-%H%M%S')}"
            commands.append(as_user("mv", "-T", "--", mine, kept))
        return Plan([*commands, as_user("cp", "--", SHIPPED_SETTINGS, mine)])


def _owner(context: Context) -> tuple[int, int]:
    try:
        entry = pwd.getpwnam(context.description["user"]["name"])
    except KeyError:
        return os.getuid(), os.getgid()
    return entry.pw_uid, entry.pw_gid


def _single(context: Context) -> Iterator[Path]:
    """The files and folders that the appliance made one by one, as far as they are there."""
    kept = context.home / LAST_REPORT
    folders = [path for path in kept.parents if context.home in path.parents]
    copies = [context.home / NOTEBOOKS / path.name for path in context.lessons]
    paths = (context.home, *reversed(folders), kept, context.home / SETTINGS)
    yield from filter(os.path.lexists, (*paths, context.home / NOTEBOOKS, *copies))


def _below(*folders: Path) -> Iterator[Path]:
    """The folders and all in them, as far as one may look; no link is followed."""
    for folder in folders:
        for parent, names, files in os.walk(folder):
            yield Path(parent)
            links = [name for name in names if Path(parent, name).is_symlink()]
            for path in (Path(parent, name) for name in (*files, *links)):
                if os.path.lexists(path):
                    yield path


def _usable(path: Path) -> bool:
    """Whether its owner may read and write it, and enter it where it is a folder."""
    mode = path.lstat().st_mode
    needed = stat.S_IRWXU if stat.S_ISDIR(mode) else stat.S_IRUSR | stat.S_IWUSR
    return stat.S_ISLNK(mode) or mode & needed == needed


def _tops(paths: list[Path]) -> list[Path]:
    """The paths without those that lie below another one of them, which -R reaches."""
    known = set(paths)
    return [path for path in dict.fromkeys(paths) if known.isdisjoint(path.parents)]


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
