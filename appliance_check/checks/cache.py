"""Is Theano's compile cache warm, and will it stay so?"""

import json
import os
from pathlib import Path

from ..check import Check
from ..context import Context
from ..result import Result, failed, passed
from ..theano_cache import unwritable
from .theano import limiting

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
    level = "standard"
    needs = ("disk", "python", "imports", "theano")

    def excuse(self, context: Context) -> str | None:
        """Other settings make other code, of which the cache has nothing."""
        if flags := limiting(os.environ.get("THEANO_FLAGS", "")):
            return f"pointless with THEANO_FLAGS={','.join(flags)}"
        return None

    def run(self, context: Context) -> Result:
        if not (lesson := training_lesson(context.lessons)):
            return failed("no lesson imports Lasagne, so there is no graph to try")
        if found := unwritable(context.home):
            return failed(
                f"{found[0]} cannot be written to ({found[1]})",
                "`sudo chown -R $USER: ~/.theano && chmod -R u+rwX ~/.theano`",
            )
        return judge(context.probe("cache", str(lesson)), lesson.stem)


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
