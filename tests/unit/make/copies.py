"""A copy of the project that a test may change and break, and its own command line."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from appliance_build import paths
from appliance_build.paths import PROJECT

#: The tools tree of the tests' own machine, which every build in a test shares.
TOOLS = paths.cache() / "tools"

#: Runs a command as somebody who is not root, even where root runs the tests. The one
#: capability that stays lets it read the interpreter, wherever that is installed.
UNPRIVILEGED = (
    (
        "setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all,+dac_read_search "
        "--inh-caps=-all,+dac_read_search --ambient-caps=+dac_read_search --"
    ).split()
    if os.geteuid() == 0
    else []
)


def project_files() -> list[str]:
    """The project's files as git knows them, new ones included, ignored ones not."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.splitlines() if (PROJECT / name).exists()]


def copy_project(target: Path) -> Path:
    """Copy the project into a new folder, symbolic links as such, and return the folder."""
    for name in project_files():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(PROJECT / name, target / name, follow_symlinks=False)
    return target


def replace(file: Path, old: str, new: str) -> None:
    """Change one text in a file; fails where the text is not in it."""
    text = file.read_text()
    assert old in text, f"{old!r} is not in {file.name}"
    file.write_text(text.replace(old, new, 1))


def command(*words: str) -> list[str]:
    """The build's command line, as the Makefile calls it."""
    return [sys.executable, "-m", "appliance_build.tools", *words]


def is_unused(cache: Path) -> bool:
    """Whether a cache has nothing but what `environment` put there."""
    return [path.name for path in cache.glob("*")] in ([], ["tools"])


def call(
    words: Sequence[str | Path], project: Path, cache: Path, seconds: float = 300, **changes: str
) -> subprocess.CompletedProcess[str]:
    """Run a command in a copy of the project with a cache of its own.

    Args:
        seconds: that it may take.
        changes: environment variables, beside those that the tests themselves have.
    """
    return subprocess.run(
        words,
        cwd=project,
        env=environment(cache, changes),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


def environment(cache: Path, changes: Mapping[str, str]) -> dict[str, str]:
    """What a command is started with: nothing of the caller's mirrors and folder; the given cache.

    The cache is new but for the tools tree, which takes minutes to make.
    """
    TOOLS.mkdir(parents=True, exist_ok=True)
    if not cache.exists():
        cache.mkdir(parents=True)
        (cache / "tools").symlink_to(TOOLS)
    mine = ("APPLIANCE_MIRROR", "APPLIANCE_WORKSHOP")
    inherited = {key: value for key, value in os.environ.items() if key not in mine}
    settings = {"APPLIANCE_CACHE": str(cache), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "80"}
    return inherited | settings | dict(changes)


def refusal(done: subprocess.CompletedProcess[str], status: int = 1) -> str:
    """The error's first line, which must be a sentence that stands alone.

    It is the one line that starts with `error:`; there is no traceback before or after it.
    """
    output = done.stdout + done.stderr
    assert done.returncode == status, output
    assert "Traceback" not in output, output
    errors = [line for line in output.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1, output
    return errors[0].removeprefix("error: ")
