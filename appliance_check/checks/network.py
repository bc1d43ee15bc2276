"""Does anything here talk to the outside?"""

from collections.abc import Iterator

from ..check import Check
from ..context import Context
from ..programs import programs
from ..result import Result, failed, passed
from ..sockets import CONNECTIONS, SYN_SENT, Socket, owners, sockets

# Asks for an address (RFC 2131); without it there is no way in.
DHCP_CLIENT = ("udp", 68)
# Programs and timers of Debian that call out by themselves.
CALLERS = ("systemd-timesyncd", "chronyd", "ntpd", "ntpsec", "systemd-resolved", "dnsmasq")
TIMERS = ("apt-daily.timer", "apt-daily-upgrade.timer", "motd-news.timer", "fwupd-refresh.timer")
WANTED_BY = "/etc/systemd/system/timers.target.wants"


class Network(Check):
    id = "network"
    title = "No way out is used"
    group = "Services"
    proves = (
        "No program here has begun or made a connection to another computer, and nothing is set "
        "up to do so by itself: no time service, no name service, no update timer."
    )
    matters = "A workshop has no internet: what waits for an answer from there hangs."
    remedy = (
        "`sudo ss -ntup` shows who talks to whom; end that program, or wait until what you "
        "started yourself is done."
    )
    seconds = 0.2

    def run(self, context: Context) -> Result:
        outward = list(_outward(context))
        names = owners(context.proc) if outward else {}
        told = [_told(each, names.get(each.inode, "?")) for each in outward]
        running = [] if context.in_container else _callers(context)
        timers = [name for name in TIMERS if context.at(f"{WANTED_BY}/{name}").is_symlink()]
        evidence = {"connections": told, "programs": running, "timers": timers}
        if told:
            return failed("; ".join(told), **evidence)
        if running:
            return failed(
                f"{', '.join(running)} runs and calls out",
                f"`sudo systemctl disable --now {' '.join(running)}`",
                **evidence,
            )
        if timers:
            return failed(
                f"{', '.join(timers)} will call out",
                f"`sudo systemctl disable --now {' '.join(timers)}`",
                **evidence,
            )
        return passed("nothing calls out", **evidence)


def _callers(context: Context) -> list[str]:
    """In a container nobody starts them, but those of its host may be seen (--pid host)."""
    names = {program.words[0].rpartition("/")[2] for program in programs(context.proc)}
    return sorted(names.intersection(CALLERS))


def _outward(context: Context) -> Iterator[Socket]:
    """Connections that were begun here: those of others come in at the described ports."""
    served = set(context.ports.values())
    visible = owners(context.proc) if context.beside_others else None
    for each in sockets(context.proc):
        unconnected = each.peer.is_unspecified or not each.peer_port
        inside = each.peer.is_loopback or each.peer == each.address
        if unconnected or inside or each.state not in CONNECTIONS:
            continue
        if (each.protocol, each.port) == DHCP_CLIENT:
            continue
        if each.protocol == "tcp" and each.port in served:
            continue
        # On the host's network (--network host, local mode) its own connections are seen, too.
        if visible is not None and each.inode not in visible:
            continue
        yield each


def _told(each: Socket, owner: str) -> str:
    verb = "tries to reach" if each.state == SYN_SENT else "talks to"
    return f"{owner} {verb} {each.peer} port {each.peer_port} ({each.protocol})"
