"""The sockets of this machine, as /proc/net has them (Linux, include/net/tcp_states.h)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

TABLES = ("tcp", "tcp6", "udp", "udp6")
LISTEN, CLOSE = "0A", "07"  # an unconnected UDP socket is in state CLOSE
# A connection that is being made or was: of those begun here, SYN_SENT is the first.
ESTABLISHED, SYN_SENT = "01", "02"
CONNECTIONS = {ESTABLISHED, SYN_SENT, "04", "05", "06", "08", "09", "0B"}

Address = IPv4Address | IPv6Address


@dataclass(frozen=True)
class Socket:
    """One line of such a table; `inode` tells whose it is."""

    protocol: str
    address: Address
    port: int
    peer: Address
    peer_port: int
    state: str
    inode: str

    @property
    def waits(self) -> bool:
        """Whether it waits for connections or datagrams of others."""
        return self.state == (LISTEN if self.protocol == "tcp" else CLOSE)


def sockets(proc: Path) -> Iterator[Socket]:
    """Every TCP and UDP socket."""
    for table in TABLES:
        path = proc / "net" / table
        if not path.exists():
            continue  # a kernel without IPv6
        for line in path.read_text().splitlines()[1:]:
            fields = line.split()
            (address, port), (peer, peer_port) = (_place(field) for field in fields[1:3])
            protocol = table.removesuffix("6")
            yield Socket(protocol, address, port, peer, peer_port, fields[3], fields[9])


def owners(proc: Path) -> dict[str, str]:
    """Process names by the inode of their sockets, as far as this user may look."""
    found = {}
    for folder in proc.glob("[0-9]*/fd"):
        try:
            for descriptor in folder.iterdir():
                if match := re.fullmatch(r"socket:\[(\d+)\]", str(descriptor.readlink())):
                    found[match[1]] = (folder.parent / "comm").read_text().strip()
        except OSError:
            continue  # another user's process, or one that ended
    return found


def _place(text: str) -> tuple[Address, int]:
    """/proc/net writes each 32-bit word of an address in the byte order of the machine."""
    address, port = text.split(":")
    words = [bytes.fromhex(address[at : at + 8])[::-1] for at in range(0, len(address), 8)]
    found = ip_address(b"".join(words))
    return getattr(found, "ipv4_mapped", None) or found, int(port, 16)
