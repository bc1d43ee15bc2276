"""What this machine is, what its organiser added, and how its doctor found it.

Only the standard library is used.
"""

import html
import json
import re
from pathlib import Path

#: Where `appliance-check` leaves its last report, in the attendee's home folder.
REPORT = Path(".local/state/workshop/check.json")

#: What the page names; the rest of the list is for the doctor.
PACKAGES = ("Theano", "Lasagne", "numpy", "jupyterlab", "notebook")

#: What an organiser added lies here, below what is shared.
OWN = "own"

TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.I | re.S)


def facts(share: Path, home: Path) -> dict:
    """Title, logo, version, pages, stand-ins, packages, the SSH login and the last report.

    Args:
        share: the folder with what the build wrote down.
        home: the attendee's.
    """
    description = _json(share / "appliance.json") or {}
    versions = _json(share / "python.json") or {}
    ssh = description.get("ports", {}).get("ssh", {}).get("host")
    return {
        "title": description.get("title"),
        "logo": logo(share),
        "version": description.get("version"),
        "pages": [{"name": page.name, "title": title(page)} for page in own_pages(share)],
        "standins": len({entry["standin"] for entry in _json(share / "standins.json") or []}),
        "packages": {name: versions[name] for name in PACKAGES if name in versions},
        "ssh": {"port": ssh, "user": description.get("user", {}).get("name")} if ssh else None,
        "check": last_check(home / REPORT),
    }


def order(share: Path) -> list[str]:
    """The lessons' names in the order of the description."""
    return (_json(share / "appliance.json") or {}).get("lessons", [])


def own_pages(share: Path) -> list[Path]:
    """The folders of the organiser's pages, in the order of the description."""
    extra = (_json(share / "appliance.json") or {}).get("extra", {})
    folders = (share / OWN / "pages" / Path(name).name for name in extra.get("pages", []))
    return [folder for folder in folders if (folder / "index.html").is_file()]


def title(page: Path) -> str:
    """What a page calls itself; the name of its folder if nothing."""
    found = TITLE.search((page / "index.html").read_text(encoding="utf-8", errors="replace"))
    return html.unescape(found[1]).strip() if found else page.name


def logo(share: Path) -> str | None:
    """The name of the organiser's picture; None without one."""
    return next((path.name for path in (share / OWN).glob("logo.*")), None)


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
