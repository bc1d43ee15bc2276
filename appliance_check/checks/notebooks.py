"""Does every lesson run and teach what it promises?"""

from pathlib import Path

from .. import durations
from ..context import LAST_REPORT, Context, ProbeFailed
from ..notebook import LimitsMissing, limits
from ..result import Result, failed, passed, warned
from ..theano_cache import NeedsTheano

# Where a notebook that failed is kept as far as it ran, in the attendee's home folder.
FAILED = LAST_REPORT.parent / "failed"
START_SECONDS = 60  # for a kernel's start and end, beside what the notebook's metadata allow


class Notebooks(NeedsTheano):
    id = "notebooks"
    title = "Notebooks run and meet their expectations"
    group = "Lessons"
    proves = (
        "Each lesson runs from its first to its last cell in a fresh kernel, within the time and "
        "memory of its metadata, and its own expectations hold."
    )
    matters = "A lesson that stops half-way stops the workshop."
    remedy = (
        "Open the lesson named here in Jupyter, run it to the cell named here, and read the "
        "error; the pristine lessons are under /usr/share/workshop/notebooks. What ran is kept, "
        "with its outputs, in ~/.local/state/workshop/failed."
    )
    seconds = 60
    level = "full"

    def run(self, context: Context) -> Result:
        paths, profile = _paths(context), context.settings
        if not paths:
            return failed(f"there is no notebook in {context.notebooks}")
        reports = {path.stem: _execute(path, profile, context) for path in paths}
        problems = [f"{name}: {why}" for name, r in reports.items() if (why := r["problem"])]
        if problems:
            return failed("; ".join(problems), **reports)
        shipped = not context.notebooks
        cold = [f"{name} ({n})" for name, each in reports.items() if (n := each["compiler_runs"])]
        if cold and shipped:
            return warned(
                f"all run, but the shipped compile cache lacks parts of {', '.join(cold)}",
                "Nothing for an attendee to do: this run has filled the cache.",
                **reports,
            )
        if shipped and (slow := _slow(reports, profile, context)):
            return warned(
                f"all run, but much slower than the others: {', '.join(slow)}",
                "Run `appliance-check --only notebooks` again. If it names the same lesson, a part "
                "of it is not computed as it should be: see what `theano` and `blas` say.",
                **reports,
            )
        cells = sum(each["executed"] for each in reports.values())
        return passed(f"{len(reports)} lessons, {cells} cells ({profile} settings)", **reports)

    def time_limit(self, context: Context) -> float:
        total = START_SECONDS * context.slowdown
        for path in _paths(context):
            try:
                seconds = limits(path, context.settings)[0]
            except LimitsMissing:
                seconds = 0
            total += (seconds + START_SECONDS) * context.slowdown
        return total


def _slow(reports: dict[str, dict], profile: str, context: Context) -> list[str]:
    """Lessons far slower than their record; adds `slowness` to each report that can be compared.

    The records are of a processor that is not emulated, and of Theano without a GPU.
    """
    if context.slowdown != 1 or context.profile == "cuda":
        return []
    found = durations.slowness(reports, durations.recorded(profile))
    for name, times in found.items():
        reports[name]["slowness"] = times
    return [f"{name} ({x:g} times)" for name, x in found.items() if x > durations.FACTOR]


def _paths(context: Context) -> list[Path]:
    return sorted(context.notebooks.glob("*.ipynb")) if context.notebooks else context.lessons


def _execute(path: Path, profile: str, context: Context) -> dict:
    if not path.exists():
        return {"problem": f"{path} is missing"}
    try:
        seconds, memory_mb = limits(path, profile)
    except LimitsMissing as error:
        return {"problem": str(error)}
    try:
        return context.probe(
            "notebook",
            str(path),
            str(seconds * context.slowdown),
            str(memory_mb),
            str(START_SECONDS * context.slowdown),
            str(context.slowdown),
            str(context.home / FAILED),
            WORKSHOP_PROFILE=profile,
        )
    except ProbeFailed as error:  # the other lessons are still to be judged
        return {"problem": str(error), "output": error.output}
