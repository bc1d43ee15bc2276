"""Provisions one layer; runs in name spaces of its own (see `tree.provision`).

usage: python3 -m appliance_build.provision JOB.json
"""

import json
import os
import socket
import struct
import subprocess
import sys
from fcntl import ioctl
from pathlib import Path

from .paths import PROJECT

DEVICES = ("null", "zero", "full", "random", "urandom", "tty")

#: Of netdevice(7) and linux/sockios.h.
SIOCSIFFLAGS, IFF_UP = 0x8914, 1


def mount(*words: str | Path) -> None:
    """Call mount(8); the name space ends with the process, and the mount with it."""
    subprocess.run(["mount", *map(str, words)], check=True)


def mount_tree(tree: Path, below: list[str], upper: str, overlay: str, inputs: str) -> None:
    """Mount the stack, and in it what programs expect from a running system."""
    if below:
        lower = ":".join(reversed(below))
        options = f"lowerdir={lower},upperdir={upper},workdir={overlay}"
        mount("-t", "overlay", "overlay", "-o", options, tree)
    else:
        mount("--bind", upper, tree)
    mount("-t", "proc", "proc", tree / "proc")
    mount("-t", "sysfs", "-o", "ro", "sysfs", tree / "sys")
    mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", tree / "dev")
    for name in DEVICES:
        (tree / "dev" / name).touch()
        mount("--bind", Path("/dev") / name, tree / "dev" / name)
    for name, options in {"shm": "mode=1777", "pts": "newinstance,ptmxmode=666"}.items():
        (tree / "dev" / name).mkdir()
        kind = "tmpfs" if name == "shm" else "devpts"
        mount("-t", kind, "-o", options, kind, tree / "dev" / name)
    (tree / "dev" / "ptmx").symlink_to("pts/ptmx")
    (tree / "dev" / "fd").symlink_to("/proc/self/fd")
    mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", tree / "run")
    mount("-t", "tmpfs", "-o", "mode=1777", "tmpfs", tree / "tmp")
    (tree / "run" / "lock").mkdir(mode=0o1777)
    (tree / "run" / "inputs").mkdir()
    mount("--bind", "-o", "ro", inputs, tree / "run" / "inputs")


def start_loopback() -> None:
    """Let programs talk to each other: a new network name space has its one interface down."""
    with socket.socket() as any_socket:
        ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", IFF_UP))


def main(job: Path) -> int:
    """Mount, then let Packer run the layer's playbook. Returns Packer's exit status."""
    os.umask(0o022)
    task = json.loads(job.read_text())
    subprocess.run(["hostname", "builder"], check=True)
    start_loopback()
    stack = {key: task[key] for key in ("below", "upper", "overlay", "inputs")}
    mount_tree(Path(task["tree"]), **stack)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": "/root",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "SOURCE_DATE_EPOCH": str(task["epoch"]),
        "CHECKPOINT_DISABLE": "1",  # Packer must not call home
        "PACKER_NO_COLOR": "1",
        "ANSIBLE_CONFIG": str(PROJECT / "ansible" / "ansible.cfg"),
    }
    variables = [f"-var={key}={task[key]}" for key in ("layer", "tree", "settings")]
    command = ["packer", "build", "-only=null.layer", *variables, str(PROJECT / "packer")]
    return subprocess.run(command, cwd=PROJECT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
