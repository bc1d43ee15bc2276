"""Keeps a lesson off the network, and writes down where it wanted to.

Python imports this at its start where the folder is in PYTHONPATH: in a lesson's kernel, and in
each Python that it starts in turn. Programs in another language, and libraries in C that make
connections of their own, do not ask Python, and so are not seen.
"""

import os
import sys

LOG = "WORKSHOP_NETWORK_LOG"  # names the file that has one attempt in each line
ATTEMPTS = os.environ.get(LOG)
INTERNET = (2, 10)  # AF_INET and AF_INET6 of Linux; other families stay within the machine


def _where(event: str, arguments: tuple) -> tuple | None:
    """Host and port that an audit event of Python's socket module asks for, None for others."""
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        own, address = arguments[:2]
        inward = own.family not in INTERNET or not address
        return None if inward else tuple(address[:2])
    if event == "socket.getaddrinfo":
        return tuple(arguments[:2])
    if event in ("socket.gethostbyname", "socket.gethostbyaddr"):
        return arguments[0], None
    return None


def _outward(host: str, event: str) -> bool:
    """Whether asking for `host` leaves the machine: its own names and loopback do not."""
    import ipaddress
    from _socket import gethostname

    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host not in ("", "localhost", gethostname()) and not host.endswith(".localhost")
    # A name server is asked for names, not for the number that an address is already.
    resolving = event in ("socket.getaddrinfo", "socket.gethostbyname")
    return not (resolving or address.is_loopback or address.is_unspecified)


def _audit(event: str, arguments: tuple) -> None:
    if not event.startswith("socket.") or not (found := _where(event, arguments)):
        return
    host, port = found
    host = host.decode(errors="replace") if isinstance(host, bytes | bytearray) else host or ""
    if not _outward(host, event):
        return
    where = f"{host} port {port}" if port else host
    try:
        descriptor = os.open(ATTEMPTS, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(descriptor, f"{where}\n".encode(errors="replace"))
        os.close(descriptor)
    finally:
        # What a machine without a network says, so that libraries take it for one.
        raise OSError(101, f"Network is unreachable: a lesson must do without {where}")


if ATTEMPTS:
    sys.addaudithook(_audit)
