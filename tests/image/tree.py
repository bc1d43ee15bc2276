"""The appliance without its virtual machine: its layers stacked, and commands that run in them."""

import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from appliance_build import paths
from appliance_build.tree import NAMESPACE


class Tree:
    """Layers with an upper folder of its own, so that each tree starts as shipped.

    Args:
        layers: unpacked, the lowest first; they are not changed.
        folder: an empty one, for what changes.
        user: whose login shell runs the commands.
    """

    def __init__(self, layers: Sequence[Path], folder: Path, user: str) -> None:
        self.layers = layers
        self.upper = folder / "upper"
        self.user = user
        for name in ("upper", "merged", "overlay", "inputs"):
            (folder / name).mkdir()

    def run(self, command: str, user: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run a shell command to its end, in name spaces without a network.

        What it leaves running ends with it; what it writes stays, but for /tmp and /run.
        """
        return subprocess.run(
            self.command(command, user),
            cwd=paths.PROJECT,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )

    def command(self, command: str, user: str | None = None) -> list[str]:
        """The same as a program and its arguments, to be started in the project's folder."""
        login = ["runuser", "-l", user or self.user, "-c", command]
        inside = [sys.executable, "-m", "tests.image.inside", str(self.upper.parent)]
        return [*NAMESPACE, *inside, ":".join(map(str, self.layers)), *login]

    def ok(self, command: str, user: str | None = None) -> str:
        """What a command that must end well writes on stdout."""
        done = self.run(command, user)
        assert done.returncode == 0, f"{command}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
        return done.stdout

    def write(self, path: str, text: str, mode: str = "0755") -> None:
        """Put a file of root's into the tree."""
        where = shlex.quote(path)
        self.ok(f"printf %s {shlex.quote(text)} > {where} && chmod {mode} {where}", user="root")
