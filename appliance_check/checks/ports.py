"""Who listens to the outside?"""

from ..check import Check
from ..context import Context
from ..result import Result, failed, passed
from ..sockets import Socket, owners, sockets

# The DHCP client's own port (RFC 2131, RFC 8415): without it there is no address.
DHCP_CLIENT = {("udp", 68), ("udp", 546)}
LOCAL_REMEDY = "`make local-stop`, then `make local`, in the folder of the project."


class Ports(Check):
    id = "ports"
    title = "Listening ports"
    group = "Services"
    proves = (
        "What listens beyond the loopback interface is Jupyter and SSH, and nothing else; of local "
        "mode nothing does, and Jupyter listens on the loopback interface."
    )
    matters = "A port that is closed makes its service unreachable; one too many is a way in."
    remedy = "`sudo ss -lntup` shows who listens; stop what does not belong, restart what does."
    seconds = 0.2
    needs = ("services",)

    def run(self, context: Context) -> Result:
        wanted = {("tcp", port): name for name, port in context.ports.items()}
        waiting = [each for each in sockets(context.proc) if each.waits]
        names = owners(context.proc) if waiting else {}
        if context.is_local:
            return _in_local_mode([each for each in waiting if each.inode in names], names, wanted)
        open_to_all = [each for each in waiting if not each.address.is_loopback]
        strangers = [
            _told(each, names)
            for each in open_to_all
            if (each.protocol, each.port) not in wanted.keys() | DHCP_CLIENT
        ]
        found = {(each.protocol, each.port) for each in open_to_all}
        missing = [
            f"nothing listens on {key[0]} port {key[1]} ({name})"
            for key, name in wanted.items()
            if key not in found
        ]
        evidence = {"listeners": sorted(_told(each, names) for each in open_to_all)}
        problems = missing + [f"unexpected listener: {each}" for each in strangers]
        if problems:
            return failed("; ".join(problems), **evidence)
        named = ", ".join(f"{key[1]} ({name})" for key, name in wanted.items())
        return passed(f"exactly {named}", **evidence)


def _in_local_mode(
    ours: list[Socket], names: dict[str, str], wanted: dict[tuple[str, int], str]
) -> Result:
    """Other programs of the computer listen to whom they like; of ours nobody else may hear."""
    beyond = [_told(each, names) for each in ours if not each.address.is_loopback]
    inside = {(each.protocol, each.port) for each in ours if each.address.is_loopback}
    problems = [f"{each} listens beyond this computer" for each in beyond]
    problems += [
        f"nothing here listens on {key[0]} port {key[1]} ({name})"
        for key, name in wanted.items()
        if key not in inside
    ]
    evidence = {"listeners": sorted(_told(each, names) for each in ours)}
    if problems:
        return failed("; ".join(problems), LOCAL_REMEDY, **evidence)
    named = ", ".join(f"{key[1]} ({name})" for key, name in wanted.items())
    return passed(f"{named}, for this computer alone", **evidence)


def _told(each: Socket, names: dict[str, str]) -> str:
    """With the process's name, or "?" where that is hidden."""
    return f"{each.protocol} {each.address} port {each.port} ({names.get(each.inode, '?')})"
