"""The organiser's board, started as people start it; and reports for it."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from appliance_build.paths import PROJECT

TOKEN = "a-token-of-tests"
SECONDS = 60


class RunningBoard:
    """A board in a process of its own; greeting is what it prints up to the last address."""

    def __init__(self, process: subprocess.Popen) -> None:
        self.process = process
        self.greeting: list[str] = []
        for line in process.stdout:
            self.greeting.append(line.rstrip("\n"))
            if "With --name" in line:
                break
        else:
            raise AssertionError(f"no board: {self.greeting} {process.stderr.read()}")
        self.origin = self.greeting[0].split()[2].rstrip("/")
        self.address = f"{self.origin}/results/{TOKEN}"

    def post(self, report: object, name: str = "7", **more: str) -> requests.Response:
        """Post as `appliance-check` does."""
        asked = {"name": name, **more}
        return requests.post(self.address, json=report, params=asked, timeout=SECONDS)

    def get(self, path: str, **keywords) -> requests.Response:
        return requests.get(self.origin + path, timeout=SECONDS, **keywords)

    def seats(self) -> dict[str, dict]:
        """What it kept of each seat."""
        return {each["seat"]: each for each in self.get("/results.json").json()["seats"]}

    def stop(self, number: int = signal.SIGINT) -> tuple[int, str, str]:
        """Its exit status and what it printed since the greeting."""
        self.process.send_signal(number)
        # Not communicate(), which misses what was read ahead of the greeting's end.
        out, err = self.process.stdout.read(), self.process.stderr.read()
        return self.process.wait(SECONDS), out, err


@contextmanager
def started(folder: Path, *options: str) -> Iterator[RunningBoard]:
    """On a free port of the loopback interface; stopped at the end."""
    command = [sys.executable, "-m", "appliance_build.board", "--port", "0", "--folder", folder]
    command += [] if "--token" in options else ["--token", TOKEN]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    process = subprocess.Popen([*command, *options], cwd=PROJECT, **pipes)
    try:
        yield RunningBoard(process)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()


def report(*statuses: str, complete: bool = True, **changed: object) -> dict:
    """A report with a check for each status."""
    return {
        "schema": 1,
        "profile": "vm",
        "level": "standard",
        "version": "0.1.0",
        "complete": complete,
        "summary": "As the statuses say.",
        "checks": [
            {
                "id": f"check-{number}",
                "title": "A check",
                "status": status,
                "seconds": 0.5,
                "message": f"it says {status}",
                "evidence": {"found": number},
                "remedy": "mend it" if status in ("FAIL", "ERROR", "WARN") else "",
            }
            for number, status in enumerate(statuses, 1)
        ],
    } | changed
