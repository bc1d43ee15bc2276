"""Do the packages import?"""

import json

from .. import shipped
from ..check import Check
from ..context import Context, ProbeFailed
from ..result import Result, failed, passed

# What lessons import of Debian's packages. Of our own wheels each is tried; Theano and Lasagne
# have a check of their own.
MODULES = ("matplotlib", "numpy", "PIL", "pygpu", "scipy", "sklearn", "threadpoolctl", "workshop")
OTHERS = ("Theano", "Lasagne")


class Imports(Check):
    id = "imports"
    title = "Python packages can be imported"
    group = "Software"
    proves = (
        "The kernels' Python imports NumPy, SciPy, scikit-learn, matplotlib, Pillow, and each "
        "package of Jupyter."
    )
    matters = "A lesson stops at its first line when a package is torn."
    remedy = (
        "`/opt/jupyter/bin/python3 -m pip list` shows what is installed; if nothing was changed on "
        "purpose, import the appliance again."
    )
    seconds = 4
    limit = 60
    level = "standard"
    needs = ("disk", "python")

    def run(self, context: Context) -> Result:
        asked = json.dumps({"modules": MODULES, "others": OTHERS})
        try:
            found = context.probe("imports", asked)
        except ProbeFailed as error:
            # The probe says before each import what it imports.
            tried = [line for line in error.output.splitlines() if line.startswith("import ")]
            if not tried:
                raise
            return failed(f"`{tried[-1]}` ends Python: {error}", output=error.output)
        problems = by_cause(found["broken"])
        evidence = {"python": found["python"], "modules": found["modules"]}
        if problems:
            return failed(shipped.first(problems), problems=problems, **evidence)
        return passed(f"Python {found['python']}, {found['modules']} modules import", **evidence)


def by_cause(broken: dict[str, str]) -> list[str]:
    """A sentence for each cause: one torn module tears all that import it."""
    causes: dict[str, list[str]] = {}
    for module, why in broken.items():
        causes.setdefault(why, []).append(module)
    return [
        f"`import {modules[0]}`"
        + (f" and {len(modules) - 1} more" if len(modules) > 1 else "")
        + f": {why}"
        for why, modules in causes.items()
    ]
