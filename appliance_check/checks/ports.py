"""Who listens to the outside?"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

from ..check import Check
from ..context import Context
from ..result import Result, failed, passed

# States of /proc/net (include/net/tcp_states.h): LISTEN for TCP, CLOSE for unconnected UDP.
STATES = {"tcp": "0A", "tcp6": "0A", "udp": "07", "udp6": "07"}
# The DHCP client's own port (RFC 2131, RFC 8415): without it there is no address.
DHCP_CLIENT = {("udp", 68), ("udp", 546)}


@dataclass(frozen=True)
class Listener:
    """A socket that waits for others; `owner` is a process's name, or "?" where that is hidden."""

    protocol: str
    address: IPv4Address | IPv6Address
    port: int
    owner: str

    def __str__(self) -> str:
        return f"{self.protocol} {self.address} port {self.port} ({self.owner})"


class Ports(Check):
    id = "ports"
    title = "Listening ports"
    group = "Services"
    proves = "What listens beyond the loopback interface is Jupyter and SSH, and nothing else."
    matters = "A port that is closed makes its service unreachable; one too many is a way in."
    remedy = "`sudo ss -lntup` shows who listens; stop what does not belong, restart what does."
    seconds = 0.2

    def run(self, context: Context) -> Result:
        wanted = {("tcp", port): name for name, port in context.ports.items()}
        open_to_all = [each for each in listeners(context.proc) if not _loopback(each.address)]
        strangers = [
            str(each)
            for each in open_to_all
            if (each.protocol, each.port) not in wanted.keys() | DHCP_CLIENT
        ]
        found = {(each.protocol, each.port) for each in open_to_all}
        missing = [
            f"nothing listens on {key[0]} port {key[1]} ({name})"
            for key, name in wanted.items()
            if key not in found
        ]
        evidence = {"listeners": sorted(map(str, open_to_all))}
        problems = missing + [f"unexpected listener: {each}" for each in strangers]
        if problems:
            return failed("; ".join(problems), **evidence)
        named = ", ".join(f"{key[1]} ({name})" for key, name in wanted.items())
        return passed(f"exactly {named}", **evidence)


def listeners(proc: Path) -> Iterator[Listener]:
    """Every socket of /proc/net that waits for connections or datagrams."""
    owners = None
    for table, state in STATES.items():
        if not (proc / "net" / table).exists():
            continue  # a kernel without IPv6
        for line in (proc / "net" / table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] != state:
                continue
            owners = _owners(proc) if owners is None else owners
            address, port = fields[1].split(":")
            owner = owners.get(fields[9], "?")
            yield Listener(table.removesuffix("6"), _address(address), int(port, 16), owner)


def _address(text: str) -> IPv4Address | IPv6Address:
    """/proc/net writes each 32-bit word of an address in the byte order of the machine."""
    words = [bytes.fromhex(text[at : at + 8])[::-1] for at in range(0, len(text), 8)]
    return ip_address(b"".join(words))


def _loopback(address: IPv4Address | IPv6Address) -> bool:
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _owners(proc: Path) -> dict[str, str]:
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
