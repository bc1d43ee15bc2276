"""The pages' packages and bundles, under the cache's lock: two processes test at a time."""

from pathlib import Path

from appliance_build.inputs import npm
from appliance_build.store import locked


def modules() -> Path:
    """The folder that has what npm installs for the pages and their tests; kept in the cache."""
    with locked():
        return npm.modules(tests=True)


def bundled(folder: Path) -> Path:
    """All pages, bundled anew in the folder."""
    packages = modules()
    with locked():
        return npm.bundle(packages, folder / "pages")
