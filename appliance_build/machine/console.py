"""What the guest wrote to its serial console."""

from pathlib import Path


def tail(log: Path, lines: int) -> str:
    """The last lines of a console log; empty if the guest has not written yet."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""
    return "\n".join(text.rstrip().splitlines()[-lines:])
