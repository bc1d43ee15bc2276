"""Is anything in this build only a stand-in?"""

import json

from ..check import Check
from ..context import Context
from ..result import Result, failed, passed, warned


class Standins(Check):
    id = "standins"
    title = "Stand-ins for data and weights"
    group = "Lessons"
    proves = "All data and weights are the real ones, not stand-ins that the build had to make."
    matters = "With stand-ins a lesson runs, but its results are not what the slides promise."
    remedy = (
        "Build again where the internet or a mirror (APPLIANCE_MIRROR) can be reached, and use "
        "the file whose name does not end in -standins."
    )
    seconds = 0.1

    def run(self, context: Context) -> Result:
        path = context.share / "standins.json"
        try:
            entries = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            return failed(
                f"{path} cannot be read ({error}), so nobody knows what is real",
                "Import the appliance again: a file of its own is missing or damaged.",
            )
        if entries:
            return warned(f"stand-ins for {', '.join(_named(entries))}", standins=entries)
        return passed("everything is real")


def _named(entries: list[dict]) -> list[str]:
    """The first asset that each stand-in replaces, with the number of the others."""
    by_standin: dict[str, list[str]] = {}
    for entry in entries:
        by_standin.setdefault(entry["standin"], []).append(entry["asset"])
    return [
        assets[0] + (f" and {len(assets) - 1} more" if len(assets) > 1 else "")
        for assets in by_standin.values()
    ]
