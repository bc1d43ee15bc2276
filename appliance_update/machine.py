"""The machine that is updated: its layers, its description, its places for updates."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from hashlib import file_digest
from pathlib import Path

from . import Refused, durable
from .package import HEADER, Header

#: In /run/layers beside the layers (Ansible's role vm, its boot script).
STORE, STATE, RUNNING, DAMAGED = "store", "state", "running", "damaged"
LAST = "*-about.squashfs"  # the release's last layer


@dataclass(frozen=True)
class Machine:
    """Where things are; tests put folders of their own in their place.

    Attributes:
        layers: where the boot script mounted each layer, `store` and `state`.
        share: what the build wrote down.
        root: what the home folder is below.
    """

    layers: Path = Path("/run/layers")
    share: Path = Path("/usr/share/workshop")
    root: Path = Path("/")

    @cached_property
    def description(self) -> dict:
        """appliance.yml, as it was when this system was built."""
        return json.loads((self.share / "appliance.json").read_text(encoding="utf-8"))

    @property
    def place(self) -> str:
        """The attendee's folder, from the root."""
        return f"home/{self.description['user']['name']}/notebooks"

    @property
    def notebooks(self) -> Path:
        """The attendee's folder."""
        return self.root / self.place

    @property
    def folder(self) -> Path:
        """Where updates lie."""
        return self.layers / STATE / "update"

    @property
    def upper(self) -> Path:
        """What was changed on this machine."""
        return self.layers / STATE / "upper"

    @property
    def stack(self) -> list[Path]:
        """The layers that run, the lowest first."""
        others = (STORE, STATE)
        found = (path for path in self.layers.glob("*") if path.is_dir())
        return sorted(path for path in found if path.name not in others)

    @cached_property
    def base(self) -> str:
        """The SHA-256 of the release's last layer.

        Raises:
            Refused: there is none, so that this is no machine of ours.
        """
        found = sorted((self.layers / STORE).glob(LAST))
        if not found or not (self.layers / STATE / "upper").is_dir():
            raise Refused("updates are for the virtual machine, and this is none")
        with found[0].open("rb") as file:
            return file_digest(file, "sha256").hexdigest()

    @property
    def running(self) -> str:
        """The id of the update that was stacked at boot; "" for the release itself."""
        return _id_in(self.layers / RUNNING)

    @property
    def current(self) -> str:
        """The id of the update that the next start will stack."""
        return _id_in(self.folder / "current")

    @property
    def damaged(self) -> bool:
        """Whether the boot script found an update that it could not stack."""
        return (self.layers / DAMAGED).exists()

    @property
    def files(self) -> str:
        """The id of the update that the attendee's folder has been brought to."""
        return _read(self.folder / "files").strip()

    def switch(self, update: str) -> None:
        """Let the next start stack an update, or none: the one step that counts."""
        if update:
            header = self.header(update)
            line = f"{header.sha256}  {update}/layer.squashfs\n"
            durable.write(self.folder / "current", line.encode())
        else:
            durable.remove(self.folder / "current")

    def header(self, update: str) -> Header:
        """What an installed update says of itself."""
        return Header.of((self.folder / update / HEADER).read_bytes())

    def before(self, update: str) -> str:
        """The id of the update that ran when this one was installed; "" for the release itself,
        and where nothing is known of it any more."""
        return _read(self.folder / update / "before").strip() if update else ""

    def chain(self, update: str) -> list[str]:
        """An update, the one before it, and so on down to the release itself, ""."""
        found = [update]
        while found[-1] and (before := self.before(found[-1])) not in found:
            found.append(before)
        return found if found[-1] == "" else [*found, ""]

    def prune(self) -> None:
        """Remove what no step forward or back needs any more."""
        places = (self.current, self.running, self.files)
        needed = {update for place in places for update in self.chain(place)}
        for path in self.folder.glob("*"):
            if path.is_dir() and path.name not in needed:
                durable.remove_folder(path)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let one command at a time change something.

        Raises:
            Refused: another one is at it.
        """
        self.folder.mkdir(exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Refused("another update is under way; wait for it") from None
            yield

    @contextmanager
    def as_attendee(self) -> Iterator[None]:
        """With the attendee's rights, to whom all in the folder shall belong."""
        user = self.description["user"]["uid"]
        if os.geteuid() != 0:
            yield
            return
        os.setegid(user)
        os.seteuid(user)
        try:
            yield
        finally:
            os.seteuid(0)
            os.setegid(0)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""


def _id_in(path: Path) -> str:
    """Of a line "SHA-256  ID/layer.squashfs"."""
    name = _read(path).partition("  ")[2]
    return name.partition("/")[0]
