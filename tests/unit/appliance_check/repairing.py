"""What tests of repairs share: outcomes made up, commands done, programs that note their calls."""

import os
import subprocess
from pathlib import Path

from appliance_check.check import Check
from appliance_check.commands import execute
from appliance_check.context import Context
from appliance_check.repairs.repair import Repair
from appliance_check.result import Result, Status
from appliance_check.runner import Outcome

ROOT = Path(__file__).resolve().parents[3]
WORKSHOP = ROOT / "ansible" / "roles" / "notebooks" / "files" / "workshop"


class Made(Check):
    """A check whose result a function gives."""

    title = "A check made for a test"
    group = "Machine"
    proves = "That a test can see it."
    matters = "It matters to the test."
    remedy = "Run the test again."
    seconds = 0

    def __init__(self, name: str, look, needs=()):
        self.id, self.look, self.needs = name, look, needs

    def run(self, context: Context) -> Result:
        return self.look()


def failing(check: str | Check, **evidence) -> Outcome:
    """The outcome of a check that failed."""
    result = Result(Status.FAIL, "it is broken", evidence)
    made = Made(check, lambda: result) if isinstance(check, str) else check
    return Outcome(made, result, 0)


def repaired(repair: Repair, context: Context, outcome: Outcome) -> list[str]:
    """Plan and do it; the commands without their folders' names, and none for no plan."""
    plan = repair.plan(context, outcome)
    for command in plan.commands if plan else ():
        done = execute(command, context)
        assert done.returncode == 0, f"{command}: {done.stderr}"
    return [" ".join(command.words) for command in plan.commands] if plan else []


def program(folder: Path, name: str, script: str) -> None:
    """Put a program of our own on the path."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(script)
    path.chmod(0o755)


def private(key: Path) -> bool:
    """Whether ssh-keygen takes a file for a private key that nobody else may read."""
    done = subprocess.run(["ssh-keygen", "-y", "-P", "", "-f", key], capture_output=True)
    return done.returncode == 0


def tree(*folders: Path) -> dict[str, tuple]:
    """Everything below the folders: mode, time and content of each."""
    found = {}
    for folder in folders:
        for path in [folder, *folder.rglob("*")]:
            status = path.lstat()
            content = path.read_bytes() if path.is_file() else b""
            found[str(path)] = (status.st_mode, status.st_mtime_ns, os.fspath(path), content)
    return found
