"""Who Jupyter runs as: an ordinary user, also where root starts it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..errors import BuildError


@dataclass(frozen=True)
class Person:
    """A user of the host by numbers; there need not be an account."""

    uid: int
    gid: int

    @contextmanager
    def rights(self) -> Iterator[None]:
        """Let root do something with this user's rights: the user's folders may have links that
        lead where only root may go."""
        if os.geteuid() != 0:
            yield
            return
        os.setegid(self.gid)
        os.seteuid(self.uid)
        try:
            yield
        finally:
            os.seteuid(0)
            os.setegid(0)


def choose(home: Path, described: int) -> Person:
    """Whoever calls; for root the owner of the home folder, who called sudo, or `described`.

    Raises:
        BuildError: the home folder is somebody else's.
    """
    owner = home.stat() if home.is_dir() else None
    me = os.geteuid()
    if me != 0:
        if owner and owner.st_uid != me:
            raise BuildError(
                f"{home} belongs to user {owner.st_uid}; name a folder of your own: "
                f"make local LOCAL=FOLDER SYSTEM={home.parent}"
            )
        return Person(me, os.getegid())
    if owner and owner.st_uid:
        return Person(owner.st_uid, owner.st_gid)
    if uid := int(os.environ.get("SUDO_UID") or 0):
        return Person(uid, int(os.environ["SUDO_GID"]))
    return Person(described, described)
