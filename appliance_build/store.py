"""A folder of finished results, each under the hash of what went into it.

An entry is whole or absent: it is made under a temporary name, its files' hashes
are written down, and only then is it renamed. So whatever kills a build, a later
one finds nothing half-made; and what changed on disk since is noticed and redone.
"""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from .inputs.fetch import digest
from .paths import cache, lock_file
from .progress import console, warn

CONTENTS = "contents.json"
KEPT_PER_NAME = 3


def fingerprint(*parts: object, files: Iterable[Path] = ()) -> str:
    """One hash over JSON-able values and over files: their relative names, modes and bytes."""
    whole = hashlib.sha256(json.dumps(parts, sort_keys=True).encode())
    for root in files:
        for path in [root] if root.is_file() else sorted(root.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                name = path.relative_to(root.parent)
                executable = os.access(path, os.X_OK)
                whole.update(f"\n{name} {executable} {digest(path)}".encode())
    return whole.hexdigest()


class Store:
    """The results in one folder of the cache. Use it inside `locked()` to make entries."""

    def __init__(self, folder: str) -> None:
        self.root = cache() / folder

    def path(self, name: str, key: str) -> Path:
        """Where the entry is, or would be."""
        return self.root / f"{name}-{key[:16]}"

    def find(self, name: str, key: str) -> Path | None:
        """The entry, after checking every byte; a damaged one is removed with a warning."""
        entry = self.path(name, key)
        if not entry.is_dir():
            return None
        try:
            expected = json.loads((entry / CONTENTS).read_text())
            damaged = [file for file, sha in expected.items() if digest(entry / file) != sha]
        except (OSError, ValueError):
            damaged = [CONTENTS]
        if damaged:
            warn(f"{entry / damaged[0]} was changed or damaged since it was made; making it again")
            shutil.rmtree(entry)
            return None
        os.utime(entry)
        return entry

    @contextmanager
    def make(self, name: str, key: str) -> Iterator[Path]:
        """A new folder that becomes the entry when the block ends well."""
        with work_folder(f"{name}-") as folder:
            yield folder
            files = sorted(path for path in folder.rglob("*") if path.is_file())
            hashes = {str(path.relative_to(folder)): digest(path) for path in files}
            (folder / CONTENTS).write_text(json.dumps(hashes, indent=1) + "\n")
            self.root.mkdir(parents=True, exist_ok=True)
            os.sync()
            folder.rename(self.path(name, key))
        self._prune(name)

    def _prune(self, name: str) -> None:
        """Remove all but the entries used last, so that the cache does not grow for ever."""
        entries = [path for path in self.root.glob(f"{name}-*") if path.is_dir()]
        entries.sort(key=lambda path: path.stat().st_mtime, reverse=True)
        for old in entries[KEPT_PER_NAME:]:
            shutil.rmtree(old)


@contextmanager
def work_folder(prefix: str) -> Iterator[Path]:
    """A temporary folder on the cache's disk, removed at the end unless it was renamed."""
    root = cache() / "work"
    root.mkdir(parents=True, exist_ok=True)
    folder = Path(mkdtemp(prefix=prefix, dir=root))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def locked() -> Iterator[None]:
    """Let one build at a time write to the cache; clear what a killed one left behind."""
    root = cache()
    with lock_file("lock") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            console.print(f"   another build is using {root}; waiting for it …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        shutil.rmtree(root / "work", ignore_errors=True)
        yield
