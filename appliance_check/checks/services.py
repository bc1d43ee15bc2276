"""Do Jupyter and the SSH server run, and does systemd, where there is one, say so?"""

import json
import socket
import subprocess

from .. import web
from ..check import Check
from ..context import Context
from ..result import Result, failed, passed

# What the appliance starts at boot; the socket makes an early browser wait.
UNITS = ("jupyter.socket", "jupyter.service", "ssh.service")
GOOD_STATES = ("active ", "activating ")  # the latter soon after boot; Jupyter must still answer


class Services(Check):
    id = "services"
    title = "Services"
    group = "Services"
    proves = "Jupyter and the SSH server are active, nothing failed at boot, and Jupyter answers."
    matters = "Without Jupyter there are no lessons; without SSH no way in to mend it."
    remedy = (
        "Restart what is down: `sudo systemctl restart jupyter.service ssh.service`; "
        "a container as a whole, with `docker restart`."
    )
    seconds = 0.5
    limit = 40

    def run(self, context: Context) -> Result:
        return _in_container(context) if context.in_container else _in_machine(context)


def _in_container(context: Context) -> Result:
    seconds = web.ANSWER_SECONDS * context.slowdown
    version, problem = _jupyter(context)
    evidence = {"jupyter": version, "ssh": (banner := _ssh(context.ports["ssh"], seconds))}
    problems = [problem] if problem else []
    if not banner.startswith("SSH-"):
        problems.append(f"sshd does not answer on port {context.ports['ssh']}: {banner}")
    if problems:
        return failed("; ".join(problems), **evidence)
    return passed(f"Jupyter {version} and {banner} answer", **evidence)


def _in_machine(context: Context) -> Result:
    try:
        # Before Jupyter is asked: with its socket up, the question itself would start it.
        states = {unit: _state(unit) for unit in UNITS}
        failed_units = _systemctl("list-units", "--failed", "--plain", "--no-legend")
    except OSError as error:
        return failed(f"systemd does not answer: {error}")
    version, problem = _jupyter(context)
    names = [line.split()[0] for line in failed_units.splitlines()]
    problems = [f"{u} is {s}" for u, s in states.items() if not s.startswith(GOOD_STATES)]
    problems += [f"{name} has failed" for name in names if name not in states]
    if problem:
        problems.append(problem)
    evidence = {"units": states, "failed": names, "jupyter": version}
    if problems:
        down = [u for u in [*states, *names] if any(p.startswith(u) for p in problems)]
        return failed("; ".join(problems), _remedy(down), **evidence)
    return passed(f"{', '.join(UNITS)} active; Jupyter {version} answers", **evidence)


def _remedy(down: list[str]) -> str:
    units = " ".join(dict.fromkeys(down or ["jupyter.service"]))
    return f"`sudo systemctl restart {units}`; if that fails, `journalctl -b -u {units.split()[0]}`"


def _state(unit: str) -> str:
    """For example "active (running)" or "inactive (dead)"."""
    names = "LoadState,ActiveState,SubState"
    lines = _systemctl("show", "--property", names, unit).split("\n")
    found = dict(line.split("=", 1) for line in lines if "=" in line)
    if found.get("LoadState") == "not-found":
        return "not installed"
    return f"{found.get('ActiveState', 'unknown')} ({found.get('SubState', 'unknown')})"


def _systemctl(*arguments: str) -> str:
    done = subprocess.run(["systemctl", *arguments], capture_output=True, text=True)
    if done.returncode:
        said = done.stderr.splitlines() or [f"exit status {done.returncode}"]
        raise OSError(f"systemctl {arguments[0]}: {said[0]}")
    return done.stdout.strip()


def _ssh(port: int, seconds: float) -> str:
    """The SSH server's banner, or what is wrong."""
    try:
        with socket.create_connection(("127.0.0.1", port), seconds) as connection:
            return connection.makefile().readline().strip() or "it hung up"
    except OSError as error:
        return str(error)


def _jupyter(context: Context) -> tuple[str, str]:
    """Jupyter's version, or what is wrong."""
    try:
        answer = web.get(context, "/api")
        if answer.status == 200:
            return json.loads(answer.body)["version"], ""
        problem = f"HTTP status {answer.status}"
    except OSError as error:
        problem = str(error)
    except (ValueError, KeyError, TypeError):
        problem = "the reply is not Jupyter's"
    return "", f"Jupyter does not answer on port {context.ports['jupyter']}: {problem}"
