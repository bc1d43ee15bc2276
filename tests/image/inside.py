"""Stacks layers and becomes a command in them. `tree.Tree` starts it in name spaces of its own.

usage: python3 -m tests.image.inside FOLDER LAYER:LAYER... COMMAND...
"""

import os
import sys
from pathlib import Path

from appliance_build.provision import mount_tree, start_loopback


def main(folder: Path, layers: list[str], *command: str) -> None:
    """Mount, enter, become `command`."""
    places = {name: str(folder / name) for name in ("upper", "overlay", "inputs")}
    mount_tree(folder / "merged", layers, **places)
    os.chroot(folder / "merged")
    os.chdir("/")
    start_loopback()  # kernels talk to Jupyter over it
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2].split(":"), *sys.argv[3:])
