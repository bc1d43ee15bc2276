"""Writes down what is otherwise than it shipped because an organiser wants it so.

usage: sudo python3 -m appliance_check.customised       (`make customise` calls it)

The checks then compare with that. What was added needs no entry: they leave it in peace.
"""

import json
import sys
from pathlib import Path

from . import shipped
from .checks import debian
from .context import KERNEL_PYTHON, SHARE
from .distributions import folders, installed, normal


def differences(share: Path, status: Path, python: Path, home: Path) -> dict[str, dict]:
    """What of each list is otherwise now; None stands for what was removed.

    Args:
        share: folder of the lists.
        status: dpkg's file of packages.
        python: the kernels' interpreter.
        home: the attendee's.

    Raises:
        NoList: a list is missing or damaged.
    """
    packages = debian.installed(status)
    present = {n: version for n, (state, version) in packages.items() if state == debian.INSTALLED}
    found = installed(folders(python, home))
    versions = {name: each.version for name, each in found.items()}
    faulty = [file for file in shipped.listed(share, lambda name: True) if file.fault()]
    return {
        shipped.FILES: {file.name: _now(file.path) for file in faulty},
        shipped.BILL: _others(shipped.debian(share), present),
        shipped.PYTHON: _others(
            shipped.python(share), {n: versions.get(normal(n)) for n in shipped.python(share)}
        ),
    }


def _now(path: Path) -> dict | None:
    if not path.exists():
        return None
    return {"size": path.stat().st_size, "sha256": shipped.digest(path)}


def _others(expected: dict[str, str], actual: dict[str, str | None]) -> dict[str, str | None]:
    return {name: actual.get(name) for name, value in expected.items() if actual.get(name) != value}


def main() -> None:
    """Write the list, if there is anything to say."""
    user = json.loads((SHARE / "appliance.json").read_text(encoding="utf-8"))["user"]["name"]
    found = differences(SHARE, debian.STATUS, KERNEL_PYTHON, Path(f"~{user}").expanduser())
    if any(found.values()):
        text = json.dumps(found, indent=1) + "\n"
        (SHARE / shipped.CUSTOMISED).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    try:
        main()
    except shipped.NoList as error:
        sys.exit(f"error: {error}")
