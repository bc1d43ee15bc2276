"""What passed a guest's network card, read from QEMU's pcap file."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import dpkt

_DHCP = (68, 67)  # from the client's port to the server's (RFC 2131)
_DHCP_SERVERS = {"255.255.255.255", "10.0.2.2"}  # QEMU's user network
_ROUTER = (b"\x52\x55", b"\x52\x56")  # how Ethernet addresses of QEMU's user network begin


@dataclass(frozen=True)
class Sent:
    """A frame that the guest sent.

    Attributes:
        kind: "arp", "dhcp", "answer" (a TCP segment of a connection that came from outside),
            "refusal" (a TCP reset to one), or "own": all that the guest began itself.
        port: of the guest, for TCP; else 0.
        text: for people.
    """

    kind: str
    port: int
    text: str


def sent(capture: Path) -> list[Sent]:
    """All frames of the one guest on the network, in order."""
    with capture.open("rb") as file:
        frames = [dpkt.ethernet.Ethernet(data) for _, data in dpkt.pcap.Reader(file)]
    [guest] = {frame.src for frame in frames if not frame.src.startswith(_ROUTER)}
    opened: set[tuple[int, int]] = set()
    return [one for frame in frames for one in _judge(frame, guest, opened)]


def _judge(frame: dpkt.ethernet.Ethernet, guest: bytes, opened: set) -> Iterator[Sent]:
    packet = frame.data
    segment = packet.data if isinstance(packet, dpkt.ip.IP) else None
    tcp = isinstance(segment, dpkt.tcp.TCP)
    if frame.src != guest:
        if tcp and segment.flags & dpkt.tcp.TH_SYN and not segment.flags & dpkt.tcp.TH_ACK:
            opened.add((segment.sport, segment.dport))
        return
    if isinstance(packet, dpkt.arp.ARP):
        yield Sent("arp", 0, "ARP")
    elif tcp and (segment.dport, segment.sport) in opened:
        kind = "refusal" if segment.flags & dpkt.tcp.TH_RST else "answer"
        yield Sent(kind, segment.sport, f"TCP from port {segment.sport}")
    elif isinstance(segment, dpkt.udp.UDP) and (segment.sport, segment.dport) == _DHCP:
        target = socket.inet_ntoa(packet.dst)
        yield Sent("dhcp" if target in _DHCP_SERVERS else "own", 0, f"DHCP to {target}")
    else:
        yield Sent("own", 0, repr(packet)[:300])
