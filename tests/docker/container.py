"""A container as its user sees it: its log, its ports, its end."""

import re
import shlex
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import paramiko
import requests
from testinfra import get_host
from testinfra.backend.base import CommandResult
from testinfra.host import Host

from appliance_build.description import Description
from appliance_build.machine.ports import LOOPBACK, elsewhere

from ..image.jupyter import Jupyter
from .daemon import Daemon

SECONDS = 60


class Container:
    """A started container.

    Args:
        ports: on the host, by service.
    """

    def __init__(self, daemon: Daemon, name: str, ports: dict[str, int], user: str) -> None:
        self.daemon, self.name, self.ports, self.user = daemon, name, ports, user

    @property
    def host(self) -> Host:
        """The container over `docker exec`, as testinfra sees it."""
        return get_host(f"docker://{self.name}")

    def ok(self, command: str) -> str:
        """What a command of the attendee's writes on stdout; it must end well."""
        done = self.host.run(f"bash -lc {shlex.quote(command)}")
        assert done.rc == 0, f"{command}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
        return done.stdout

    def doctor(self, *arguments: str) -> CommandResult:
        """Run appliance-check; its report as JSON is on stdout."""
        return self.host.run(
            f"bash -lc {shlex.quote(f'appliance-check --json - {shlex.join(arguments)}')}"
        )

    def jupyter(self) -> Jupyter:
        """A new browser that knows the token."""
        self.get("/api")  # waits until it listens
        return Jupyter(self.ports["jupyter"], SECONDS, self.token())

    def log(self) -> str:
        """All that it printed."""
        done = self.daemon.run("logs", self.name)
        return done.stdout + done.stderr

    def found(self, pattern: str) -> str:
        """What a pattern's group matches in the log, as soon as it is there."""
        deadline = time.monotonic() + SECONDS
        while not (match := re.search(pattern, self.log())):
            assert self.is_running() and time.monotonic() < deadline, self.log()
        return match[1]

    def token(self) -> str:
        """Jupyter's token, from the address in the log."""
        return self.found(r"token=([0-9a-f]{32,})\s")

    def password(self) -> str:
        """The SSH password, from the log."""
        return self.found(r"password +(\S+)\n")

    def is_running(self) -> bool:
        return self.daemon.ok("inspect", "--format={{.State.Running}}", self.name) == "true"

    def get(self, path: str, token: str = "") -> requests.Response:
        """What Jupyter answers on the host's loopback interface; waits until it listens."""
        url = f"http://{LOOPBACK}:{self.ports['jupyter']}{path}"
        headers = {"Authorization": f"token {token}"} if token else {}
        deadline = time.monotonic() + SECONDS
        while True:
            try:
                return requests.get(url, headers=headers, timeout=SECONDS, allow_redirects=False)
            except requests.ConnectionError:
                assert self.is_running() and time.monotonic() < deadline, self.log()

    def login(self, password: str, user: str = "") -> paramiko.SSHClient:
        """An SSH connection from the host, by password."""
        deadline = time.monotonic() + SECONDS
        while True:
            client = paramiko.SSHClient()
            client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
            try:
                client.connect(
                    LOOPBACK,
                    self.ports["ssh"],
                    user or self.user,
                    password,
                    timeout=SECONDS,
                    look_for_keys=False,
                    allow_agent=False,
                )
                return client
            except paramiko.AuthenticationException:
                raise
            except (paramiko.SSHException, OSError):
                assert self.is_running() and time.monotonic() < deadline, self.log()

    def sh(self, command: str) -> str:
        """What a command prints over SSH, logged in with the printed password."""
        with self.login(self.password()) as client:
            _, out, err = client.exec_command(command)
            text = out.read().decode()
            assert out.channel.recv_exit_status() == 0, text + err.read().decode()
            return text


@contextmanager
def running(
    daemon: Daemon, image: str, description: Description, *options: str, command: Sequence[str] = ()
) -> Iterator[Container]:
    """Start a container as the documents say, on free ports; removed at the end."""
    ports = {name: forward.host for name, forward in elsewhere(description.ports)}
    words = ["run", "--detach"]
    for name, forward in description.ports:
        words.append(f"--publish={LOOPBACK}:{ports[name]}:{forward.host}")
    name = daemon.ok(*words, *options, image, *command)
    try:
        yield Container(daemon, name, ports, description.user.name)
    finally:
        daemon.run("rm", "--force", "--volumes", name)


def is_open(port: int) -> bool:
    """Whether something listens on a port of the loopback interface."""
    with socket.socket() as attempt:
        return attempt.connect_ex((LOOPBACK, port)) == 0
