"""A Jupyter server on this machine with the pages, set up as in the virtual machine.

For work on the pages without an image: `WORKSHOP_JUPYTER` names a Python that has what
locks/python.lock does. With `WORKSHOP_TOKEN` it asks for a token, as in a container.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from appliance_build.description import Description
from appliance_build.machine.ports import LOOPBACK, elsewhere
from appliance_build.paths import NOTEBOOKS, PROJECT

from .site import Site

PYTHON, TOKEN = "WORKSHOP_JUPYTER", "WORKSHOP_TOKEN"
ROLES = PROJECT / "ansible" / "roles"
SECONDS = 180  # to start, on a busy machine


class LocalSite(Site):
    """The server's folders are at hand."""

    def __init__(self, port: int, home: Path, share: Path) -> None:
        super().__init__(port, os.environ.get(TOKEN, ""))
        self.home, self.share = home, share

    def check(self) -> None:
        """The doctor is the one of this project, and finds what it finds here."""
        command = [sys.executable, "-m", "appliance_check", "--level", "quick"]
        command += ["--share", self.share, "--home", self.home, "--profile", "tree"]
        subprocess.run(command, cwd=PROJECT, check=False, stdout=subprocess.DEVNULL)


@contextmanager
def serving(
    python: str,
    description: Description,
    pages: Path,
    folder: Path,
    add: Callable[[Path], None] = lambda share: None,
) -> Iterator[LocalSite]:
    """Start a server with the lessons in a new folder; stopped at the end.

    Args:
        pages: as `node web/build.mjs` writes them.
        add: writes more below what is shared.
    """
    home, share = folder / "home", folder / "share"
    lay_out(description, pages, home, share)
    add(share)
    port = elsewhere(description.ports).jupyter.host
    site = LocalSite(port, home, share)
    environment = {key: os.environ[key] for key in ("PATH", "LANG") if key in os.environ}
    environment |= {"HOME": str(home), "PYTHONPATH": str(PROJECT / "web" / "server")}
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [python, "-m", "jupyter_server", f"--config={_config(site, folder)}"],
            cwd=home / "notebooks",
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        _wait(site, server, folder / "log")
        yield site
    finally:
        server.terminate()
        server.wait(SECONDS)


def lay_out(description: Description, pages: Path, home: Path, share: Path) -> None:
    """Write the files as the roles do."""
    (home / "notebooks").mkdir(parents=True)
    (share / "notebooks").mkdir(parents=True)
    shutil.copytree(pages, share / "pages")
    for lesson in description.lessons:
        for target in (home / "notebooks", share / "notebooks"):
            shutil.copy(NOTEBOOKS / f"{lesson}.ipynb", target)
    facts = {
        "appliance.json": description.model_dump(mode="json"),
        "python.json": {"Theano": "1.0.5", "numpy": "1.24.2"},
        "standins.json": [],
    }
    for name, content in facts.items():
        (share / name).write_text(json.dumps(content), encoding="utf-8")
    command = (ROLES / "notebooks" / "files" / "workshop").read_text(encoding="utf-8")
    (share / "workshop").write_text(command.replace("/usr/share/workshop", str(share)))
    (share / "workshop").chmod(0o755)


def _config(site: LocalSite, folder: Path) -> Path:
    path = folder / "jupyter_server_config.py"
    path.write_text(
        f"""
c.ServerApp.ip = {LOOPBACK!r}
c.ServerApp.port = {site.port}
c.ServerApp.port_retries = 0
c.ServerApp.allow_root = True
c.ServerApp.open_browser = False
c.ServerApp.root_dir = {str(site.home / "notebooks")!r}
c.ServerApp.default_url = "/lab"
c.ServerApp.local_hostnames = ["localhost"]
c.IdentityProvider.token = {site.token!r}
c.ServerApp.allow_remote_access = {bool(site.token)}
c.ServerApp.jpserver_extensions = {{"workshop_pages": True, "jupyterlab": True, "notebook": True}}
c.WorkshopPages.share = {str(site.share)!r}
c.WorkshopPages.command = {str(site.share / "workshop")!r}
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.handlers.announcements.NeverCheckForUpdate"
""",
        encoding="utf-8",
    )
    return path


def _wait(site: Site, server: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            requests.get(f"{site.origin}/api", timeout=SECONDS)
            return
        except requests.ConnectionError:
            assert server.poll() is None and time.monotonic() < deadline, log.read_text()
