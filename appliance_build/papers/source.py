"""The commit of what a build takes in."""

import subprocess
from pathlib import Path

from ..paths import PROJECT

#: All that shapes the appliance; a change elsewhere (documents, tests) is not one of it.
INPUTS = (
    "appliance.yml",
    "locks",
    "ansible",
    "appliance_build",
    "appliance_check",
    "appliance_update",
    "docker",
    "notebooks",
    "packer",
    "web",
)


def commit(project: Path = PROJECT) -> dict:
    """The commit that last changed an input, and whether the work tree has other changes.

    In a clone without its history (`--depth`) git would name a commit that changed nothing.
    """
    commit = _git(project, "log", "-1", "--format=%H", "--", *INPUTS)
    if not commit or _git(project, "rev-parse", "--is-shallow-repository") != "false":
        return {"annotations": {"commit": "unknown: no git clone with its history"}}
    found = {"digest": {"gitCommit": commit}}
    if _git(project, "status", "--porcelain", "--", *INPUTS):
        found["annotations"] = {"worktree": "has changes that are in no commit"}
    return found


def _git(project: Path, *arguments: str) -> str:
    """What git prints; nothing where there is no git, no repository or no commit.

    Root may build in the clone of another user, which git refuses by itself.
    """
    command = ["git", "-c", f"safe.directory={project}", *arguments]
    try:
        done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return "" if done.returncode else done.stdout.strip()
