"""Where a check runs: the description, the folders, and how slow the machine is."""

import json
import os
import pwd
import re
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

SHARE = Path("/usr/share/workshop")
# The interpreter of the attendees' kernels; they, not the one that runs this, are in question.
KERNEL_PYTHON = Path("/opt/jupyter/bin/python3")
# How much slower than a laptop QEMU is when it emulates the processor (measured: 10 to 15).
EMULATION_SLOWDOWN = 15.0
# Where the last whole report is kept, in the attendee's home folder; the landing page shows it.
LAST_REPORT = Path(".local/state/workshop/check.json")
# Profiles of the two Docker images.
CONTAINERS = ("cpu", "cuda")
# The profile of `make local`: the same tree in name spaces of this computer, without systemd.
LOCAL = "local"
# What the container's first program found at its start: GPU or CPU (docker/inside).
CONTAINER_DEVICE = "/tmp/workshop/theanorc"
# As systemd-detect-virt(1) calls them, and as people do.
HYPERVISORS = {
    "oracle": "VirtualBox",
    "qemu": "QEMU",
    "kvm": "KVM",
    "vmware": "VMware",
    "microsoft": "Hyper-V",
    "parallels": "Parallels",
}
# Of the notebooks: WORKSHOP_PROFILE, which each lesson reads.
SETTINGS = ("quick", "full")
PACKAGE_PARENT = Path(__file__).resolve().parent.parent


class ContextError(Exception):
    """The appliance's own description cannot be used, so nothing can be checked."""


class ProbeFailed(Exception):
    """A probe's process ended with an error; `output` is the end of what it wrote."""

    def __init__(self, reason: str, output: str):
        super().__init__(reason)
        self.output = output


@dataclass(frozen=True)
class Context:
    """What the checks may ask for; tests put folders and figures of their own in its place.

    description  appliance.yml as a dict; home  the attendee's home folder; share  pristine
    lessons and the description; root  what all other files are read below; hypervisor  as
    systemd-detect-virt(1) calls it; slowdown  factor for every time limit; now  the clock on the
    wall; notebooks  a folder whose notebooks are executed instead of the pristine lessons; settings
    theirs, `quick`, or `full` as attendees run them.
    """

    description: dict
    profile: str
    level: str
    home: Path
    share: Path = SHARE
    root: Path = Path("/")
    proc: Path = Path("/proc")
    python: Path = KERNEL_PYTHON
    hypervisor: str = "none"
    slowdown: float = 1.0
    now: Callable[[], float] = time.time
    notebooks: Path | None = None
    settings: str = "quick"
    statvfs: Callable[[Path], os.statvfs_result] = os.statvfs

    @property
    def lessons(self) -> list[Path]:
        """The pristine notebook of each lesson, in the order of the description."""
        return [self.share / "notebooks" / f"{name}.ipynb" for name in self.description["lessons"]]

    @property
    def in_container(self) -> bool:
        """Whether this is the Docker image, which has no systemd."""
        return self.profile in CONTAINERS

    @property
    def is_local(self) -> bool:
        """Whether this is `make local`: no machine and no container of its own."""
        return self.profile == LOCAL

    @property
    def beside_others(self) -> bool:
        """Whether other programs of the host may reach Jupyter, which therefore asks for a token,
        and be seen on its network."""
        return self.in_container or self.is_local

    @property
    def ports(self) -> dict[str, int]:
        """The port of each service here: beside others the host's number is used, too."""
        side = "host" if self.beside_others else "guest"
        return {name: port[side] for name, port in self.description["ports"].items()}

    @property
    def place(self) -> str:
        """Where this runs, for people."""
        if self.in_container:
            try:
                on_gpu = "device = cuda" in self.at(CONTAINER_DEVICE).read_text(encoding="utf-8")
            except OSError:
                on_gpu = False
            return f"container {'with' if on_gpu else 'without'} a GPU"
        if self.is_local:
            return "local mode, on this computer itself"
        if self.profile == "vm":
            name = HYPERVISORS.get(self.hypervisor, self.hypervisor)
            return "no virtual machine" if name == "none" else f"virtual machine, {name}"
        return "bare tree"

    def at(self, path: str) -> Path:
        """Where the file is that the running system has at `path`."""
        return self.root / path.lstrip("/")

    def not_applicable(self, check_id: str) -> str | None:
        """Why the description says that a check makes no sense in this profile."""
        return self.description["checks"][self.profile].get("not_applicable", {}).get(check_id)

    def probe(self, name: str, *arguments: str, **environment: str) -> dict:
        """Run `appliance_check.probes.<name>` in a fresh interpreter and return what it reports.

        The runner's time limit ends it together with the check.

        Raises:
            ProbeFailed: it ended with an error or reported nothing.
        """
        done = subprocess.run(
            [self.python, "-m", f"appliance_check.probes.{name}", *arguments],
            cwd=PACKAGE_PARENT,
            env=os.environ | {"HOME": str(self.home)} | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
        )
        lines = done.stdout.splitlines()
        if done.returncode == 0 and lines:
            return json.loads(lines[-1])
        output = "\n".join((done.stderr or done.stdout).strip().splitlines()[-15:])
        if done.returncode < 0:
            raise ProbeFailed(f"the process was killed by signal {-done.returncode}", output)
        raise ProbeFailed(_essence(output), output)


