"""Talks to the programs in `peers/`."""

import json
import subprocess
import sys
from collections.abc import Sequence

from appliance_build import paths

PROGRAMS = paths.PROJECT / "benchmarks" / "peers"
THREADS = 2

#: Makes every framework compute on so many cores.
SETTINGS = ("env", f"OMP_NUM_THREADS={THREADS}", f"OPENBLAS_NUM_THREADS={THREADS}")


class Peer:
    """One program, started, with its network ready; a context manager that ends it.

    Attributes:
        first: its figures of the import and of the first answer.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self.command = command
        self.process = subprocess.Popen(
            command, cwd=paths.PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.first = self._figures()

    def ask(self, count: int) -> dict[str, float]:
        """The figures of an answer about so many pictures."""
        print(count, file=self.process.stdin, flush=True)
        return self._figures()

    def __enter__(self) -> "Peer":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate()

    def _figures(self) -> dict:
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"a peer ended without an answer: {' '.join(self.command)}")
        return json.loads(line)
