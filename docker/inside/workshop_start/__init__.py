"""The container's first program: gets it ready, then becomes its services or a given command.

It runs as whoever the container runs as, never as root, and writes to two places: the home
folder and STATE. What is wrong is said in one line each, with what to do.
"""

import json
from pathlib import Path

STATE = Path("/tmp/workshop")
SHARE = Path("/usr/share/workshop")


class Refusal(Exception):
    """Why the container cannot start, in one sentence."""


def description() -> dict:
    """What the build knew of the appliance."""
    return json.loads((SHARE / "appliance.json").read_text(encoding="utf-8"))


def say(line: str) -> None:
    """One line in the container's log."""
    print(f"workshop: {line}", flush=True)
