"""Fetching files whose hash is known: cache, then mirrors, then their own addresses.

The work is done by apt's own downloader, which retries, goes on where it was stopped,
knows the machine's proxies and compares hashes. Standard library alone, because the
tools tree is fetched with it before anything is installed.
"""

import hashlib
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ..errors import BuildError
from ..paths import cache, mirrors

HELPER = "/usr/lib/apt/apt-helper"
OPTIONS = [
    "APT::Sandbox::User=root",  # the cache may be a folder that nobody else can write
    "Acquire::http::Timeout=20",
    "Acquire::https::Timeout=20",
]
LANES = 4  # downloads at a time
RETRIES = 3  # with pauses between them: seven seconds in all
WEB = ("http://", "https://")
WHOLE = 64  # hexadecimal digits of a SHA-256

#: Called with the bytes that are there and the bytes that are wanted.
Tick = Callable[[int, int], None]


@dataclass(frozen=True)
class File:
    """What shall be in the cache: `path` below its folder, `size` in bytes, own addresses.

    `sha256` may be only the start of the hash, where no more is known.
    """

    path: str
    size: int
    sha256: str
    urls: tuple[str, ...] = ()

    def is_at(self, path: Path) -> bool:
        """Whether a file has the right bytes."""
        return path.stat().st_size == self.size and digest(path).startswith(self.sha256)


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_mirrors() -> None:
    """Refuse a mirror that cannot be one.

    Raises:
        BuildError: an entry of APPLIANCE_MIRROR is neither a folder nor a web address.
    """
    for mirror in mirrors():
        if not mirror.startswith(WEB) and not Path(mirror).is_dir():
            raise BuildError(
                f"APPLIANCE_MIRROR names {mirror}, which is neither a folder nor an http(s) URL; "
                "correct it or unset it"
            )


class Fetcher:
    """Brings files into one folder of the cache.

    Args:
        folder: name of the folder; a mirror that is laid out by `make mirror` has it too.
        warn: is told of whatever is refused.
        below: whether mirrors have the files below the folder's name.
    """

    def __init__(self, folder: str, warn: Callable[[str], None], below: bool = True) -> None:
        self.root = cache() / folder
        self.prefix = f"{folder}/" if below else ""
        self.warn = warn
        self.reasons: dict[str, list[str]] = {}

    def fetch(self, files: Sequence[File], tick: Tick = lambda have, want: None) -> dict[str, Path]:
        """The files that could be had, by path, each with the right bytes.

        `reasons` then says for each of the others what every source answered.
        """
        check_mirrors()
        self.reasons = {file.path: [] for file in files}
        found = {file.path: path for file in files if (path := self._cached(file))}
        for source in self._sources(files):
            wanted = [file for file in files if file.path not in found]
            if not wanted:
                break
            found |= source(wanted, tick)
        self.reasons = {path: why for path, why in self.reasons.items() if path not in found}
        for file in files:
            if file.path in self.reasons:
                self._missed(file).touch()
            else:
                self._missed(file).unlink(missing_ok=True)
        return found

    def _sources(self, files: Sequence[File]) -> Iterable[Callable]:
        """In the order in which they are asked: each takes files and a tick."""
        for mirror in mirrors():
            if mirror.startswith(WEB):
                base = f"{mirror.rstrip('/')}/{self.prefix}"
                yield lambda wanted, tick, base=base: self._download(
                    {file: base + file.path for file in wanted}, tick
                )
            else:
                base = Path(mirror) / self.prefix
                yield lambda wanted, tick, base=base: self._copy(wanted, base)
        for turn in range(max((len(file.urls) for file in files), default=0)):
            yield lambda wanted, tick, turn=turn: self._download(
                {file: file.urls[turn] for file in wanted if turn < len(file.urls)}, tick
            )

    def _cached(self, file: File) -> Path | None:
        path = self.root / file.path
        if not path.is_file():
            return None
        if not file.is_at(path):
            self.warn(f"{path} is damaged (its SHA-256 is not the lock's); fetching it again")
            path.unlink()
            return None
        return path

    def _copy(self, wanted: Sequence[File], base: Path) -> dict[str, Path]:
        found = {}
        for file in wanted:
            source = base / file.path
            if not source.is_file():
                continue
            partial = self._partial(file)
            shutil.copyfile(source, partial)
            if path := self._accept(file, partial, str(source)):
                found[file.path] = path
        return found

    def _download(self, wanted: Mapping[File, str], tick: Tick) -> dict[str, Path]:
        """Ask one address for each file, some at a time."""
        jobs = list(wanted.items())
        before = sum(file.size for file in wanted)
        lanes = [lane for lane in (jobs[n::LANES] for n in range(LANES)) if lane]
        said: list[str] = []
        threads = [threading.Thread(target=self._lane, args=(lane, said)) for lane in lanes]
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():
                thread.join(0.2)
                tick(sum(_size(self._partial(file)) for file in wanted), before)
        answers = dict(re.findall(r"E: Failed to fetch (\S+)\s+(.*)", "\n".join(said)))
        found = {}
        for file, url in jobs:
            partial = self._partial(file)
            refused = partial.with_name(f"{partial.name}.FAILED")  # apt's name for wrong bytes
            if refused.exists():
                refused.replace(partial)
            elif _size(partial) < file.size:
                self.reasons[file.path].append(_reason(url, answers))
                continue
            if path := self._accept(file, partial, url):
                found[file.path] = path
        return found

    def _lane(self, jobs: Sequence[tuple[File, str]], said: list[str]) -> None:
        # What could not be had the last time is asked for once, so that a build is not held up.
        retries = 0 if all(self._missed(file).exists() for file, _ in jobs) else RETRIES
        options = [*OPTIONS, f"Acquire::Retries={retries}"]
        words = [HELPER, *(f"-o{option}" for option in options), "download-file"]
        for file, url in jobs:
            # apt compares whole hashes; with only the start of one, `_accept` alone compares.
            wanted = f"SHA256:{file.sha256}" if len(file.sha256) == WHOLE else ""
            words += [url, str(self._partial(file)), wanted]
        settings = os.environ | {"LC_ALL": "C.UTF-8"}
        done = subprocess.run(words, capture_output=True, text=True, env=settings, check=False)
        said.append(done.stderr)

    def _partial(self, file: File) -> Path:
        """Where a file grows until it is whole; a later run goes on there."""
        folder = self.root / "partial"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / file.sha256

    def _missed(self, file: File) -> Path:
        """A note that no source had a file."""
        return self._partial(file).with_suffix(".missed")

    def _accept(self, file: File, partial: Path, source: str) -> Path | None:
        """Move a whole file to its name, or refuse it and say whose it was."""
        if not file.is_at(partial):
            refusal = (
                f"its SHA-256 is {digest(partial)} ({partial.stat().st_size} bytes), the lock says "
                f"{file.sha256} ({file.size} bytes)"
            )
            partial.unlink()
            self.reasons[file.path].append(f"{source} has other bytes than the lock says")
            self.warn(f"{source} is refused: {refusal}")
            return None
        target = self.root / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        partial.chmod(0o644)
        partial.replace(target)
        return target


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _reason(url: str, answers: Mapping[str, str]) -> str:
    """What a server said, in few words. apt percent-encodes what it prints of an address."""
    host = urlsplit(url).netloc
    answer = next((text for key, text in answers.items() if unquote(key) == unquote(url)), "")
    if status := re.match(r"\d{3}\b", answer):
        return f"{host} answers {status.group()} for {url}"
    return f"{host} does not answer"
