"""What the checks need to know about a notebook without running it."""

import json
from pathlib import Path

PROFILES = ("quick", "full")


class LimitsMissing(Exception):
    """A notebook's metadata does not say what one run of it may take."""


def metadata(path: Path) -> dict:
    """The notebook's own metadata for the workshop; empty where it has none or is unreadable
    (that is for the check `lessons` to report)."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["metadata"]["workshop"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def memory_need(path: Path) -> int:
    """MB that one run may take, 0 where the notebook does not say."""
    return metadata(path).get("memory_mb", 0)


def limits(path: Path, profile: str) -> tuple[float, int]:
    """Seconds (at native speed) and MB that one run in `profile` may take.

    Raises:
        LimitsMissing: the metadata does not say.
    """
    found = metadata(path)
    try:
        return float(found["seconds"][profile]), int(found["memory_mb"])
    except (KeyError, TypeError, ValueError):
        raise LimitsMissing(
            f"its metadata lacks workshop.seconds.{profile} or workshop.memory_mb"
        ) from None
