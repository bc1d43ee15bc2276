"""Are the packages there, in the versions that were tested?"""

import json

from ..check import Check
from ..context import Context
from ..result import Result, failed, passed, warned

# What lessons and Jupyter import. Theano and Lasagne have a check of their own.
MODULES = (
    "numpy",
    "scipy",
    "sklearn",
    "matplotlib",
    "PIL",
    "anywidget",
    "ipykernel",
    "ipywidgets",
    "jupyterlab",
    "nbclient",
    "notebook",
)


class Python(Check):
    id = "python"
    title = "Python and packages"
    group = "Software"
    proves = "The kernels' Python imports every package, in the version the appliance came with."
    matters = "A package that was changed or removed breaks lessons that were tested with another."
    remedy = (
        "A package installed with pip may hide the appliance's own: `pip uninstall NAME` removes "
        "it again. If that does not help, import the appliance again."
    )
    seconds = 1.5
    limit = 60

    def run(self, context: Context) -> Result:
        recorded = context.share / "python.json"
        expected = json.loads(recorded.read_text()) if recorded.exists() else {}
        found = context.probe("packages", json.dumps({"modules": MODULES, "names": [*expected]}))
        problems = [f"{name} cannot be imported: {why}" for name, why in found["broken"].items()]
        for name, version in expected.items():
            if (actual := found["versions"][name]) != version:
                problems.append(
                    f"{name} is {actual}, expected {version}"
                    if actual
                    else f"{name} {version} is missing"
                )
        evidence = {"interpreter": found["interpreter"], "python": found["python"]}
        if problems:
            return failed("; ".join(problems[:4]), problems=problems, **evidence)
        text = f"Python {found['python']}, {len(MODULES)} modules import"
        if not expected:
            return warned(
                f"{text}; versions are not compared, {recorded} is missing",
                "Import the appliance again: a file of its own is missing.",
                **evidence,
            )
        return passed(f"{text}, {len(expected)} versions as recorded", **evidence)
