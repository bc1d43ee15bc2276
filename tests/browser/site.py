"""The pages as a browser on the host sees them: of a container, or of the booted machine."""

from appliance_build.machine.ports import LOOPBACK

from ..docker.container import Container
from ..image.guest import Guest
from ..image.jupyter import Jupyter

SECONDS = 60


class Site:
    """Where the pages are served.

    Attributes:
        token: that opens them; empty where none is asked for.
        slowdown: how many times longer than at native speed the server takes.
    """

    slowdown = 1.0

    def __init__(self, port: int, token: str = "") -> None:
        self.port, self.token = port, token
        self.origin = f"http://{LOOPBACK}:{port}"

    @property
    def door(self) -> str:
        """The address that an attendee is told."""
        return f"{self.origin}/?token={self.token}" if self.token else f"{self.origin}/"

    def browser(self) -> Jupyter:
        """A session that has opened the landing page, without a browser's own guards."""
        return Jupyter(self.port, SECONDS * self.slowdown, self.token)

    def check(self) -> None:
        """Let the doctor look, so that there is a report."""
        raise NotImplementedError


class ContainerSite(Site):
    """The pages of a container."""

    def __init__(self, container: Container) -> None:
        container.get("/api")  # waits until it listens
        super().__init__(container.ports["jupyter"], container.token())
        self.container = container

    def check(self) -> None:
        """As an attendee does."""
        self.container.doctor("--level", "quick")


class MachineSite(Site):
    """The pages of a machine, which asks for no token."""

    def __init__(self, guest: Guest) -> None:
        super().__init__(guest.machine.ports.jupyter.host)
        self.guest, self.slowdown = guest, guest.machine.slowdown

    def check(self) -> None:
        """As an attendee does."""
        self.guest.doctor("--level", "quick")
