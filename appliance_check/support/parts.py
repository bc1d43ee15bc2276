"""What goes into the bundle: files read and programs run, each with the name of its part."""

import os
import platform
import subprocess
from collections.abc import Callable
from pathlib import Path

from ..commands import Command, as_root, as_user, execute
from ..context import Context
from ..repairs.services import SUPERVISOR

SECONDS = 20  # for one program, at native speed
LINES = "300"  # of each log
UNITS = ("jupyter.socket", "jupyter.service", "ssh.service")
LIST_PACKAGES = (
    "from importlib.metadata import distributions as d\n"
    "print(*sorted({f\"{x.metadata['Name']} {x.version}\" for x in d()}), sep='\\n')"
)
SHOW_THEANO = "import theano; print(theano.__version__); print(theano.config)"
CONTAINER_LOG = (
    "A container's log is kept by Docker and cannot be read from inside: on the host, "
    "`docker logs NAME` shows it."
)
LOCAL_LOG = (
    "Local mode starts Jupyter alone, whose log is `run/jupyter.log` in the folder of local mode."
)


def parts(context: Context) -> dict[str, Callable[[], str]]:
    """The parts by name, each as a function that makes its text."""

    def collect(*sources: Path | Command | str) -> Callable[[], str]:
        return lambda: "\n".join(_section(source, context) for source in sources)

    proc = context.proc
    packages = as_user(context.python, "-c", LIST_PACKAGES)
    theano = as_user(context.python, "-c", SHOW_THEANO)
    return {
        "versions.txt": lambda: _versions(context),
        "packages-python.txt": collect(packages),
        "packages-debian.txt": collect(
            as_user("dpkg-query", "-W", "-f", "${Package} ${Version} ${db:Status-Abbrev}\n")
        ),
        "theano.txt": collect(theano, context.home / ".theanorc", Path("/tmp/workshop/theanorc")),
        "machine.txt": collect(
            as_user("uname", "-srvm"), as_user("systemd-detect-virt"), proc / "cpuinfo",
            proc / "cmdline", proc / "modules",
        ),
        "gpu.txt": collect(as_user("nvidia-smi"), proc / "driver" / "nvidia" / "version"),
        "kernel-log.txt": collect(as_root("dmesg", "--ctime")),
        "memory.txt": collect(
            proc / "meminfo", proc / "loadavg",
            as_user("ps", "-eo", "pid,ppid,rss,pcpu,etime,comm", "--sort=-rss"),
        ),
        "disk.txt": collect(
            as_user("df", "-h"), as_user("df", "-i"), proc / "mounts",
            as_user("du", "-sh", context.home / ".theano", context.home / ".cache"),
        ),
        "listeners.txt": collect(as_user("ss", "-lntu")),
        "services.txt": collect(*_services(context)),
        "jupyter-log.txt": collect(_log("jupyter.service", context)),
        "ssh-log.txt": collect(_log("ssh.service", context)),
    }  # fmt: skip


def _services(context: Context) -> list[Command | str]:
    if context.is_local:
        return [LOCAL_LOG]
    if context.in_container:
        return [as_user("supervisorctl", "--configuration", SUPERVISOR, "status")]
    return [
        as_user("systemctl", "--no-pager", "--lines=0", "status", *UNITS),
        as_user("systemctl", "--no-pager", "list-units", "--failed"),
    ]


def _log(unit: str, context: Context) -> Command | str:
    if context.in_container:
        return CONTAINER_LOG
    if context.is_local:
        return LOCAL_LOG
    words = ("journalctl", "--no-pager", "--no-hostname", "--boot", "--lines", LINES)
    return as_root(*words, "--unit", unit)


def _versions(context: Context) -> str:
    known = context.description
    rows = {
        "appliance": f"{known['title']} {known['version']} of {known['date']}",
        "profile": context.profile,
        "slowdown": f"{context.slowdown:g}",
        "Python": platform.python_version(),
        "kernel": platform.release(),
        "system": platform.freedesktop_os_release().get("PRETTY_NAME", "unknown"),
    }
    return "".join(f"{name}: {value}\n" for name, value in rows.items())


def _section(source: Path | Command | str, context: Context) -> str:
    """A heading and what was found, or why it could not be had."""
    if isinstance(source, str):
        return f"{source}\n"
    return f"== {source}\n{_read(source) if isinstance(source, Path) else _ran(source, context)}\n"


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").replace("\0", " ")
    except OSError as error:
        return f"could not be had: {error.strerror}"


def _ran(command: Command, context: Context) -> str:
    if command.root and os.geteuid() != 0:
        # Nobody is asked for a password here; what an attendee may see is better than nothing.
        plain = _ran(as_user(*command.words), context)
        return f"{plain}\n(as the attendee; `sudo appliance-check --support-bundle` may see more)"
    seconds = SECONDS * context.slowdown
    try:
        done = execute(command, context, seconds)
    except subprocess.TimeoutExpired:
        return f"could not be had: no end after {seconds:g} s"
    except OSError as error:
        return f"could not be had: {error.strerror}"
    note = f"ended with status {done.returncode}\n" if done.returncode else ""
    return f"{done.stdout}{done.stderr}{note}"
