"""Lets Packer start the machine and change it: QEMU or VirtualBox, and never left running."""

import contextlib
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from ..errors import BuildError
from ..machine import accelerator, console, virtualbox
from ..machine.command import require_installed
from ..machine.ports import LOOPBACK
from ..paths import PROJECT
from ..run import require, run
from .parts import Parts

TEMPLATES = PROJECT / "packer" / "customise"
_BOOT_SECONDS = 60  # at native speed, generously; emulation has its factor

#: However this ends, the kernel ends QEMU with Packer. Without root in a name space of users.
_ALONE = "unshare --mount --propagation private --pid --fork --kill-child --mount-proc".split()
_USERS = ["--user", "--map-root-user"]


@dataclass(frozen=True)
class Machine:
    """The machine of one OVA, not started yet.

    Attributes:
        name: in VirtualBox and for files.
        ova: the finished OVA.
        parts: what came out of it.
        work: folder for what is made on the way; the console's text remains in `console.log`.
        seconds: how long it may take until it answers over SSH; None: as long as it should.
    """

    name: str
    ova: Path
    parts: Parts
    work: Path
    seconds: int | None = None

    @property
    def inventory(self) -> Path:
        return self.work / "inventory.json"

    @property
    def console(self) -> Path:
        return self.work / "console.log"

    @property
    def changes(self) -> Path:
        """What the playbook changed, as a tar."""
        return self.work / "changes.tar"

    def write_inventory(self) -> None:
        """Tell Ansible how to log in; the port is known only when the machine runs."""
        user = self.parts.description.user
        ssh = [
            # The machine makes its host key anew each time: there is none to compare with.
            *("-o", "UserKnownHostsFile=/dev/null", "-o", "StrictHostKeyChecking=no"),
            # Offering every key of an agent uses up the attempts before the password's turn.
            *("-o", "PubkeyAuthentication=no", "-o", "LogLevel=ERROR"),
        ]
        host = {
            "ansible_host": LOOPBACK,
            "ansible_user": user.name,
            "ansible_password": user.password,
            "ansible_become_password": user.password,
            "ansible_ssh_common_args": " ".join(ssh),
            "ansible_python_interpreter": "/usr/bin/python3",
            "collected_changes": str(self.changes),
        }
        _private(self.inventory, {"all": {"hosts": {self.parts.description.name: host}}})

    def change(self, playbook: Path, job: Path, target: Path, log: Path) -> None:
        """Start it, apply the playbook, and make the OVA of what has changed.

        Raises:
            BuildError: it does not come up, a task failed, or the OVA cannot be made.
        """
        in_virtualbox = virtualbox.usable()
        variables = self._variables(playbook, job, target, in_virtualbox)
        file = self.work / "variables.pkrvars.json"
        _private(file, variables)
        source = "virtualbox-ovf" if in_virtualbox else "qemu"
        command = ["packer", "build", f"-only={source}.customise", f"-var-file={file}", TEMPLATES]
        try:
            if in_virtualbox:
                run(command, log, env=_environment(self.work), cwd=playbook.parent)
            else:
                run([*_alone(), *command], log, env=_environment(self.work), cwd=playbook.parent)
        except BuildError as error:
            raise self._explained(playbook, variables["seconds"], log, error) from None
        finally:
            if in_virtualbox:
                _remove_from_virtualbox(self.name)

    def _variables(self, playbook: Path, job: Path, target: Path, in_virtualbox: bool) -> dict:
        if in_virtualbox:
            how = accelerator.KVM
        else:
            require_installed()
            how = accelerator.choose(accelerator.disk(self.parts.disk, "raw"))
        _, kind, _, processor = how.arguments
        description = self.parts.description
        return {
            "ova": str(self.ova),
            "disk": str(self.parts.disk),
            "machine": self.name,
            "user": description.user.name,
            "password": description.user.password,
            "ssh_port": description.ports.ssh.guest,
            "seconds": self.seconds or _BOOT_SECONDS * how.slowdown,
            "cpus": description.machine.cpus,
            "memory_mb": description.machine.memory_mb,
            "accelerator": kind,
            "processor": processor,
            "console": str(self.console),
            "work": str(self.work),
            "inventory": str(self.inventory),
            "playbook": str(playbook),
            "python": sys.executable,
            "job": str(job),
            "target": str(target),
        }

    def _explained(self, playbook: Path, seconds: int, log: Path, error: BuildError) -> BuildError:
        """Why Packer failed, as one sentence."""
        said = log.read_text(encoding="utf-8", errors="replace")
        if failed := failed_task(said):
            task, why = failed
            return BuildError(
                f"the task {task!r} of {playbook} failed: {why}; correct it and run the command "
                f"again (all that was said: {log})"
            )
        if re.search(r"Timeout waiting for SSH|authentication error", said):
            last = console.tail(self.console, 15)
            shown = f"; its console ended with\n{last}" if last else "; its console stayed empty"
            return BuildError(
                f"the machine of {self.ova} did not let its user in over SSH within "
                f"{seconds} s; does it start with `make up`?{shown}"
            )
        if own := re.findall(r": error: (.+)", said):
            return BuildError(own[-1])
        return error


