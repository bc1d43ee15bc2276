"""Are the lessons there and whole?"""

from pathlib import Path

from .. import shipped
from ..check import Check
from ..context import Context
from ..result import Result, failed, passed


class Lessons(Check):
    id = "lessons"
    title = "Lessons and the attendee's copies"
    group = "Lessons"
    proves = (
        "Each pristine lesson and solution is as it shipped, and each attendee's copy, changed or "
        "not, is a valid notebook."
    )
    matters = "A damaged notebook does not open."
    remedy = "Import the appliance again: a pristine lesson is missing or damaged."
    seconds = 0.5
    limit = 60

    def run(self, context: Context) -> Result:
        try:
            listed = shipped.listed(context.share, belongs)
        except shipped.NoList:
            listed = []  # which the check `data` reports
        pristine = shipped.faults(listed)
        copies = {path: context.home / "notebooks" / path.name for path in context.lessons}
        whole = {file.path: file.sha256 for file in listed if str(file.path) not in pristine}
        changed = [copy for path, copy in copies.items() if not _is(copy, whole.get(path))]
        unlisted = [path for path in copies if path not in whole and str(path) not in pristine]
        bad = _invalid(context, [*unlisted, *changed])
        if not pristine and not bad:
            own = f", {len(changed)} of them changed" if changed and listed else ""
            return passed(f"{len(copies)} lessons, pristine and as the attendee's copies{own}")
        bad = pristine | bad
        message = shipped.first(f"{path} {why}" for path, why in bad.items())
        if pristine or bad.keys() & set(map(str, copies)):
            return failed(message, damaged=bad)
        names = " ".join(Path(path).stem for path in bad)
        remedy = f"`workshop reset {names}` (keeps what is there beside it)"
        return failed(message, remedy, damaged=bad)


def belongs(name: str) -> bool:
    """Whether a shipped file is this check's."""
    return name.startswith(("notebooks/", "solutions/"))


def _is(path: Path, sha256: str | None) -> bool:
    """Whether a file is the shipped one, and so a valid notebook."""
    try:
        return sha256 is not None and shipped.digest(path) == sha256
    except OSError:
        return False


def _invalid(context: Context, paths: list[Path]) -> dict[str, str]:
    """What is wrong with which notebook; none is read that needs no reading."""
    if not paths:
        return {}
    found = context.probe("notebook_files", *map(str, paths))
    return {path: why for path, why in found.items() if why}
