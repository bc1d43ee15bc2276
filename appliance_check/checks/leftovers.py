"""Is there anything that the build left behind, or that machines must not share?"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from ..check import Check
from ..context import Context
from ..result import Result, failed, passed

# The read-only layers of the machine (Ansible's role vm) lie here; these two are not layers.
LAYERS = "/run/layers"
NOT_LAYERS = {"store", "state"}
MACHINE_ID = "etc/machine-id"
HOST_KEYS = "etc/ssh/ssh_host_*_key"
# What a build, or having been used, leaves; as patterns below the system's root.
LEFT = (
    "etc/ssh/ssh_host_*",
    "home/*/.bash_history",
    "home/*/.cache/*",
    "home/*/.config/*",
    "home/*/.ipython/*",
    "home/*/.jupyter/*",
    "home/*/.local/*",
    "home/*/.ssh/*",
    "root/.ansible/*",
    "root/.bash_history",
    "root/.cache/*",
    "root/.ssh/*",
    "run/inputs/*",
    "tmp/*",
    "var/cache/apt/*.bin",
    "var/cache/apt/archives/*.deb",
    "var/lib/apt/lists/*",
    "var/lib/systemd/random-seed",
    "var/log/**/*",
    "var/tmp/*",
)
# Of those what an organiser may have added on purpose, in the layer of that (`make customise`).
CUSTOMISED, CHOSEN = "-customised", ("/.config/", "/.jupyter/", "/.local/", "/.ssh/")


class Leftovers(Check):
    id = "leftovers"
    title = "Nothing left over from the build"
    group = "Machine"
    proves = (
        "No host key, machine id, log, cache, history or package list came with the appliance; "
        "a machine has a key and an id of its own."
    )
    matters = (
        "Whoever has the file would know the key of every machine, and what the builder did is "
        "nobody's business."
    )
    remedy = (
        "This file was not built as it should be: ask the organiser for another, and the "
        "organiser runs `make test`."
    )
    seconds = 0.3
    as_root = True

    def run(self, context: Context) -> Result:
        trees, shipped = _shipped(context)
        found = sorted(
            str(path) for tree in trees for path in _left(tree, context.home) if shipped(path)
        )
        ids = [str(path) for tree in trees if (path := tree / MACHINE_ID).exists() and _id(path)]
        evidence = {"looked_at": [str(tree) for tree in trees], "found": found[:20]}
        # Where nothing has been started there is one tree, whose id must not be there yet; a
        # container's may come from outside (podman).
        if ids and not context.in_container:
            return failed(f"the machine id came with the appliance: {ids[0]}", **evidence)
        if found:
            more = f" and {len(found) - 3} more" if len(found) > 3 else ""
            return failed(f"left over: {', '.join(found[:3])}{more}", **evidence)
        if context.profile == "vm" and (problem := _identity(context)):
            return failed(*problem, **evidence)
        return passed("nothing left over", **evidence)


def _shipped(context: Context) -> tuple[list[Path], Callable[[Path], bool]]:
    """The trees to look at, and what tells whether a file in one of them came with it.

    The layers of the machine hold nothing else. Elsewhere all is one tree, where the build gave
    all that it made the time of the appliance's date (Ansible's role settle), to the second.
    """
    layers = context.at(LAYERS)
    trees = [path for path in layers.glob("*") if path.name not in NOT_LAYERS and path.is_dir()]
    if context.profile == "vm" and trees:
        return sorted(trees), lambda path: True
    made = datetime.fromisoformat(context.description["date"]).replace(tzinfo=UTC).timestamp()
    return [context.at("/")], lambda path: path.lstat().st_mtime == made


def _left(tree: Path, home: Path) -> Iterator[Path]:
    """Files that fit a pattern; a folder is one only for what is in it."""
    chosen = CHOSEN if tree.name.endswith(CUSTOMISED) else ()
    for pattern in (each for each in LEFT if not any(name in each for name in chosen)):
        for path in tree.glob(pattern):
            if path == home:
                continue  # a container that runs as another user has a copy of it in /tmp
            if path.is_symlink() or path.is_file():
                yield path
            elif path.is_dir() and "**" not in pattern:
                yield from (inner for inner in path.rglob("*") if inner.is_file())


def _id(path: Path) -> str:
    """What stands in it; systemd(1) takes `uninitialized` for none."""
    text = path.read_text().strip()
    return "" if text == "uninitialized" else text


def _identity(context: Context) -> tuple[str, str] | None:
    """What a running machine lacks of its own, and what to do."""
    path = context.at(MACHINE_ID)
    text = path.read_text().strip() if path.exists() else ""
    if not re.fullmatch(r"[0-9a-f]{32}", text) or text == "0" * 32:
        return "the machine has no id of its own", "`sudo systemd-machine-id-setup`, and restart"
    if not any(key.stat().st_size for key in context.at("/").glob(HOST_KEYS)):
        return "the machine has no SSH host key", "`sudo systemctl restart ssh.service`"
    return None
