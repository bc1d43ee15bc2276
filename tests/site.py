"""The documentation site, built as `make docs` builds it."""

import subprocess
import sys
from pathlib import Path

from appliance_build.paths import PROJECT

#: What of the project the site is made of.
MADE_OF = """
appliance.yml appliance_build appliance_check appliance_update ansible CHANGELOG.md docs LICENSE
locks Makefile mkdocs.yml notebooks preflight.py verify.py
""".split()


def build(folder: Path, project: Path = PROJECT) -> subprocess.CompletedProcess:
    """Run the command behind `make docs`."""
    command = [sys.executable, "-m", "appliance_build.site", "build", folder]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)


def built(folder: Path) -> Path:
    """The site of this project, in a new folder."""
    done = build(folder)
    assert done.returncode == 0, done.stderr
    assert not done.stderr, "there are warnings"
    return folder
