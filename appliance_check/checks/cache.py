"""Is Theano's compile cache warm, and will it stay so?"""

import json
import tempfile
from pathlib import Path

from ..check import Check
from ..context import Context
from ..result import Result, failed, passed

# Theano ignores modules that nobody read for `cmodule.age_thresh_use` seconds (as released: 24
# days) and deletes them a week later. Workshops use images that are years old.
SHORTEST_AGE = 5 * 365 * 24 * 3600


class Cache(Check):
    id = "cache"
    title = "Theano's compile cache"
    group = "Software"
    proves = (
        "A fresh process gets the training function of a lesson ready without running a "
        "compiler, and the cache can be written to and does not expire."
    )
    matters = "With a cold cache the first cells of a lesson wait for the compiler, up to minutes."
    remedy = (
        "Run each lesson once (`python3 -m appliance_check --only notebooks`): what it compiles "
        "stays in ~/.theano."
    )
    seconds = 2
    limit = 120
    needs = ("disk", "theano")

    def run(self, context: Context) -> Result:
        if not (lesson := training_lesson(context.lessons)):
            return failed("no lesson imports Lasagne, so there is no graph to try")
        if why := _unwritable(context.home / ".theano"):
            return failed(*why)
        facts = context.probe("cache", str(lesson))
        if why := _unwritable(Path(facts["compiledir"])):
            return failed(*why, **facts)
        return judge(facts, lesson.stem)


def judge(facts: dict, lesson: str) -> Result:
    """What the facts of `probes/cache.py` amount to."""
    if facts["trouble"]:
        return failed(
            f"{lesson} stops before its training function is compiled: {facts['trouble']}",
            f"`python3 -m appliance_check --only notebooks` shows where {lesson} stops.",
            **facts,
        )
    if facts["age_thresh_use"] < SHORTEST_AGE:
        return failed(
            f"the cache expires after {facts['age_thresh_use'] / 86400:.0f} days",
            f"Set `age_thresh_use = {2 * SHORTEST_AGE}` under [cmodule] in ~/.theanorc.",
            **facts,
        )
    if facts["compiler_runs"]:
        return failed(
            f"the compiler ran {facts['compiler_runs']} times before {lesson} could train",
            **facts,
        )
    return passed(f"{lesson}'s training function in {facts['seconds']} s, no compiler ran", **facts)


def training_lesson(lessons: list[Path]) -> Path | None:
    """The first lesson whose code uses Lasagne."""
    for path in lessons:
        try:
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
        except (OSError, ValueError, KeyError, TypeError):
            continue  # for the check `lessons` to report
        if any("lasagne" in source for source in code):
            return path
    return None


def _unwritable(folder: Path) -> tuple[str, str] | None:
    """What is wrong with a folder that Theano has to write to, and what to do."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return None
    except OSError as error:
        return (
            f"{folder} cannot be written to ({error.strerror})",
            f"`sudo chown -R $USER: ~/.theano && chmod -R u+rwX ~/.theano`; `df -h {folder}` "
            "shows whether the disk is full.",
        )
