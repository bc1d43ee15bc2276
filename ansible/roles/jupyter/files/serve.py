#!/opt/jupyter/bin/python3
"""Jupyter Server on a socket that systemd opened.

systemd listens on the port from early in the boot, so a browser that comes
before Jupyter is ready waits instead of being refused. Without a socket from
systemd this is the plain `jupyter server`.

Source: sd_listen_fds(3), the first passed descriptor is number 3.
"""

import os
import socket

from jupyter_server.serverapp import ServerApp

FIRST_DESCRIPTOR = 3


class SocketActivatedServerApp(ServerApp):
    """Takes over the listening socket; all else is Jupyter's own."""

    def _find_http_port(self) -> None:
        """The port is systemd's and taken by design: there is none to look for."""

    def _bind_http_server_tcp(self) -> bool:
        listener = socket.socket(fileno=FIRST_DESCRIPTOR)
        listener.setblocking(False)
        self.http_server.add_sockets([listener])
        return True


if __name__ == "__main__":
    passed = os.environ.get("LISTEN_PID") == str(os.getpid())
    (SocketActivatedServerApp if passed else ServerApp).launch_instance()
