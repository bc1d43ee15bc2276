"""What bubblewrap is told: the appliance's tree for Jupyter, in name spaces that end with it.

Source: bwrap(1), nsenter(1).
"""

import fcntl
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from .folder import FACTS, Folder
from .person import Person

PROGRAM = "bwrap"
JUPYTER = ("/opt/jupyter/bin/python3", "/opt/jupyter/bin/workshop-jupyter")

#: Of linux/nsfs.h.
NS_GET_USERNS = 0xB701

#: The appliance's /etc/resolv.conf leads into the last one; made by itself, root alone could enter.
FOLDERS = ("/run/systemd", "/run/systemd/resolve")


def words(
    folder: Folder, facts: dict, person: Person, command: Sequence[str], *options: str
) -> list[str]:
    """The whole command line; root becomes the person before, where that user may do all this.

    Where Ubuntu lets no ordinary user make name spaces, or a folder is closed to that user, root
    makes them. Always so it cannot be: where AppArmor lets ordinary users have bubblewrap, it
    takes from root inside the right to become somebody else.
    """
    if os.geteuid() != 0:
        return [*_sandbox(folder, facts, options), *command]
    before = ["setpriv", *_numbers(person), "--", *_sandbox(folder, facts)]
    tried = subprocess.run([*before, "true"], capture_output=True, cwd="/", check=False)
    if tried.returncode == 0:
        return [*before[:-1], *options, "--", *command]
    return [*_sandbox(folder, facts, options), *dropping(person), *command]


def _sandbox(folder: Folder, facts: dict, options: Sequence[str] = ()) -> list[str]:
    """bubblewrap up to the command that it runs inside."""
    home = f"/home/{facts['user']['name']}"
    empty = [word for path in ("/tmp", "/var/tmp", "/dev/shm") for word in _tmpfs(path)]
    binds = {
        folder.run / "passwd": "/etc/passwd",
        folder.run / "group": "/etc/group",
        folder.run / FACTS.name: f"/{FACTS}",
    }
    return [
        *(PROGRAM, "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--hostname", facts["name"]),
        *("--ro-bind", str(folder.system.resolve()), "/", "--proc", "/proc", "--dev", "/dev"),
        *("--ro-bind", "/sys", "/sys", "--tmpfs", "/run", *empty),
        *(word for path in FOLDERS for word in ("--perms", "0755", "--dir", path)),
        *("--ro-bind-try", "/etc/resolv.conf", f"{FOLDERS[-1]}/stub-resolv.conf"),
        *("--bind", str(folder.home), home, "--bind", str(folder.notebooks), f"{home}/notebooks"),
        *(word for pair in binds.items() for word in ("--ro-bind", *map(str, pair))),
        *("--new-session", "--chdir", f"{home}/notebooks", *options, "--"),
    ]


def entering(
    first: int, users: int, person: Person, home: str, command: Sequence[str]
) -> list[str]:
    """What runs a command beside Jupyter.

    Args:
        first: number of the first process inside.
        users: descriptor of the user name space that owns the others. An ordinary user's
            sandbox has two: in one of its own its user is root, as mounting devpts asks for, and
            in one within that Jupyter is the user again.
    """
    outer, inner = [], []
    if os.geteuid() != 0:
        kept = "--preserve-credentials"
        outer = [f"--user=/proc/self/fd/{users}", kept]
        inner = ["nsenter", "--target", "1", "--user", kept, "--"]
    spaces = ["--mount", "--pid", "--uts", "--ipc"]
    inside = [*inner, "env", f"--chdir={home}", *dropping(person), *command]
    return ["nsenter", "--target", str(first), *outer, *spaces, "--", *inside]


def owner(first: int) -> int:
    """A descriptor of the user name space that owns the mounts of a process (ioctl_ns(2))."""
    mounts = os.open(f"/proc/{first}/ns/mnt", os.O_RDONLY)
    try:
        return fcntl.ioctl(mounts, NS_GET_USERNS)
    finally:
        os.close(mounts)


def dropping(person: Person) -> list[str]:
    """What gives root's rights up, for good."""
    if os.geteuid() != 0:
        return []
    kept = ["--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"]
    return ["setpriv", *_numbers(person), *kept, "--"]


def _numbers(person: Person) -> list[str]:
    return [f"--reuid={person.uid}", f"--regid={person.gid}", "--clear-groups"]


def environment(facts: dict) -> dict[str, str]:
    """As the virtual machine's Jupyter has it; nothing of the host's."""
    user = facts["user"]["name"]
    return {
        "PATH": "/opt/jupyter/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
        **{"HOME": f"/home/{user}", "USER": user, "LOGNAME": user},
        **{"SHELL": "/bin/bash", "LANG": "C.UTF-8", "TERM": os.environ.get("TERM", "dumb")},
    }


def _tmpfs(path: str | Path) -> list[str]:
    return ["--perms", "1777", "--tmpfs", str(path)]
