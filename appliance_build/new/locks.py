"""The locks that a new repository begins with: of what its template adds to this project's."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from ..errors import BuildError
from ..paths import OWN, PROJECT
from .engine import Engine
from .repository import TEMPLATE, Workshop, write


def renew() -> None:
    """Resolve them anew, by `make lock` in a repository made of the template.

    Raises:
        BuildError: that failed; it has said why.
    """
    with tempfile.TemporaryDirectory() as folder:  # a build clears its own work folders
        work = Path(folder)
        write(Workshop(work, "our-workshop", "Our Workshop"), Engine(str(PROJECT), "none"), work)
        command = [sys.executable, "-m", "appliance_build", "lock"]
        done = subprocess.run(command, cwd=PROJECT, env=os.environ | {OWN: str(work)}, check=False)
        if done.returncode:
            raise BuildError(f"the locks of {TEMPLATE} were not renewed; the reason stands above")
        shutil.copytree(work / "locks", TEMPLATE / "locks", dirs_exist_ok=True)
