"""Jupyter and the SSH server: run them again."""

import http.client
import socket
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ..commands import Command, as_root, as_user, no_root
from ..context import Context
from ..runner import Outcome
from .repair import Plan, Refused, Repair

SECONDS = 20  # in which a service that is well answers, at native speed
LAUNCHER = "workshop-jupyter"  # Jupyter's process has this in its command line
SUPERVISOR = Path("/etc/workshop/supervisord.conf")
# Of the virtual machine; a container has its own in the home folder and a link to it here.
HOST_KEY = Path("/etc/ssh/ssh_host_ed25519_key")
CONTAINER_KEY = Path(".config/workshop/ssh_host_ed25519_key")
CONTAINER_LINK = Path("/tmp/workshop/host-key")


class RestartJupyter(Repair):
    id = "jupyter"
    title = "Restart Jupyter"
    does = "Kernels and Jupyter's terminals end, so that notebooks have to be run again."
    checks = ("services", "ports", "pages", "kernel")

    def plan(self, context: Context, outcome: Outcome) -> Plan | None:
        if context.is_local:
            if self.settled(context):
                return None
            raise Refused("nobody restarts it in local mode: `make local-stop`, then `make local`")
        units = ("jupyter.socket", "jupyter.service")
        # Units first: with its socket up, the question itself would start Jupyter.
        down = [] if context.in_container else [unit for unit in units if not _active(unit)]
        if not down and self.settled(context):
            return None
        _refuse_below_jupyter(context)
        if context.in_container:
            return Plan([_supervisor("jupyter")])
        restart = units if "jupyter.socket" in down else ("jupyter.service",)
        return _restart(context, *restart)

    def settled(self, context: Context) -> bool:
        seconds = SECONDS * context.slowdown
        port = context.ports["jupyter"]
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
        try:
            connection.request("GET", "/api")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


class RestartSsh(Repair):
    id = "ssh"
    title = "Restart SSH"
    does = "New log-ins become possible; those that are open stay."
    checks = ("services", "ports", "ssh")

    def plan(self, context: Context, outcome: Outcome) -> Plan | None:
        if context.is_local:
            return None  # it has none
        if (context.in_container or _active("ssh.service")) and self.settled(context):
            return None
        return _ssh_again(context)

    def settled(self, context: Context) -> bool:
        seconds = SECONDS * context.slowdown
        try:
            with socket.create_connection(("127.0.0.1", context.ports["ssh"]), seconds) as server:
                return server.recv(4) == b"SSH-"
        except OSError:
            return False


class SshKey(RestartSsh):
    id = "ssh-key"
    title = "Make SSH's host key usable and restart SSH"
    does = "If the key is a new one, ssh warns of it: `ssh-keygen -R` as in the attendees' guide."

    def plan(self, context: Context, outcome: Outcome) -> Plan | None:
        if not super().plan(context, outcome):
            return None
        if context.in_container:
            key = context.home / CONTAINER_KEY
            commands = [*_mend_key(key, as_user, "workshop"), *_mend_link(key)]
        else:
            commands = [*_mend_key(HOST_KEY, as_root, "")]
        if not commands:
            return None
        return Plan([*commands, *_ssh_again(context).commands])


def _mend_key(key: Path, run, comment: str) -> Iterator[Command]:
    """sshd refuses a key that is missing or torn, and one that others may read."""
    try:
        status = key.stat()
    except FileNotFoundError:
        status = None
    if status and (status.st_size == 0 or _torn(key)):
        yield run("mv", "-f", "--", key, f"{key}.damaged")
        status = None
    if status is None:
        if not key.parent.exists():
            yield run("mkdir", "-p", "--", key.parent)
        # Without it ssh-keygen would ask whether to write over the public half.
        yield run("rm", "-f", "--", f"{key}.pub")
        yield run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", key)
    elif stat.S_IMODE(status.st_mode) & 0o077:
        yield run("chmod", "0600", "--", key)


def _torn(key: Path) -> bool:
    """Whether it is no private key; one that only root can read is taken for good."""
    try:
        content = key.read_bytes()
    except OSError:
        return False
    with tempfile.NamedTemporaryFile() as copy:  # ssh-keygen reads no key that others may read
        copy.write(content)
        copy.flush()
        words = ["ssh-keygen", "-y", "-P", "", "-f", copy.name]
        return subprocess.run(words, capture_output=True).returncode != 0


def _mend_link(key: Path) -> Iterator[Command]:
    if not CONTAINER_LINK.is_symlink() or CONTAINER_LINK.readlink() != key:
        yield as_user("ln", "-sfn", "--", key, CONTAINER_LINK)


def _ssh_again(context: Context) -> Plan:
    return Plan([_supervisor("sshd")]) if context.in_container else _restart(context, "ssh.service")


def _supervisor(program: str) -> Command:
    return as_user("supervisorctl", "--configuration", SUPERVISOR, "restart", program)


def _restart(context: Context, *units: str) -> Plan:
    if reason := no_root(context):
        raise Refused(reason)
    # What failed too often in a row would otherwise not be started once more.
    return Plan(
        [as_root("systemctl", "reset-failed", *units), as_root("systemctl", "restart", *units)]
    )


def _active(unit: str) -> bool:
    words = ["systemctl", "is-active", unit]
    try:
        done = subprocess.run(words, capture_output=True, text=True)
    except FileNotFoundError:
        raise Refused("there is no systemctl here: restart the machine") from None
    return done.stdout.strip() in ("active", "activating")


def _refuse_below_jupyter(context: Context) -> None:
    """A terminal or a cell of Jupyter would end with it, and the repair half-way."""
    pid = "self"
    while pid != "0":
        folder = context.proc / pid
        try:
            if LAUNCHER.encode() in (folder / "cmdline").read_bytes():
                port, user = (
                    context.description["ports"]["ssh"]["host"],
                    context.description["user"],
                )
                raise Refused(
                    "it would end this terminal, which is Jupyter's own; log in with "
                    f"`ssh -p {port} {user['name']}@localhost` and do it there"
                )
            pid = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()[1]
        except OSError:
            return  # nobody further up can be seen
