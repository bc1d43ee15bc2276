"""Which modules import, and the installed version of each distribution.

Argument: JSON with `modules` and `names` (distributions).
"""

import importlib
import importlib.metadata
import json
import platform
import sys

from . import reply


def installed(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def main() -> None:
    asked = json.loads(sys.argv[1])
    broken = {}
    for module in asked["modules"]:
        try:
            importlib.import_module(module)
        except Exception as error:  # whatever a broken package raises is the finding
            broken[module] = f"{type(error).__name__}: {error}"
    reply(
        {
            "interpreter": sys.executable,
            "python": platform.python_version(),
            "broken": broken,
            "versions": {name: installed(name) for name in asked["names"]},
        }
    )


if __name__ == "__main__":
    main()
