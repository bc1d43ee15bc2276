"""What the checks need to know about a notebook without running it."""

import json
from pathlib import Path


class LimitsMissing(Exception):
    """A notebook's metadata does not say what one run of it may take."""


def memory_need(path: Path) -> int:
    """MB that one run may take, 0 where the notebook does not say."""
    try:
        return limits(path, "quick")[1]
    except LimitsMissing:
        return 0  # for the check `notebooks` to report


def limits(path: Path, profile: str) -> tuple[float, int]:
    """Seconds (at native speed) and MB that one run in `profile` may take.

    Raises:
        LimitsMissing: the metadata does not say.
    """
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise LimitsMissing("it cannot be read, or is not a notebook") from None
    try:
        found = notebook["metadata"]["workshop"]
        return float(found["seconds"][profile]), int(found["memory_mb"])
    except (KeyError, TypeError, ValueError):
        raise LimitsMissing(
            f"its metadata lacks workshop.seconds.{profile} or workshop.memory_mb"
        ) from None
