"""The files for Docker Compose beside the images, started by Compose itself."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance_build.description import Description
from appliance_build.image import compose
from appliance_build.machine.ports import LOOPBACK, elsewhere

from .container import Container
from .daemon import Daemon

SERVICE = "workshop"


class Compose:
    """The files as they are handed out, but on ports that are free here.

    Args:
        folder: an empty one; Compose names what it makes after it.
    """

    def __init__(self, daemon: Daemon, description: Description, folder: Path) -> None:
        self.daemon, self.user, self.folder = daemon, description.user.name, folder
        self.ports = {name: forward.host for name, forward in elsewhere(description.ports)}
        compose.write(description, folder)
        file = folder / "compose.yml"
        text = file.read_text()
        for name, forward in description.ports:
            usual, free = (f'"{LOOPBACK}:{port}:' for port in (forward.host, self.ports[name]))
            assert usual in text
            text = text.replace(usual, free)
        file.write_text(text)

    def run(self, *words: str, gpu: bool = False) -> subprocess.CompletedProcess[str]:
        """Run `docker-compose` on the files."""
        files = ["--file=compose.yml", *(["--file=compose.gpu.yml"] if gpu else [])]
        return subprocess.run(
            ["docker-compose", *files, *words],
            cwd=self.folder,
            env=os.environ | self.daemon.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def up(self) -> Container:
        """Start the service as the documents say."""
        done = self.run("up", "--detach")
        assert done.returncode == 0, done.stderr
        name = self.run("ps", "--quiet", SERVICE).stdout.strip()
        return Container(self.daemon, name, self.ports, self.user)


@pytest.fixture
def composed(daemon: Daemon, description: Description, tmp_path: Path) -> Iterator[Compose]:
    made = Compose(daemon, description, tmp_path)
    yield made
    made.run("down", "--volumes")


def test_what_is_saved_outlives_the_container(composed: Compose):
    first = composed.up()
    token = first.token()
    assert first.get("/api/contents", token).ok
    first.sh("echo mine > ~/notebooks/mine")
    assert composed.run("down").returncode == 0
    second = composed.up()
    assert second.sh("cat ~/notebooks/mine") == "mine\n"
    assert second.name != first.name and second.token() != token


def test_its_root_cannot_be_written(composed: Compose):
    done = composed.up().host.run("touch /var/tmp/file")
    assert done.rc == 1 and "Read-only file system" in done.stderr


def test_second_file_asks_for_gpus(composed: Compose):
    done = composed.run("up", "--detach", gpu=True)
    assert done.returncode != 0
    assert "could not select device driver" in done.stderr
    assert "[[gpu]]" in done.stderr
