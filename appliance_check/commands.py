"""Programs that repairs and the support bundle run, as root or as the attendee."""

import os
import pwd
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass

from .context import PACKAGE_PARENT, Context


@dataclass(frozen=True)
class Command:
    """Words of a command line without a shell; `root` where the attendee's rights do not do."""

    words: tuple[str, ...]
    root: bool = False

    def __str__(self) -> str:
        """As one would type it here."""
        prefix = "sudo " if self.root and os.geteuid() != 0 else ""
        return prefix + shlex.join(self.words)


def as_user(*words: object) -> Command:
    return Command(tuple(map(str, words)))


def as_root(*words: object) -> Command:
    return Command(tuple(map(str, words)), root=True)


def no_root(context: Context) -> str | None:
    """Why nothing can be done as root here, if so."""
    if os.geteuid() == 0:
        return None
    if context.in_container:
        return "it needs root, which nobody has in this container"
    if context.is_local:
        return "it needs root, which nobody has in local mode"
    return None if shutil.which("sudo") else "it needs root, and there is no sudo: run this as root"


def execute(
    command: Command, context: Context, seconds: float | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; standard output and error are texts.

    Raises:
        OSError: there is no such program, or it cannot be started.
        subprocess.TimeoutExpired: `seconds` were not enough.
    """
    words, identity = list(command.words), {}
    environment = os.environ | {"LC_ALL": "C.UTF-8"}
    if command.root and os.geteuid() != 0:
        # Where there is a terminal, sudo asks for the password there.
        words = ["sudo", *([] if sys.stdin.isatty() else ["-n"]), *words]
    elif not command.root:
        identity = _attendee(context)
        environment |= {"HOME": str(context.home)}
    return subprocess.run(
        words,
        cwd=PACKAGE_PARENT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=seconds,
        **identity,
    )


def _attendee(context: Context) -> dict:
    """What makes root's child the attendee's; nothing for anybody else."""
    try:
        entry = pwd.getpwnam(context.description["user"]["name"])
    except KeyError:
        return {}
    if os.geteuid() != 0 or entry.pw_uid == 0:
        return {}
    groups = os.getgrouplist(entry.pw_name, entry.pw_gid)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": groups}
