"""Who the container runs as: the image's user, or whoever --user names, under the same name."""

import os
from pathlib import Path

from . import STATE, Refusal

#: libnss-extrausers finds them through links in /var/lib/extrausers.
PASSWD, GROUP = STATE / "passwd", STATE / "group"


def check_not_root() -> None:
    """Nothing here runs as root."""
    if os.getuid() == 0:
        raise Refusal(
            "this container does not run as root; leave --user out, or give your own: "
            "--user $(id -u):$(id -g)"
        )


def name_this(name: str, uid: int, home: Path) -> None:
    """Let who the container runs as have the name that people log in with, and this home folder.

    Args:
        uid: the image's own user's; for that one nothing is written, unless the home differs.
    """
    for path in (PASSWD, GROUP):
        path.unlink(missing_ok=True)
    user, group = os.getuid(), os.getgid()
    if user != uid and group:
        GROUP.write_text(f"{name}:x:{group}:\n")
    if user != uid or home != Path("/home", name):
        PASSWD.write_text(f"{name}:x:{user}:{group}:{name}:{home}:/bin/bash\n")
