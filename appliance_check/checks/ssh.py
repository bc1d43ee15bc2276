"""Does SSH let the attendee in, and nobody else?"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from ..check import Check
from ..context import Context
from ..programs import programs
from ..result import Result, failed, passed

# ssh(1) asks this for the password, as it would ask a person.
ASK = '#!/bin/sh\nprintf "%s\\n" "$WORKSHOP_PASSWORD"\n'
# Nothing of the attendee's own settings and keys, and no second try.
OPTIONS = """
    -F none -T -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null
    -o GlobalKnownHostsFile=/dev/null -o PreferredAuthentications=password
    -o PubkeyAuthentication=no -o NumberOfPasswordPrompts=1 -o LogLevel=ERROR
""".split()
REFUSED = "Permission denied"
WRONG = "certainly-not-the-password"
# Where a container's first program leaves the password of this start, hashed (docker/inside).
HASHED = "/tmp/workshop/passwords"
SECONDS = 30  # for one attempt, at native speed; a wrong password costs two or three


class Ssh(Check):
    id = "ssh"
    title = "SSH log-in"
    group = "Services"
    proves = (
        "The attendee's password opens; a wrong one, an empty one and root are refused. (A "
        "container's password only whoever started it knows: there it is tried if they gave it.)"
    )
    matters = "A password that opens nothing locks out whoever wants to mend things, or anyone in."
    remedy = (
        "If you changed the password on purpose, all is well. `sudo passwd USER` gives the "
        "attendee the described one again, `sudo systemctl restart ssh.service` restarts SSH; a "
        "container makes a password at each start: `docker restart`."
    )
    seconds = 4
    limit = 60
    level = "standard"
    needs = ("disk", "users", "services")

    def excuse(self, context: Context) -> str | None:
        return None if shutil.which("ssh") else "there is no ssh here to try it with"

    def run(self, context: Context) -> Result:
        name, known = (context.description["user"][key] for key in ("name", "password"))
        right = _given(context) if context.in_container else known
        tries = {
            "a wrong password": (name, WRONG),
            "an empty password": (name, ""),
            "root": ("root", right or known),
        }
        if right is not None:
            tries["the right password"] = (name, right)
        if right != known:
            tries["the virtual machine's password"] = (name, known)
        answers = _attempt(context, tries)
        evidence = {what: answer or "let in" for what, answer in answers.items()}
        if len(said := set(answers.values())) == 1 and REFUSED not in (only := said.pop()) and only:
            return failed(f"nobody can try: {only}", **evidence)
        problems = [
            f"{what} opens it" if not answer else f"{what}: {answer}"
            for what, answer in answers.items()
            if what != "the right password" and REFUSED not in answer
        ]
        if answer := answers.get("the right password"):
            problems.append(f"the right password does not open it: {answer}")
        if problems:
            return failed("; ".join(problems), **evidence)
        if right is None:
            if not _one_hash(context, name):
                return failed(f"{context.at(HASHED)} has no password of {name}'s", **evidence)
            return passed(f"only the password of this start can open it, for {name}", **evidence)
        return passed(f"the right password opens it, for {name} alone", **evidence)


def _attempt(context: Context, tries: dict[str, tuple[str, str]]) -> dict[str, str]:
    """What ssh says of each user and password, "" where it is let in; all at a time."""
    with tempfile.TemporaryDirectory(dir=context.home, prefix=".ssh-check-") as folder:
        ask = Path(folder, "ask")
        ask.write_text(ASK)
        ask.chmod(0o700)
        started = {
            what: subprocess.Popen(
                ["ssh", *OPTIONS, "-p", str(context.ports["ssh"]), f"{user}@127.0.0.1", "true"],
                env=os.environ
                | {
                    "SSH_ASKPASS": str(ask),
                    "SSH_ASKPASS_REQUIRE": "force",
                    "WORKSHOP_PASSWORD": password,
                },
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                encoding="utf-8",
                errors="replace",
            )
            for what, (user, password) in tries.items()
        }
        return {what: _answer(process, context) for what, process in started.items()}


def _answer(process: subprocess.Popen, context: Context) -> str:
    try:
        _, said = process.communicate(timeout=SECONDS * context.slowdown)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return "no answer in time"
    if process.returncode == 0:
        return ""
    return (said.strip().splitlines() or [f"exit status {process.returncode}"])[-1]


def _given(context: Context) -> str | None:
    """The password that whoever started the container chose, if they did and it can be seen."""
    for program in programs(context.proc):
        try:
            given = program.environment
            if "SSH_PASSWORD" in given:
                return given["SSH_PASSWORD"]
            if path := given.get("SSH_PASSWORD_FILE"):
                return Path(path).read_text(encoding="utf-8").strip()
        except OSError:
            continue  # another user's, or it ended, or the file is not there any more
    return None


def _one_hash(context: Context, name: str) -> bool:
    """Whether the file of passwords has one line, the attendee's, with a SHA-512 hash."""
    path = context.at(HASHED)
    lines = path.read_text().splitlines() if path.exists() else []
    return len(lines) == 1 and lines[0].startswith(f"{name}:$6$")
