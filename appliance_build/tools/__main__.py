"""Runs a command of the build in the tools tree, which is made when it is not there.

usage: python3 -m appliance_build.tools COMMAND...          (`make` calls it)
"""

import os
import sys

from .. import bootstrap
from ..errors import BuildError
from ..inputs.fetch import check_mirrors
from ..paths import check_workshop
from . import enter, making


def main() -> None:
    """Become the command, inside the tree."""
    try:
        bootstrap.packages("build")
        if os.geteuid() != 0:
            raise BuildError(
                "building needs root, to give files in the appliance their owners; "
                "run the command as root, or with sudo"
            )
        check_mirrors()
        check_workshop()
        python = str(making.HOME / "bin" / "python3")
        words = enter.command(making.tree(), [python, "-m", "appliance_build", *sys.argv[1:]])
    except BuildError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        print("stopped; run the command again to go on", file=sys.stderr)
        sys.exit(130)
    os.execvp(words[0], words)


if __name__ == "__main__":
    main()
