"""A machine made from the OVA, as a test sees it: its power, its login, its root."""

import shlex
import time
import warnings
from concurrent.futures import ThreadPoolExecutor

import paramiko
import requests
from rich.console import Console
from testinfra.backend import get_backend
from testinfra.backend.base import CommandResult
from testinfra.host import Host

from appliance_build.machine.ports import LOOPBACK
from appliance_build.machine.qemu import Qemu
from appliance_build.machine.waiting import until_jupyter

from .jupyter import Jupyter

_LOGIN_SECONDS = 10  # at native speed, as all
_PAGE_SECONDS = 10
_PATIENCE_SECONDS = 60  # of somebody who opens the page together with the machine


class Guest:
    """Boots a machine and talks to it from the host, as an attendee's computer does."""

    def __init__(self, machine: Qemu) -> None:
        self.machine = machine
        self.user = machine.description.user
        self.host: Host | None = None

    def boot(self) -> requests.Response:
        """Start it, wait for Jupyter, log in.

        Returns:
            What a browser got that was opened with the machine and asks until it is served.
        """
        self.machine.start()
        with ThreadPoolExecutor() as pool:
            page = pool.submit(self._first_page)
            until_jupyter(self.machine, self.machine.ports.jupyter.host, Console(quiet=True))
        self.connect()
        return page.result()

    def connect(self) -> None:
        """Log in to a machine that runs."""
        # Not testinfra.get_host: it hands one connection to all machines at one address.
        self.host = Host(get_backend(f"paramiko://{LOOPBACK}"))
        self.host.backend.client = self._first_login()

    def _first_page(self) -> requests.Response:
        url = f"http://{LOOPBACK}:{self.machine.ports.jupyter.host}/"
        patience = self.limit(_PATIENCE_SECONDS)
        deadline = time.monotonic() + patience
        while True:
            try:
                return requests.get(url, timeout=patience)
            except requests.ConnectionError:  # QEMU hangs up where no guest answers yet
                if time.monotonic() > deadline or self.machine.wait(0.25):
                    raise

    def _first_login(self) -> paramiko.SSHClient:
        """Nothing says that SSH must be ready before Jupyter."""
        deadline = time.monotonic() + self.limit(_LOGIN_SECONDS)
        while True:
            try:
                return self.login(self.user.name, self.user.password)
            except paramiko.AuthenticationException:
                raise
            except (paramiko.SSHException, OSError):
                if time.monotonic() > deadline or self.machine.wait(0.25):
                    raise

    def limit(self, seconds: float) -> float:
        """Seconds of native speed in those of this machine."""
        return seconds * self.machine.slowdown

    def login(self, user: str, password: str) -> paramiko.SSHClient:
        """A new SSH connection that offers this password, and no key.

        Raises:
            paramiko.AuthenticationException: the machine refuses.
        """
        client = paramiko.SSHClient()
        client.set_missing_host_key_policy(paramiko.WarningPolicy())
        seconds = self.limit(_LOGIN_SECONDS)
        with warnings.catch_warnings(action="ignore", category=UserWarning):  # a new host key
            client.connect(
                LOOPBACK,
                self.machine.ports.ssh.host,
                user,
                password,
                timeout=seconds,
                banner_timeout=seconds,
                auth_timeout=seconds,
                look_for_keys=False,
                allow_agent=False,
            )
        return client

    def ok(self, command: str) -> str:
        """What a command of the attendee's writes on stdout; it must end well."""
        done = self.host.run(f"bash -lc {shlex.quote(command)}")
        assert done.rc == 0, f"{command}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
        return done.stdout

    def root(self, command: str) -> str:
        """The same with sudo, which asks for the password."""
        password = shlex.quote(self.user.password)
        return self.ok(f"printf %s {password} | sudo -S -p '' sh -c {shlex.quote(command)}")

    def doctor(self, *arguments: str) -> CommandResult:
        """Run appliance-check as the attendee would; its report as JSON is on stdout."""
        command = f"appliance-check --json - {shlex.join(arguments)}"
        return self.host.run(f"bash -lc {shlex.quote(command)}")

    def jupyter(self) -> Jupyter:
        """A new browser."""
        return Jupyter(self.machine.ports.jupyter.host, self.limit(_PAGE_SECONDS))

    def host_key(self) -> str:
        """What the machine proves its identity with over SSH."""
        return self.host.backend.client.get_transport().get_remote_server_key().get_base64()

    def machine_id(self) -> str:
        """What systemd tells this machine from others by."""
        return self.ok("cat /etc/machine-id").strip()
