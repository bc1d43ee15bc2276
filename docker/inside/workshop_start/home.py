"""The home folder: the image's own, or a copy where that cannot be written."""

import os
import shutil
from pathlib import Path

from . import Refusal, say

COPY = Path("/tmp/home")

#: Where a folder of the host is mounted; it appears among the notebooks.
WORK = Path("/work")


def find(user: str) -> Path:
    """The home folder to use.

    Raises:
        Refusal: nothing can be written.
    """
    own = Path("/home", user)
    if os.access(own, os.W_OK):
        return own
    if os.access(COPY, os.W_OK):
        return COPY
    try:
        shutil.copytree(own, COPY, symlinks=True)
    except (OSError, shutil.Error):
        shutil.rmtree(COPY, ignore_errors=True)
        raise Refusal(
            f"{own} cannot be written and {COPY} cannot be made; give the container a volume: "
            f"-v workshop:{own}, or --tmpfs /tmp:exec"
        ) from None
    if os.statvfs(COPY).f_flag & os.ST_NOEXEC:
        raise Refusal(
            "programs in /tmp may not be executed, and Theano compiles; "
            f"use --tmpfs /tmp:exec, or a volume: -v workshop:{own}"
        )
    say(f"{own} belongs to another user or cannot be written; the home folder is {COPY}, and what")
    say(f"you save there ends with the container (keep it with a volume, or a folder at {WORK})")
    return COPY


def link_work(home: Path) -> None:
    """Show the mounted folder among the notebooks, and say if it cannot be written."""
    if not WORK.is_mount():
        return
    link = home / "notebooks" / WORK.name
    if not link.exists():
        link.unlink(missing_ok=True)
        link.symlink_to(WORK)
    if not os.access(WORK, os.W_OK):
        owner, user = WORK.stat(), os.getuid()
        remedy = f"start with --user {owner.st_uid}:{owner.st_gid}"
        if owner.st_uid == 0:
            remedy = f"give the folder on the host to user {user} (Docker made it, if it is new)"
        say(f"{WORK} is user {owner.st_uid}'s and cannot be written by user {user}; {remedy}")
