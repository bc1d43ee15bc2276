"""Where the board can be reached from: this computer, its virtual machines, the room."""

import ipaddress
import socket

import psutil

from ..machine.ports import LOOPBACK

#: The host as VirtualBox's NAT and QEMU's user network show it to a guest.
NAT = "10.0.2.2"
#: The host as Docker Desktop shows it to a container.
DOCKER = "host.docker.internal"
#: An address of no computer (RFC 5737). No packet goes there.
NOWHERE = ("192.0.2.1", 9)


def of_this_computer() -> list[str]:
    """IPv4 addresses in networks, that of the way out first."""
    up = {name for name, stats in psutil.net_if_stats().items() if stats.isup}
    found = [
        address.address
        for name, addresses in psutil.net_if_addrs().items()
        for address in addresses
        if name in up and address.family == socket.AF_INET
    ]
    usual = [each for each in found if not _is_nobodys(each)]
    return sorted(usual, key=lambda each: each != _way_out())


def is_own(host: str) -> bool:
    """Whether a browser that asks for `host` means this computer and was not misled.

    A page of another site could let its own name point here ("DNS rebinding") and read the board
    with the visitor's browser. It cannot do so with an address, nor with these names.
    """
    own = socket.gethostname().lower()
    if host.lower() in ("localhost", DOCKER, own, f"{own}.local"):
        return True
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _way_out() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(NOWHERE)
        except OSError:
            return LOOPBACK
        return probe.getsockname()[0]


def _is_nobodys(address: str) -> bool:
    known = ipaddress.ip_address(address)
    return known.is_loopback or known.is_link_local
