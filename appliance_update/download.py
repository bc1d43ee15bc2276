"""Fetching an update from a web address; what was cut off goes on where it ended."""

import hashlib
import http.client
import sys
import urllib.error
import urllib.request
from pathlib import Path

from . import Refused

PIECE = 1 << 16  # bytes
PATIENCE = 30  # seconds without an answer
CACHE = Path(".cache/workshop")  # in the attendee's home folder


def download(address: str, home: Path) -> Path:
    """Fetch a file into the attendee's cache, with a line that tells how far it is.

    Returns:
        The file; whoever used it removes it. Who made it, its signature tells.

    Raises:
        Refused: it cannot be had.
    """
    part = home / CACHE / f"{hashlib.sha256(address.encode()).hexdigest()[:16]}.update"
    part.parent.mkdir(parents=True, exist_ok=True)
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(address)
    if have:
        request.add_header("Range", f"bytes={have}-")
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            goes_on = answer.status == http.HTTPStatus.PARTIAL_CONTENT
            _save(answer, part, have if goes_on else 0)
    except urllib.error.HTTPError as error:
        if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and have:
            return part  # it is here already
        raise Refused(f"{address} cannot be fetched: {error.code} {error.reason}") from None
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise Refused(
            f"{address} cannot be fetched ({reason}); is there a network? The same command goes on "
            "where it ended"
        ) from None
    return part


def _save(answer: http.client.HTTPResponse, part: Path, have: int) -> None:
    total = have + int(answer.headers.get("Content-Length") or 0)
    with part.open("ab" if have else "wb") as file:
        while piece := answer.read(PIECE):
            file.write(piece)
            have += len(piece)
            _tell(have, total)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    if have < total:
        raise http.client.HTTPException("it was cut off")


def _tell(have: int, total: int) -> None:
    if sys.stderr.isatty():
        share = f" ({100 * have // total} %)" if total else ""
        print(f"\r{have / 1e6:.1f} MB{share} ", end="", file=sys.stderr, flush=True)