def _essence(output: str) -> str:
    """The line of a traceback that names the exception; libraries write pages below it."""
    lines = output.splitlines() or ["no output"]
    named = [line for line in lines if re.match(r"[A-Za-z_][\w.]*: ", line)]
    return textwrap.shorten((named or lines)[-1], 240, placeholder=" …")


def describe(share: Path) -> dict:
    """Read the description that the build left in `share`.

    Raises:
        ContextError: it is missing or damaged.
    """
    path = share / "appliance.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        reason = error.strerror
    except ValueError as error:
        reason = f"not JSON ({error})"
    raise ContextError(
        f"{path}: {reason}. This is part of the appliance: import it again, or name "
        "the folder that has it with --share"
    )


def home_of(user: str) -> Path:
    """The attendee's home folder, or the caller's own where there is no such user."""
    try:
        return Path(pwd.getpwnam(user).pw_dir)
    except KeyError:
        return Path.home()


def become(user: str, home: Path) -> None:
    """Drop root's rights, which would hide missing permissions and leave root's files about."""
    try:
        entry = pwd.getpwnam(user)
    except KeyError:
        return
    if os.geteuid() == 0 and entry.pw_uid != 0:
        os.initgroups(user, entry.pw_gid)
        os.setgid(entry.pw_gid)
        os.setuid(entry.pw_uid)
        os.environ |= {"HOME": str(home), "USER": user, "LOGNAME": user}


def kernel_python() -> Path:
    """The interpreter that the probes run with."""
    return KERNEL_PYTHON if KERNEL_PYTHON.exists() else Path(sys.executable)


def detect_profile(share: Path = SHARE) -> str:
    """`vm` where systemd is running; what was written down in a container, `cpu` or `cuda`, and in
    local mode, `local`; else `tree`: nothing has been started there."""
    if Path("/run/systemd/system").is_dir():
        return "vm"
    try:
        return (share / "profile").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return "tree"


def detect_hypervisor() -> str:
    """What this machine runs in, as systemd-detect-virt(1) calls it; `none` where nobody says."""
    try:
        found = subprocess.run(["systemd-detect-virt", "--vm"], capture_output=True, text=True)
    except FileNotFoundError:
        return "none"
    return found.stdout.strip() or "none"


def slowdown_of(hypervisor: str) -> float:
    """EMULATION_SLOWDOWN where QEMU emulates the processor; KVM reports itself as `kvm`."""
    return EMULATION_SLOWDOWN if hypervisor == "qemu" else 1.0
