"""The commit of what a build takes in."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..paths import PROJECT, WORKSHOP

if TYPE_CHECKING:
    from ..description import Description

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


def commits(description: "Description") -> list[dict]:
    """That of the project, and that of the organiser's folder if there is one."""
    own = [] if WORKSHOP == PROJECT else [commit(WORKSHOP, own_inputs(description))]
    return [commit(), *own]


def own_inputs(description: "Description") -> list[str]:
    """The same of an organiser's own folder."""
    extra = description.extra
    return ["appliance.yml", "locks", *extra.lessons, *extra.pages, *filter(None, [extra.logo])]


def root(folder: Path) -> Path:
    """The folder of the repository that a folder is in; itself if it is in none."""
    found = (above for above in (folder, *folder.parents) if (above / ".git").exists())
    return next(found, folder)


def commit(project: Path = PROJECT, inputs: Sequence[str] = INPUTS) -> dict:
    """The commit that last changed an input, and whether the work tree has other changes.

    In a clone without its history (`--depth`) git would name a commit that changed nothing.
    """
    commit = _git(project, "log", "-1", "--format=%H", "--", *inputs)
    if not commit or _git(project, "rev-parse", "--is-shallow-repository") != "false":
        return {"annotations": {"commit": "unknown: no git clone with its history"}}
    found = {"digest": {"gitCommit": commit}}
    if _git(project, "status", "--porcelain", "--", *inputs):
        found["annotations"] = {"worktree": "has changes that are in no commit"}
    return found


def _git(project: Path, *arguments: str) -> str:
    """What git prints; nothing where there is no git, no repository or no commit.

    Root may build in the clone of another user, which git refuses by itself.
    """
    command = ["git", "-c", f"safe.directory={root(project)}", *arguments]
    # In the tools tree a folder and the repository that it is in are mounted each by itself.
    settings = os.environ | {"GIT_DISCOVERY_ACROSS_FILESYSTEM": "1"}
    options = {"capture_output": True, "text": True, "check": False}
    try:
        done = subprocess.run(command, cwd=project, env=settings, **options)
    except FileNotFoundError:
        return ""
    return "" if done.returncode else done.stdout.strip()
