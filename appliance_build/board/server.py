"""The board's web server: takes reports, shows them, tells open pages what is new."""

import asyncio
import base64
import hashlib
import hmac
import html
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from pathlib import Path

from tornado.iostream import StreamClosedError
from tornado.web import Application, HTTPError, RequestHandler

from appliance_check.post import BOARD

from .. import description
from ..paths import PROJECT
from . import addresses, posted
from .limits import Rate
from .seats import Seats, state

PAGE = Path(__file__).parent / "page"
THEME = PROJECT / "web" / "common" / "theme.css"
LARGEST = 1024 * 1024  # bytes of a report
#: Bytes of a request that are read, so that a report that is too large is told so.
READ = 4 * LARGEST
PAGES = 50  # open pages that are kept up to date
PAUSE = 0.25  # seconds between two messages to a page, however many reports come
SECONDS_TO_CLOSE = 2.0  # that a stuck page is waited for at the end
#: Seconds after which a page hears that the board is still there; board.js waits for it.
HEARTBEAT = 15.0
HEADERS = {
    BOARD: "1",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@dataclass
class Board:
    """What all requests share.

    token is the end of the address that reports are posted to; say shows a line in the terminal;
    pages has the task that serves each open page, and an event that is set when there is
    something new.
    """

    seats: Seats
    token: str
    say: Callable[[str], None]
    rate: Rate = field(default_factory=Rate)
    pages: dict[asyncio.Task, asyncio.Event] = field(default_factory=dict)
    closing: bool = False

    def tell_pages(self) -> None:
        """Wake all of them."""
        for news in self.pages.values():
            news.set()

    async def close(self) -> None:
        """Let go of all open pages."""
        self.closing = True
        self.tell_pages()
        if self.pages:
            await asyncio.wait(self.pages, timeout=SECONDS_TO_CLOSE)


class Refusal(HTTPError):
    """An answer that is one sentence."""

    def __init__(self, status: HTTPStatus, sentence: str) -> None:
        super().__init__(status)
        self.sentence = sentence


class Handler(RequestHandler):
    """What all answers have in common; also the one to a wrong address."""

    def initialize(self, board: Board) -> None:
        self.board = board

    def set_default_headers(self) -> None:
        for name, value in HEADERS.items():
            self.set_header(name, value)
        self.set_header("Content-Security-Policy", "default-src 'none'")
        self.clear_header("Server")

    def prepare(self) -> None:
        if not addresses.is_own(self.request.host_name):
            raise Refusal(
                HTTPStatus.FORBIDDEN,
                "The board is not called that: open the address that `make board` prints.",
            )
        if type(self) is Handler:
            raise Refusal(HTTPStatus.NOT_FOUND, "There is nothing at this address of the board.")

    def write_error(self, status_code: int, **about: object) -> None:
        error = about.get("exc_info", (None, None))[1]
        standard = f"The board does not answer this: {HTTPStatus(status_code).phrase}."
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        if status_code == HTTPStatus.TOO_MANY_REQUESTS:
            self.set_header("Retry-After", "10")
        self.finish(getattr(error, "sentence", standard) + "\n")

    def log_exception(self, typ, value, tb) -> None:
        if not isinstance(value, HTTPError):
            super().log_exception(typ, value, tb)


class PageHandler(Handler):
    """The page itself, in one piece."""

    def get(self) -> None:
        page, policy = _page()
        self.set_header("Content-Security-Policy", policy)
        self.finish(page)


class ResultsHandler(Handler):
    """Takes reports."""

    def post(self, token: str) -> None:
        board = self.board
        if not board.rate.allows(self.request.remote_ip):
            raise Refusal(
                HTTPStatus.TOO_MANY_REQUESTS,
                "Too many reports from this address: wait ten seconds, then post again.",
            )
        if not hmac.compare_digest(token.encode(), board.token.encode()):
            raise Refusal(
                HTTPStatus.FORBIDDEN,
                "The end of the address is wrong or of an earlier start: take the address that "
                "`make board` prints now.",
            )
        if len(self.request.body) > LARGEST:
            raise Refusal(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"The report is too large: the board takes {LARGEST // 1024} KiB.",
            )
        try:
            name, machine, part = (
                self.get_query_argument(n, "") for n in ("name", "machine", "part")
            )
            report = posted.read(self.request.body, name, machine, bool(part))
            seat = board.seats.take(report)
        except posted.Refused as error:
            raise Refusal(HTTPStatus.BAD_REQUEST, f"This is refused: {error}.") from None
        except OSError as error:
            board.say(f"cannot write in {board.seats.folder}: {error.strerror}; make room there")
            raise Refusal(
                HTTPStatus.INSUFFICIENT_STORAGE,
                "The board's computer cannot keep the report: tell the organiser.",
            ) from None
        board.say(
            f"{datetime.now():%H:%M}  {seat.name}: {state(seat)}. {_clean(seat.report.summary)}"
        )
        board.tell_pages()
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps({"posted": seat.name, "state": state(seat)}))


