"""A session's first training step: the seconds from the import of a lesson's modules to it.

usage: make benchmark      (on an idle machine)

It runs in the OVA's layers without the virtual machine, so at native speed, with the compile
cache that ships, each time in a new process. Its peer is the same step once more.
"""

import json
import shlex
import statistics

from rich.table import Table

from appliance_build.progress import console

from . import shipped

SESSIONS = 5

#: By lesson: how a line begins in each cell that its network needs, and a step of that.
LESSONS = {
    "1-MNIST-MLP": (
        ["PROFILE =", "digits =", "class Model", "pixels =", "mlp ="],
        "mlp.step(train.rows[:BATCH], train.labels[:BATCH])",
    ),
    "2-MNIST-CNN": (
        ["PROFILE =", "digits =", "image =", "cnn_layers ="],
        "cnn.step(train.images[:128, None], train.labels[:128])",
    ),
    # Its learner plays until there are enough moves to learn from.
    "7-Reinforcement-Learning": (
        ["PROFILE =", "learner ="],
        "count = len(learner.losses)\nwhile len(learner.losses) == count:\n    learner.step()",
    ),
    "8-Natural-Language": (
        ["PROFILE =", "plays =", "rnn ="],
        "trainings['plain recurrent network'].step()",
    ),
}

#: Runs a lesson's first cell, then these cells and the step, then the step once more.
SESSION = """
import contextlib, io, json, re, sys, time
lesson, begins, step = json.loads(sys.argv[1])
cells = json.load(open(f"/usr/share/workshop/notebooks/{lesson}.ipynb"))["cells"]
cells = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
found = [next(cell for cell in cells if re.search(f"^{begin}", cell, re.M)) for begin in begins]
parts = {
    "import": cells[:1],
    "import to first step": [*found, step],
    "second step": [step],
}
seconds, space = {}, {}
with contextlib.redirect_stdout(io.StringIO()):
    for part, sources in parts.items():
        start = time.perf_counter()
        for source in sources:
            exec(source, space)
        seconds[part] = time.perf_counter() - start
print(json.dumps(seconds))
"""


def sessions(tree, lesson: str) -> list[dict[str, float]]:
    """Of each session, the seconds of its parts."""
    what = shlex.quote(json.dumps([lesson, *LESSONS[lesson]]))
    command = f"cd ~/notebooks && MPLBACKEND=agg python3 -W ignore /usr/share/session.py {what}"
    return [json.loads(tree.ok(command).splitlines()[-1]) for _ in range(SESSIONS)]


def main() -> None:
    """Measure, then print the table."""
    table = Table("new session", "", "seconds (median)", "least", "most")
    with shipped.tree() as tree:
        tree.write("/usr/share/session.py", SESSION)
        for lesson in LESSONS:
            measured = sessions(tree, lesson)
            for part in measured[0]:
                seconds = [session[part] for session in measured]
                figures = (statistics.median(seconds), min(seconds), max(seconds))
                name = lesson if part == "import" else ""
                table.add_row(name, part, *(f"{figure:.3f}" for figure in figures))
            table.add_section()
    console.print(table)


if __name__ == "__main__":
    main()
