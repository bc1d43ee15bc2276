"""What this machine is, and how its doctor found it.

Only the standard library is used.
"""

import json
from pathlib import Path

#: Where `appliance-check` leaves its last report, in the attendee's home folder.
REPORT = Path(".local/state/workshop/check.json")

#: What the page names; the rest of the list is for the doctor.
PACKAGES = ("Theano", "Lasagne", "numpy", "jupyterlab", "notebook")


def facts(share: Path, home: Path) -> dict:
    """Title, version, stand-ins, packages, the SSH login and the last report.

    Args:
        share: the folder with what the build wrote down.
        home: the attendee's.
    """
    description = _json(share / "appliance.json") or {}
    versions = _json(share / "python.json") or {}
    ssh = description.get("ports", {}).get("ssh", {}).get("host")
    return {
        "title": description.get("title"),
        "version": description.get("version"),
        "standins": len({entry["standin"] for entry in _json(share / "standins.json") or []}),
        "packages": {name: versions[name] for name in PACKAGES if name in versions},
        "ssh": {"port": ssh, "user": description.get("user", {}).get("name")} if ssh else None,
        "check": last_check(home / REPORT),
    }


def last_check(path: Path) -> dict | None:
    """The doctor's last report, when it ended in seconds since 1970, and whether it is there as a
    page, too; None without one."""
    report = _json(path)
    if not isinstance(report, dict) or "summary" not in report:
        return None
    return {
        "ended": path.stat().st_mtime,
        "summary": report["summary"],
        "level": report.get("level"),
        "page": report_page(path).is_file(),
        "checks": [
            {key: check.get(key, "") for key in ("id", "title", "status", "message", "remedy")}
            for check in report.get("checks", [])
        ],
    }


def report_page(path: Path) -> Path:
    """Where the doctor leaves the report as a page, beside that for programs."""
    return path.with_suffix(".html")


def _json(path: Path) -> dict | list | None:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
