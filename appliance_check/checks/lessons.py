"""Are the lessons there and whole?"""

from ..check import Check
from ..context import Context
from ..result import Result, failed, passed


class Lessons(Check):
    id = "lessons"
    title = "Lessons and the attendee's copies"
    group = "Lessons"
    proves = "Each lesson is a valid notebook, in its pristine form and as the attendee's copy."
    matters = "A damaged notebook does not open."
    remedy = "Import the appliance again: a pristine lesson is missing or damaged."
    seconds = 0.5
    limit = 60

    def run(self, context: Context) -> Result:
        copies = {path: context.home / "notebooks" / path.name for path in context.lessons}
        paths = [*copies.keys(), *copies.values()]
        found = context.probe("notebook_files", *map(str, paths))
        bad = {path: why for path in paths if (why := found[str(path)])}
        if not bad:
            return passed(f"{len(copies)} lessons, pristine and as the attendee's copies")
        message = "; ".join(f"{path} {why}" for path, why in bad.items())
        evidence = {"damaged": {str(path): why for path, why in bad.items()}}
        if bad.keys() & copies.keys():
            return failed(message, **evidence)
        names = " ".join(path.stem for path in bad)
        return failed(
            message, f"`workshop reset {names}` (keeps what is there beside it)", **evidence
        )
