"""A Docker daemon of the tests' own, with nothing in it and nothing left of it."""

import os
import subprocess
import time
from pathlib import Path

SECONDS = 60


class Daemon:
    """dockerd on a socket and with folders of its own; needs root.

    Args:
        folder: an empty one; what is loaded takes room there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # Short: a socket's path has at most 107 bytes.
        self.socket = Path(f"/tmp/dockerd-{os.getpid()}.sock")
        self.log = folder / "log"

    def __enter__(self) -> "Daemon":
        # In a mount name space of its own: however it ends, none of its mounts stays.
        words = ["unshare", "--mount", "--propagation", "private", "dockerd"]
        words += [f"--data-root={self.folder / 'data'}"]
        words += [f"--exec-root={self.folder / 'run'}", f"--pidfile={self.folder / 'pid'}"]
        words += [f"--host=unix://{self.socket}"]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(words, stdout=log, stderr=log)
        deadline = time.monotonic() + SECONDS
        while self.run("version").returncode:
            assert self.process.poll() is None, self.log.read_text()[-2000:]
            assert time.monotonic() < deadline, self.log.read_text()[-2000:]
            self._wait(0.1)
        return self

    def __exit__(self, *_: object) -> None:
        for container in self.run("ps", "--all", "--quiet").stdout.split():
            self.run("rm", "--force", "--volumes", container)
        self.process.terminate()
        self.process.wait(SECONDS)
        self.socket.unlink(missing_ok=True)

    def run(self, *words: object, **options) -> subprocess.CompletedProcess[str]:
        """Run `docker` against this daemon."""
        return subprocess.run(
            ["docker", *map(str, words)],
            env=os.environ | self.environment,
            capture_output=True,
            text=True,
            check=False,
            **options,
        )

    def ok(self, *words: object) -> str:
        """What a command that must end well prints."""
        done = self.run(*words)
        assert done.returncode == 0, f"docker {words}: {done.stdout}{done.stderr}"
        return done.stdout.strip()

    @property
    def environment(self) -> dict[str, str]:
        """What leads `docker`, and testinfra, to this daemon."""
        return {"DOCKER_HOST": f"unix://{self.socket}"}

    def _wait(self, seconds: float) -> None:
        """Until the daemon ends or the time is over."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return
