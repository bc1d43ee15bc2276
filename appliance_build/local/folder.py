"""The one folder in which local mode keeps all that it has, and its two locks.

| below it    | is                                                        | and belongs to       |
|-------------|-----------------------------------------------------------|----------------------|
| system/     | the appliance's root tree, never written to               | root                 |
| home/       | the attendee's settings, and what Theano compiled         | whom Jupyter runs as |
| notebooks/  | the attendee's work                                       | the same             |
| run/        | what the last start wrote down: token, log, locks         | the same             |
| making/     | a system that is not finished                             | root                 |
"""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from ..errors import BuildError
from .person import Person

README = "README.txt"
TEXT = """\
Made by `make local`. Your work is in notebooks/; all else can be made again.
`make local-stop LOCAL={folder}` stops it, and
`make local-clean LOCAL={folder}` removes this folder and all that it made.
"""

#: Of the tree: what the appliance is, and the key of what the tree was made of.
FACTS = Path("usr/share/workshop/appliance.json")
KEY = Path("usr/share/workshop/local-key")


class Folder:
    """The folder of one local mode."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.system, self.making = self.path / "system", self.path / "making"
        self.home, self.notebooks = self.path / "home", self.path / "notebooks"
        self.run = self.path / "run"

    @property
    def is_ours(self) -> bool:
        """Whether local mode made it."""
        return (self.path / README).is_file()

    def require_ours(self) -> None:
        """Refuse a folder in which local mode has nothing to do.

        Raises:
            BuildError: local mode did not make it.
        """
        if not self.is_ours:
            raise BuildError(f"there is no local mode in {self.path}; `make local` starts one")

    def claim(self) -> None:
        """Make the folder, or find that local mode made it.

        Raises:
            BuildError: it has other things in it.
        """
        if self.is_ours:
            return
        if self.path.is_dir() and any(self.path.iterdir()):
            raise BuildError(
                f"{self.path} has files that local mode did not make; name another folder: "
                "make local LOCAL=FOLDER"
            )
        self.path.mkdir(parents=True, exist_ok=True)
        (self.path / README).write_text(TEXT.format(folder=self.path), encoding="utf-8")

    def hand_over(self, person: Person) -> None:
        """Make the folders that belong to whom Jupyter runs as."""
        for path, mode in {self.home: 0o700, self.notebooks: 0o755, self.run: 0o700}.items():
            if not path.is_dir():
                path.mkdir(mode=mode)
                if os.geteuid() == 0:
                    os.chown(path, person.uid, person.gid)

    @contextmanager
    def seen_by(self, person: Person) -> Iterator["Folder"]:
        """The folder for work with a person's rights, also if on the way to it only root may go.

        What goes wrong is told by the names that people know.
        """
        through = {
            Path(f"/proc/self/fd/{os.open(path, os.O_PATH | os.O_DIRECTORY)}"): path
            for path in (self.path, self.system)
        }
        place, system = through
        seen = Folder(place)
        seen.system = system
        try:
            with person.rights():
                yield seen
        except OSError as error:
            for short, path in through.items():
                if (name := str(error.filename)).startswith(f"{short}/"):
                    error.filename = f"{path}{name.removeprefix(str(short))}"
            raise
        finally:
            for short in through:
                os.close(int(short.name))

    def built(self) -> dict:
        """What the appliance is, as it was built."""
        return json.loads((self.system / FACTS).read_text(encoding="utf-8"))

    def started(self) -> dict:
        """The same with what the last start changed: the user's number, the ports."""
        return json.loads((self.run / FACTS.name).read_text(encoding="utf-8"))

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Let one command at a time work here.

        Raises:
            BuildError: another one does.
        """
        # Of the folder itself: nothing has to be made for it, nor by whom.
        handle = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BuildError(
                    f"another `make local…` is at work in {self.path}; wait until it is done"
                ) from None
            yield
        finally:
            os.close(handle)

    def running_lock(self) -> TextIO | None:
        """A file that is locked while Jupyter runs; None if it does.

        The sandbox inherits the lock, so that the kernel opens it whatever ends the sandbox.
        """
        handle = (self.run / "running").open("a")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.close()
            return None
        return handle

    def is_running(self) -> bool:
        """Whether Jupyter, or what is left of it, runs."""
        if not (self.run / "running").exists():
            return False
        if lock := self.running_lock():
            lock.close()
        return lock is None

    def has_ended(self, seconds: float) -> bool:
        """Wait at most `seconds` for its end."""
        deadline = time.monotonic() + seconds
        while self.is_running():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True

    def remove(self) -> None:
        """Remove what local mode made, and the folder if nothing else is in it."""
        if self.system.is_symlink():
            self.system.unlink()
        for path in (self.making, self.system, self.home, self.notebooks, self.run):
            if path.exists():
                shutil.rmtree(path)
        (self.path / README).unlink()  # last: until then it is ours, and can be removed again
        if not any(self.path.iterdir()):
            self.path.rmdir()
