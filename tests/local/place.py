"""A local mode of the tests' own, by the commands that people type, and what is left of it."""

import json
import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from appliance_build.paths import PROJECT, cache
from tests.image.jupyter import Jupyter

SECONDS = 60


class Local:
    """`make local` in a folder of its own; caches, home and /tmp of its own show what is left.

    Args:
        parent: an empty folder.
        port: that nobody uses now.
        project: where `make` is called.
        person: what makes the caller somebody else.
    """

    def __init__(
        self, parent: Path, port: int, project: Path = PROJECT, person: Sequence[str] = ()
    ) -> None:
        self.folder, self.port = parent / "local", port
        self.project, self.person = project, person
        self.cache, self.home, self.tmp = (parent / name for name in ("cache", "home", "tmp"))
        for path in (self.cache, self.home, self.tmp):
            path.mkdir()
        for part in cache().iterdir():  # the build's, as after `make ova`
            if part.is_dir() and part.name != "work":
                (self.cache / part.name).symlink_to(part.resolve())

    def start(self, target: str, *words: str) -> subprocess.Popen:
        """Begin `make TARGET`, as the documents say."""
        named = {"APPLIANCE_CACHE": self.cache, "HOME": self.home, "TMPDIR": self.tmp}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
        return subprocess.Popen(
            [*self.person, "make", "--no-print-directory", target, f"LOCAL={self.folder}", *words],
            cwd=self.project,
            env=kept | {name: str(value) for name, value in named.items()},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def make(self, target: str, *words: str) -> subprocess.CompletedProcess[str]:
        """The same to its end. Whatever happens, nobody is shown a traceback."""
        process = self.start(target, *words)
        out, err = process.communicate()
        assert "Traceback" not in err, err
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def ok(self, target: str, *words: str) -> str:
        """What a command that must end well prints."""
        done = self.make(target, *words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def refusal(self, target: str, *words: str) -> str:
        """The one sentence with which a command refuses."""
        done = self.make(target, *words)
        assert done.returncode != 0, done.stdout
        [sentence] = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
        return sentence.removeprefix("error: ")

    def up(self) -> str:
        """Start it; what it says."""
        return self.ok("local", f"ARGS=--port {self.port}")

    def token(self, said: str) -> str:
        """What opens it, out of what it said."""
        return re.search(rf"http://127\.0\.0\.1:{self.port}/\?token=([0-9a-f]{{48}})\n", said)[1]

    def jupyter(self, token: str) -> Jupyter:
        """A browser that opens the address that was printed."""
        return Jupyter(self.port, SECONDS, token)

    def doctor(self, *arguments: str) -> tuple[int, dict]:
        """The exit status of appliance-check, and its report."""
        report = self.folder / "notebooks" / "report.json"
        inside = "notebooks/report.json"
        done = self.make("local-check", f"ARGS={' '.join(arguments)} --json {inside}")
        try:
            return done.returncode, json.loads(report.read_text())
        finally:
            report.unlink(missing_ok=True)


def leftovers(folder: Path) -> list[str]:
    """Mounts and processes that have to do with a folder, in whatever name space."""
    found = []
    for proc in Path("/proc").glob("[0-9]*"):
        for name in ("mountinfo", "cmdline", "environ"):
            try:
                text = (proc / name).read_bytes()
            except OSError:
                continue  # it has ended
            if os.fsencode(folder) in text and proc.name != str(os.getpid()):
                found.append(f"{name} of process {proc.name}")
    return found


def files(*folders: Path) -> dict[str, tuple]:
    """All below some folders, links not followed: kind, mode, owner, size."""
    return {str(path): _status(path) for folder in folders for path in _below(folder)}


def _below(folder: Path) -> Iterator[Path]:
    yield folder
    for root, folders, names in os.walk(folder):
        yield from (Path(root, name) for name in (*folders, *names))


def _status(path: Path) -> tuple:
    status = path.lstat()
    return status.st_mode, status.st_uid, status.st_gid, status.st_size if path.is_file() else 0
