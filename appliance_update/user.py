"""`workshop update` and `workshop rollback`, as the attendee types them."""

import json
import re
import subprocess
from pathlib import Path

from . import HELPER, Refused
from .download import download

ADDRESS = re.compile(r"https?://")


def update(place: str | None, as_json: bool = False) -> None:
    """Take in an update from a file or a web address; without one, say how things are.

    Raises:
        Refused: why not.
    """
    if place is None:
        said = _helper("state")
        print(said if as_json else "\n".join(told(json.loads(said))))
        return
    is_address = ADDRESS.match(place)
    file = download(place, Path.home()) if is_address else Path(place).expanduser()
    try:
        with file.open("rb") as stream:
            print(_helper("install", stream))
    except OSError as error:
        raise Refused(f"{file} cannot be read ({error.strerror}); correct the name") from None
    finally:
        if is_address:
            file.unlink(missing_ok=True)


def act(action: str) -> None:
    """`rollback` or `restart`.

    Raises:
        Refused: why not.
    """
    print(_helper(action))


def told(state: dict) -> list[str]:
    """What `state.state` found, as lines."""
    lines = [f"this machine is {state['version']}"]
    if state["version"] != state["release"]:
        lines[0] += f", updated from {state['release']}"
    if state["damaged"]:
        lines.append(
            "an update is installed and damaged, so that the release runs without it: take it in "
            "again, or `workshop rollback`"
        )
    if state["next"]:
        lines.append(f"restart to finish, and this is {state['next']}")
    if not state["key"]:
        lines.append("it was made without a key for updates, so that it takes none")
    lines += [f"{path}: {said}" for path, said in state["files"]]
    lines += [f"{path}: as it was changed on this machine" for path in state["own"]]
    return lines


def _helper(action: str, stream: object = subprocess.DEVNULL) -> str:
    """What the helper says, which sudo starts as root."""
    command = ["sudo", "--non-interactive", HELPER, action]
    done = subprocess.run(command, stdin=stream, capture_output=True, encoding="utf-8")
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"{HELPER} failed"]
        raise Refused(lines[-1].removeprefix("workshop: "))
    return done.stdout.strip()
