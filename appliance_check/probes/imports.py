"""Which modules do not import?

Argument: JSON with `modules`, which are tried, and `others`, packages whose modules are not. Beside
the former the modules of each wheel that is installed are tried.
"""

import importlib
import importlib.metadata
import json
import platform
import re
import sys
import traceback

from . import reply


def of_wheels(others: list[str]) -> set[str]:
    """The modules of the packages that have written down their files, as each wheel does."""
    files = [
        str(file)
        for distribution in importlib.metadata.distributions()
        if distribution.metadata["Name"] not in others and distribution.read_text("RECORD")
        for file in distribution.files
    ]
    matches = (re.match(r"([A-Za-z]\w*)(/__init__)?\.py$", file) for file in files)
    return {match[1] for match in matches if match}


def where(error: BaseException) -> str:
    """The line that raised an error, if it is one of a package."""
    frames = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    packages = [name for name in frames if "-packages/" in name]
    return f" in {packages[-1]}" if packages else ""


def main() -> None:
    asked = json.loads(sys.argv[1])
    modules = sorted(of_wheels(asked["others"]).union(asked["modules"]))
    broken = {}
    for module in modules:
        # Whoever reads this knows where it stopped, should the process die.
        print(f"import {module}", file=sys.stderr, flush=True)
        try:
            importlib.import_module(module)
        except (Exception, SystemExit) as error:  # whatever a broken package raises is the finding
            broken[module] = f"{type(error).__name__}: {error}{where(error)}"
    reply({"python": platform.python_version(), "modules": len(modules), "broken": broken})


if __name__ == "__main__":
    main()