def check_playbook(playbook: Path, inventory: Path, work: Path) -> None:
    """Read a playbook with Ansible, before anything is started for it.

    Raises:
        BuildError: Ansible cannot read it, or it is for other machines.
    """
    require("packer", "ansible-playbook", "sshpass")
    command = ["ansible-playbook", "--inventory", inventory, "--list-hosts", playbook]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env=_environment(work),
        cwd=playbook.parent,
        check=False,
    )
    if done.returncode:
        why = " ".join((done.stderr or done.stdout).split("ERROR!")[-1].split())
        raise BuildError(f"Ansible cannot read {playbook}: {why}")
    if not re.search(r"hosts \([1-9]", done.stdout):
        raise BuildError(f"{playbook} is for other machines; let it have `hosts: all`")


def failed_task(said: str) -> tuple[str, str] | None:
    """Name and reason of the task that ended a playbook, if one did, from what Ansible said."""
    failures = list(re.finditer(r"fatal: \[[^]]*\]: [A-Z]+! => (.*)", said))
    if not failures:
        return None
    names = re.findall(r"(?:TASK|HANDLER) \[(.*)\] \**", said[: failures[-1].start()])
    try:
        result = json.loads(failures[-1][1])
        why = " ".join(str(result.get("stderr") or result["msg"]).split())
    except (ValueError, KeyError):
        why = failures[-1][1].strip()
    return (names[-1] if names else "Gathering Facts"), why.rstrip(".")


def _environment(work: Path) -> dict[str, str]:
    """What Packer and Ansible are told; the organiser's own settings of Ansible stay."""
    return os.environ | {
        "CHECKPOINT_DISABLE": "1",  # Packer must not call home
        "PACKER_NO_COLOR": "1",
        "PACKER_CACHE_DIR": str(work / "packer"),
        "PYTHONPATH": str(PROJECT),
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_STDOUT_CALLBACK": "default",
        "ANSIBLE_RETRY_FILES_ENABLED": "0",
        "ANSIBLE_LOCALHOST_WARNING": "0",
        "ANSIBLE_TIMEOUT": "60",
        "ANSIBLE_PIPELINING": "1",  # half as many round trips
    }


def _alone() -> list[str]:
    return _ALONE if os.geteuid() == 0 else [_ALONE[0], *_USERS, *_ALONE[1:]]


def _remove_from_virtualbox(name: str) -> None:
    """Power off and forget the machine, if Packer left it."""
    for words in (["controlvm", name, "poweroff"], ["unregistervm", name, "--delete"]):
        with contextlib.suppress(FileNotFoundError):
            subprocess.run(["VBoxManage", "-q", *words], capture_output=True, check=False)


def _private(file: Path, content: dict) -> None:
    """Write JSON that only its user can read."""
    file.touch(mode=0o600)
    file.write_text(json.dumps(content, indent=1))
