"""Adds the pages to a server, and what can be configured of them."""

import re
from pathlib import Path

from jupyter_server.serverapp import ServerApp
from jupyter_server.utils import url_path_join
from traitlets import Unicode
from traitlets.config import Configurable

from . import about
from .api import FreshCopyHandler, StateHandler, WorkHandler
from .lessons import Shelf
from .report import ReportHandler
from .static import OwnPageHandler, PageHandler
from .static_paths import look_each_time
from .update import ACTIONS, ActionHandler, AddressHandler, UpdateHandler


class WorkshopPages(Configurable):
    """What `c.WorkshopPages` may set."""

    share = Unicode(
        "/usr/share/workshop", help="What everybody may read: lessons, description"
    ).tag(config=True)
    command = Unicode("workshop", help="The command that brings a lesson back").tag(config=True)


def load(server: ServerApp) -> None:
    """Add the handlers; they come before the server's own redirection of `/`."""
    look_each_time()
    settings = WorkshopPages(parent=server)
    share, notebooks = Path(settings.share), Path(server.root_dir)
    pages = share / "pages"
    tools = {
        "share": share,
        "shelf": Shelf(share / "notebooks", notebooks, about.order(share)),
        "command": settings.command,
    }
    base = server.web_app.settings["base_url"]
    names = sorted(page.parent.name for page in pages.glob("*/index.html"))
    files = "|".join(["assets", *map(re.escape, names)])
    own = share / about.OWN
    theirs = "|".join(re.escape(page.name) for page in about.own_pages(share)) or "(?!)"
    routes = [
        (r"workshop/state", StateHandler, tools),
        (r"workshop/fresh-copy", FreshCopyHandler, tools),
        (r"workshop/my-work\.zip", WorkHandler, tools),
        (r"workshop/report", ReportHandler),
        (r"workshop/update", UpdateHandler, tools),
        (r"workshop/update-from", AddressHandler, tools),
        (rf"workshop/({'|'.join(ACTIONS)})", ActionHandler, tools),
        (rf"((?:(?:{files})/.*|licences\.txt)?)", PageHandler, {"path": str(pages)}),
        # Without the slash its relative addresses would be wrong; Tornado adds it.
        (rf"({'|'.join(map(re.escape, names)) or '(?!)'})", PageHandler, {"path": str(pages)}),
        (rf"((?:{theirs})(?:/.*)?)", OwnPageHandler, {"path": str(own / "pages")}),
        (r"workshop/(logo\.\w+)", PageHandler, {"path": str(own)}),
    ]
    server.web_app.add_handlers(
        ".*$", [(url_path_join(base, pattern), *rest) for pattern, *rest in routes]
    )
