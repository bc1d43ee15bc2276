"""`--post URL`: shows a run's report on the organiser's board.

What is sent is the JSON report, in which no user, host or home folder is named any more; the
address says which seat it is of. docs/board.md tells people so.
"""

import json
import os
import pwd
import re
import secrets
import socket
import urllib.error
import urllib.request
from dataclasses import asdict, dataclass
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from .context import Context
from .reports import files

# What this laptop is called on the board, in the attendee's home folder: a second report
# replaces the first.
SEAT = Path(".local/state/workshop/seat.json")
LONGEST_NAME = 40
BOARD = "X-Workshop-Board"  # a header that all answers of a board have
SECONDS = 10  # without an answer
ANSWER = 65536  # bytes of an answer that are read
HOMES = r"(?<![\w.])/(?:home|Users)/[^/\s\"':;,)\]]+"
# In names that are made up: what nobody mistakes for something else when read aloud.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
# What the doctor itself words, whoever's laptop it is.
FIXED = ("profile", "level", "version", "summary", "id", "title", "status")


class WrongAddress(Exception):
    """Not the address of a board, or not a name; the text says what would be."""


class NotPosted(Exception):
    """The board did not take the report; the text says why and what to do."""


@dataclass(frozen=True)
class Seat:
    """What a laptop is called, and a random number by which the board notices that two share it."""

    name: str
    machine: str


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Another address was not asked for; and after a redirection the report would be left out."""

    def redirect_request(self, *arguments):
        return None


def check_address(url: str) -> None:
    """Refuse what cannot be the address of a board, before anything is run.

    Raises:
        WrongAddress: it is not http(s), or names no host.
    """
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # not a port
        usable = False
    if not usable or re.search(r"[\s\x00-\x1f]", url) or not url.isascii():
        raise WrongAddress(
            "--post: this is no address; give the one that `make board` prints, which begins with "
            "http:// or https://"
        )
    if parts.username or parts.query or parts.fragment:
        raise WrongAddress("--post: leave user, `?` and `#` out of the address: no board has them")


def tidy(name: str) -> str | None:
    """A name as boards take it, single-spaced; None if it is empty, too long or does not show."""
    name = " ".join(name.split())
    return name if name.isprintable() and 0 < len(name) <= LONGEST_NAME else None


def check_name(name: str) -> str:
    """The same for what somebody typed.

    Raises:
        WrongAddress: no board takes it.
    """
    if known := tidy(name):
        return known
    raise WrongAddress(
        f"--name {name!r}: give 1 to {LONGEST_NAME} letters, digits or signs, such as 7"
    )


def seat(home: Path, name: str | None) -> Seat:
    """The seat that was kept in `home`, under another name if one is given; or a new one."""
    made = "".join(secrets.choice(LETTERS) for _ in range(16))
    try:
        kept = json.loads((home / SEAT).read_text(encoding="utf-8"))
        known = Seat(
            check_name(str(kept["name"])), re.fullmatch("[A-Za-z0-9]{8,32}", kept["machine"])[0]
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError, WrongAddress):
        known = Seat(f"laptop-{made[:4]}", made)
    return Seat(name, known.machine) if name else known


def keep(home: Path, kept: Seat) -> None:
    """Leave the seat in `home` for the next time."""
    files.keep({home / SEAT: json.dumps(asdict(kept), ensure_ascii=False)})


def without_names(report: dict, context: Context) -> dict:
    """The report with nothing in it that names a person: users, hosts, home folders."""
    people = {name for uid in _callers() for name in _names(uid)}
    people.add(socket.gethostname().partition(".")[0])
    ours = {context.description["user"]["name"], context.description["name"], "root", "localhost"}
    words = sorted((name for name in people - ours if len(name) > 1), key=len, reverse=True)
    named = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words) or "(?!)")
    own = sorted({str(context.home), str(Path.home())} - {"/", "/root"}, key=len, reverse=True)
    homes = re.compile("|".join([*(rf"{re.escape(folder)}(?![\w.-])" for folder in own), HOMES]))

    def clean(value: object) -> object:
        if isinstance(value, dict):
            return {clean(key): clean(each) for key, each in value.items()}
        if isinstance(value, list):
            return [clean(each) for each in value]
        if not isinstance(value, str):
            return value
        return named.sub("(name)", homes.sub("~", value))

    def cleaned(part: dict) -> dict:
        return {key: each if key in FIXED else clean(each) for key, each in part.items()}

    return cleaned(report | {"checks": []}) | {"checks": [cleaned(c) for c in report["checks"]]}


def _callers() -> set[int]:
    """Who runs this; and who became root for it."""
    return {os.getuid()} | {int(uid) for uid in [os.environ.get("SUDO_UID", "")] if uid.isdigit()}


def _names(uid: int) -> list[str]:
    """A user's login and full name."""
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return []
    return [entry.pw_name, entry.pw_gecos.partition(",")[0]]


def send(url: str, who: Seat, report: dict, part: bool) -> str:
    """Post a report and return the sentence that says what was done.

    Args:
        part: only some of the checks were asked for, so that it cannot say that all is well.

    Raises:
        NotPosted: nobody answers there, it is no board, or the board refuses the report.
    """
    query = urlencode(asdict(who) | ({"part": "yes"} if part else {}))
    request = urllib.request.Request(
        f"{url}?{query}",
        data=json.dumps(report, ensure_ascii=False).encode("utf-8", "replace"),
        headers={"Content-Type": "application/json", "User-Agent": "appliance-check"},
        method="POST",
    )
    host = urlsplit(url).netloc
    # A board is in the same room: a proxy of the environment would be in the way.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)
    try:
        status, said, of_board = _exchange(opener, request)
    except (OSError, ValueError, HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        reason = _line(str(getattr(reason, "strerror", None) or reason))
        raise NotPosted(
            f"{host} does not answer ({reason}): is the board started, with --public if it is on "
            "another computer, and is the address right?"
        ) from None
    if status != 200:
        reason = _line(said) if of_board else f"it answered {status} and is no board"
        raise NotPosted(f"{host} did not take the report: {reason}")
    try:
        posted = json.loads(said)["posted"]
    except (ValueError, TypeError, KeyError):
        raise NotPosted(
            f"{host} answered, but it is no board: give the address that `make board` prints"
        ) from None
    return (
        f"Posted to {host} as {_line(str(posted))}: this report, without names of users, hosts "
        "and home folders."
    )


def _exchange(opener: urllib.request.OpenerDirector, request: urllib.request.Request):
    """The answer's status and text, and whether it says that it comes from a board."""
    try:
        answer = opener.open(request, timeout=SECONDS)
    except urllib.error.HTTPError as error:
        answer = error  # is an answer, too
    with answer:
        said = answer.read(ANSWER).decode("utf-8", "replace")
        return answer.status, said, BOARD in answer.headers


def _line(said: str) -> str:
    """The first line of what a stranger said, safe for a terminal."""
    line = said.strip().partition("\n")[0][:300]
    return "".join(letter for letter in line if letter.isprintable())
