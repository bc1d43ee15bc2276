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


def name_this(name: str, uid: int) -> None:
    """Give the user id that the container runs as the name that people log in with."""
    for path in (PASSWD, GROUP):
        path.unlink(missing_ok=True)
    if os.getuid() != uid:
        GROUP.write_text(f"{name}:x:{os.getgid()}:\n" if os.getgid() else "")
        _write(name, Path("/home", name))


def write_home(home: Path) -> None:
    """Write down which home folder it got."""
    if PASSWD.exists() or home != Path("/home", os.environ["USER"]):
        _write(os.environ["USER"], home)


def _write(name: str, home: Path) -> None:
    PASSWD.write_text(f"{name}:x:{os.getuid()}:{os.getgid()}:{name}:{home}:/bin/bash\n")
