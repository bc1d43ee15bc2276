"""A session's first training step: the seconds from the import of lesson 1's modules to it.

usage: make benchmark      (on an idle machine)

It runs in the OVA's layers without the virtual machine, so at native speed, with the compile
cache that ships, each time in a new process. Its peer is the same step once more.
"""

import json
import statistics

from rich.table import Table

from appliance_build.progress import console

from . import shipped

SESSIONS = 5

#: Runs the lesson's cells up to the training of its network, but for pictures and training.
SESSION = """
import contextlib, io, json, time
lesson = json.load(open("/usr/share/workshop/notebooks/1-MNIST-MLP.ipynb"))
cells = ["".join(cell["source"]) for cell in lesson["cells"] if cell["cell_type"] == "code"]
trained = cells.index("fit(mlp, MLP_EPOCHS)")
needed = [c for c in cells[:trained] if "plots.show(" not in c and not c.startswith("fit(")]
lines, space = {}, {}
with contextlib.redirect_stdout(io.StringIO()):
    start = time.perf_counter()
    exec(needed[0], space)
    lines["import"] = time.perf_counter() - start
    start = time.perf_counter()
    for cell in needed[1:]:
        exec(cell, space)
    batch = [array[: space["BATCH"]] for array in (space["train"].rows, space["train"].labels)]
    space["mlp"].step(*batch)
    lines["import to first step"] = time.perf_counter() - start
    start = time.perf_counter()
    space["mlp"].step(*batch)
    lines["second step"] = time.perf_counter() - start
print(json.dumps(lines))
"""


def main() -> None:
    """Measure, then print the table."""
    with shipped.tree() as tree:
        tree.write("/usr/share/session.py", SESSION)
        command = "cd ~/notebooks && MPLBACKEND=agg python3 -W ignore /usr/share/session.py"
        sessions = [json.loads(tree.ok(command).splitlines()[-1]) for _ in range(SESSIONS)]
    table = Table("lesson 1, new session", "seconds (median)", "least", "most")
    for part in sessions[0]:
        seconds = [session[part] for session in sessions]
        figures = (statistics.median(seconds), min(seconds), max(seconds))
        table.add_row(part, *(f"{figure:.3f}" for figure in figures))
    console.print(table)


if __name__ == "__main__":
    main()