class EventsHandler(Handler):
    """Tells a page what is new, for as long as it is open (server-sent events)."""

    def initialize(self, board: Board) -> None:
        super().initialize(board)
        self.news = asyncio.Event()
        self.news.set()

    async def get(self) -> None:
        if len(self.board.pages) >= PAGES:
            raise Refusal(HTTPStatus.SERVICE_UNAVAILABLE, "Too many pages of the board are open.")
        self.set_header("Content-Type", "text/event-stream")
        served = asyncio.current_task()
        self.board.pages[served] = self.news
        try:
            while not self.board.closing:
                await self._tell()
        except StreamClosedError:
            pass  # the page was closed
        finally:
            del self.board.pages[served]

    async def _tell(self) -> None:
        try:
            await asyncio.wait_for(self.news.wait(), HEARTBEAT)
        except TimeoutError:
            self.write("event: beat\ndata: still here\n\n")
        else:
            self.news.clear()
            self.write(f"data: {json.dumps(self.board.seats.shown())}\n\n")
        await self.flush()
        await asyncio.sleep(PAUSE)

    def on_connection_close(self) -> None:
        self.news.set()  # ends the wait; writing then fails


class DownloadHandler(Handler):
    """Everything, as a file."""

    def get(self, form: str) -> None:
        seats = self.board.seats
        types = {"csv": ("text/csv", seats.as_csv), "json": ("application/json", seats.as_json)}
        kind, text = types[form]
        self.set_header("Content-Type", f"{kind}; charset=utf-8")
        self.set_header("Content-Disposition", f'attachment; filename="board.{form}"')
        self.finish(text())


def application(board: Board) -> Application:
    """All addresses of the board."""
    known = {"board": board}
    return Application(
        [
            (r"/", PageHandler, known),
            (r"/results/([A-Za-z0-9_-]+)", ResultsHandler, known),
            (r"/events", EventsHandler, known),
            (r"/results\.(csv|json)", DownloadHandler, known),
        ],
        default_handler_class=Handler,
        default_handler_args=known,
        log_function=lambda handler: None,  # addresses would show the token
    )


def _page() -> tuple[str, str]:
    """The page, style and script inside; and what a browser may do with it: run these alone."""
    style = THEME.read_text(encoding="utf-8") + (PAGE / "board.css").read_text(encoding="utf-8")
    script = (PAGE / "board.js").read_text(encoding="utf-8")
    page = (PAGE / "board.html").read_text(encoding="utf-8")
    title = description.load().title
    for mark, text in (("TITLE", html.escape(title)), ("STYLE", style), ("SCRIPT", script)):
        page = page.replace(f"@{mark}@", text)
    policy = [
        "default-src 'none'",
        f"style-src '{_hash(style)}'",
        f"script-src '{_hash(script)}'",
        "img-src data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
    return page, "; ".join(policy)


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _clean(text: str) -> str:
    """Somebody else's text, safe for a terminal."""
    return "".join(letter for letter in text[:200] if letter.isprintable())
