"""`make board`: shows the room's laptops turning green."""

import asyncio
import errno
import re
import secrets
import signal
import socket
import sys
from pathlib import Path
from typing import Annotated

import typer
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from appliance_check.post import LETTERS

from .. import cli
from ..errors import BuildError
from ..machine.ports import LOOPBACK, holder
from ..paths import BUILD
from ..progress import warn
from . import addresses
from .seats import Seats
from .server import READ, Board, application

app = cli.application("Collect what laptops post with `appliance-check --post`.")

PORT = 8484
TOKEN = re.compile(r"[A-Za-z0-9_-]{6,64}")
SECONDS = 30  # that a request may take to arrive


@app.command()
def board(
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any that is free")] = PORT,
    public: Annotated[
        bool, typer.Option("--public", help="let other computers of the network reach it")
    ] = False,
    token: Annotated[
        str, typer.Option(help="end of the address to post to; a new random one if not given")
    ] = "",
    fresh: Annotated[bool, typer.Option("--fresh", help="forget what was posted before")] = False,
    folder: Annotated[Path, typer.Option(help="keeps what was posted")] = BUILD / "board",
) -> None:
    """Show the page until Ctrl-C."""
    if token and not TOKEN.fullmatch(token):
        raise BuildError(f"--token {token}: give 6 to 64 letters, digits, `-` or `_`")
    token = token or "".join(secrets.choice(LETTERS) for _ in range(8))
    sockets = listen(port, public)
    seats = Seats(folder, warn)
    if fresh:
        seats.forget()
    for line in _greeting(sockets[0].getsockname()[1], public, token, len(seats.kept)):
        _say(line)
    asyncio.run(_serve(Board(seats, token, _say), sockets))
    _say("stopped; what was posted is kept for the next start")


def listen(port: int, public: bool) -> list[socket.socket]:
    """Take the port: on the loopback interface alone, or on all.

    Raises:
        BuildError: it is taken, or not for everybody.
    """
    try:
        return bind_sockets(port, "" if public else LOOPBACK)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            reason = f"is taken by {holder(port)}; stop it, or choose another"
        else:
            reason = f"cannot be used ({error.strerror}); choose another"
        raise BuildError(f'port {port} {reason}: make board ARGS="--port N"') from None


async def _serve(board: Board, sockets: list[socket.socket]) -> None:
    """Answer until SIGINT or SIGTERM."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    server = HTTPServer(application(board), max_body_size=READ, body_timeout=SECONDS)
    server.add_sockets(sockets)
    await stop.wait()
    server.stop()
    await board.close()
    await server.close_all_connections()


def _greeting(port: int, public: bool, token: str, known: int) -> list[str]:
    """What the organiser has to know: where to look, and what attendees type."""

    def command(host: str) -> str:
        return f"  appliance-check --post http://{host}:{port}/results/{token}"

    lines = [f"The board: http://{LOOPBACK}:{port}/  (Ctrl-C stops it)"]
    if known:
        lines.append(f"It knows {known} from before; --fresh forgets.")
    room = addresses.of_this_computer() if public else []
    if room:
        lines += ["", "Attendees, in a terminal of the appliance:", command(room[0])]
    if room[1:]:
        lines.append(f"  (other addresses of this computer: {', '.join(room[1:])})")
    if public and not room:
        lines += ["", "This computer is in no network: connect it, then start the board again."]
    if not public:
        lines += ["", "Only this computer reaches it; for a room: make board ARGS=--public"]
    lines += [
        *("", "An appliance in VirtualBox on this computer, if it is let (docs/board.md):"),
        command(addresses.NAT),
        *("", "A terminal of this computer:", command(LOOPBACK)),
        *("", "With --name 7, say, a laptop is found again; else it gets a name of its own.", ""),
    ]
    return lines


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(cli.main(app))
