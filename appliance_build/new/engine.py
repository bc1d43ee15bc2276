"""Where others get the engine, this project, and which commit of it."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from ..errors import BuildError
from ..paths import PROJECT
from ..run import require


@dataclass(frozen=True)
class Engine:
    """What a repository names.

    Attributes:
        url: as git clones it: a web address, or a path on this machine.
        commit: in full.
        warnings: what will not work elsewhere, and what to do about it.
    """

    url: str
    commit: str
    warnings: tuple[str, ...] = ()


def here(project: Path = PROJECT) -> Engine:
    """This project as it is checked out.

    Raises:
        BuildError: it is no clone, so that there is no commit to name.
    """
    require("git")
    commit = _git(project, "rev-parse", "HEAD")
    if not commit:
        raise BuildError(
            f"{project} is no git clone, so that a repository cannot name its version; "
            "get the project with `git clone`, and run the command there"
        )
    warnings = []
    if _git(project, "status", "--porcelain"):
        warnings.append(
            f"{project} has changes that are in no commit; the new repository's engine is without "
            "them"
        )
    origin = _git(project, "remote", "get-url", "origin")
    if origin and _git(project, "branch", "--remotes", "--contains", commit):
        return Engine(origin, commit, tuple(warnings))
    reason = f"commit {commit[:12]} was not pushed to {origin}" if origin else "it has no remote"
    warnings.append(
        f"engine.mk names the folder {project}, since {reason}; where that is not, put an address "
        "there that has the commit"
    )
    return Engine(str(project), commit, tuple(warnings))


def _git(project: Path, *words: str) -> str:
    """What git prints; nothing where it refuses. Root may work in another user's clone."""
    command = ["git", "-c", f"safe.directory={project}", *words]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    return "" if done.returncode else done.stdout.strip()
