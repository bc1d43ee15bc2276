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
            names = ", ".join(entry["asset"] for entry in entries)
            return warned(f"stand-ins for {names}", standins=entries)
        return passed("everything is real")
