"""Are the host's ports free, and if not, who holds them?"""

import socket

import psutil

from ..description import Ports
from ..errors import BuildError

LOOPBACK = "127.0.0.1"


def require_free(ports: Ports) -> None:
    """Check each host port before anything starts.

    Raises:
        BuildError: one sentence for each taken port, with the program's name and pid.
    """
    taken = [
        f"port {forward.host} on {LOOPBACK} is taken by {holder(forward.host)}; "
        f"stop it, or change ports.{service}.host in appliance.yml"
        for service, forward in ports
        if not _free(forward.host)
    ]
    if taken:
        raise BuildError("\n".join(taken))


def elsewhere(ports: Ports) -> Ports:
    """The same services on host ports that nobody uses now, for a machine beside the usual one."""
    listeners = {service: socket.create_server((LOOPBACK, 0)) for service, _ in ports}
    moved = {
        service: getattr(ports, service).model_copy(update={"host": held.getsockname()[1]})
        for service, held in listeners.items()
    }
    for held in listeners.values():
        held.close()
    return ports.model_copy(update=moved)


def _free(port: int) -> bool:
    try:
        socket.create_server((LOOPBACK, port)).close()
    except OSError:
        return False
    return True


def holder(port: int) -> str:
    """The listening program as "name (pid N)"; its name may be hidden from ordinary users."""
    try:
        listeners = [
            connection.pid
            for connection in psutil.net_connections(kind="tcp")
            if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port
        ]
        pid = next(pid for pid in listeners if pid)
        return f"{psutil.Process(pid).name()} (pid {pid})"
    except (StopIteration, psutil.Error):
        return f"another user's program (`sudo ss -ltnp 'sport = :{port}'` names it)"
