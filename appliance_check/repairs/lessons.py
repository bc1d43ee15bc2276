"""Damaged copies of lessons: as they were shipped."""

from pathlib import Path

from ..commands import as_user
from ..context import Context
from ..runner import Outcome
from .repair import Plan, Repair


class RestoreLessons(Repair):
    id = "lesson"
    title = "Restore the damaged lessons"
    does = "Each damaged copy stays beside the fresh one, with `mine` and the time in its name."
    checks = ("lessons",)

    def plan(self, context: Context, outcome: Outcome) -> Plan | None:
        damaged = [Path(path) for path in outcome.result.evidence.get("damaged", {})]
        folder = context.home / "notebooks"
        names = [
            path.stem
            for path in damaged
            if path.parent == folder and context.share / "notebooks" / path.name not in damaged
        ]
        return Plan([as_user("workshop", "reset", *names)]) if names else None
