"""Running other programs: output to a log, failures as one sentence that names the log."""

import shutil
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from .errors import BuildError

#: The commands of a build, and Debian's package of each.
PACKAGES = {
    "mmdebstrap": "mmdebstrap",
    "packer": "packer",
    "patch": "patch",
    "mksquashfs": "squashfs-tools",
    "unsquashfs": "squashfs-tools",
    "ansible-playbook": "ansible",
    "mkfs.vfat": "dosfstools",
    "mke2fs": "e2fsprogs",
    "debugfs": "e2fsprogs",
    "mcopy": "mtools",
    "sfdisk": "fdisk",
    "qemu-img": "qemu-utils",
    "syslinux": "syslinux",
    "dot": "graphviz",
    "unshare": "util-linux",
}

#: However a build ends, kill -9 included, the kernel ends the program that it is running.
BOUND = ["setpriv", "--pdeathsig", "KILL", "--"]

_running: set[subprocess.Popen] = set()
_stopped = threading.Event()


def run(
    command: Sequence[str | Path],
    log: Path,
    *,
    env: Mapping[str, str] | None = None,
    stdin: int | IO = subprocess.DEVNULL,
    stdout: IO | None = None,
    **options,
) -> None:
    """Run a command and append what it prints to `log`.

    Raises:
        BuildError: the command is missing, or it fails; the last lines that it
            printed and the log's path are in the message.
    """
    words = [str(word) for word in command]
    require(words[0])
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8", errors="replace") as file:
        print("$", *words, file=file, flush=True)
        streams = {"stdin": stdin, "stdout": stdout or file, "stderr": file}
        code = _finish(subprocess.Popen([*BOUND, *words], env=env, **streams, **options))
    if code:
        raise BuildError(
            f"{words[0]} failed (exit {code}); read {log}, which ends with\n{tail(log)}"
        )


def output(command: Sequence[str | Path], log: Path) -> str:
    """What a command writes on stdout; else as `run`.

    Raises:
        BuildError: the command is missing, or it fails.
    """
    with TemporaryFile("w+") as said:
        run(command, log, stdout=said)
        said.seek(0)
        return said.read()


def _finish(program: subprocess.Popen) -> int:
    """Wait for a program; it ends with the build."""
    _running.add(program)
    try:
        if _stopped.is_set():
            program.kill()
        return program.wait()
    except BaseException:
        program.kill()
        raise
    finally:
        _running.discard(program)


def stop() -> None:
    """End what runs in other threads, which do not hear of Ctrl-C, and all that they begin."""
    _stopped.set()
    for program in tuple(_running):
        program.kill()


def require(*commands: str) -> None:
    """Refuse to go on without a command.

    Raises:
        BuildError: one of them is not in PATH.
    """
    for name in commands:
        if shutil.which(name) is None:
            package = PACKAGES.get(name, name)
            raise BuildError(
                f"the command `{name}` is missing; install it: apt-get install {package}"
            )


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log, indented, for an error message."""
    text = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(f"    {line}" for line in text[-lines:])
