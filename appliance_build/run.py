"""Running other programs: output to a log, failures as one sentence that names the log."""

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from .errors import BuildError

#: Debian's package for a command that is not named like it.
PACKAGES = {
    "mksquashfs": "squashfs-tools",
    "unsquashfs": "squashfs-tools",
    "ansible-playbook": "ansible",
    "mkfs.vfat": "dosfstools",
    "mke2fs": "e2fsprogs",
    "mcopy": "mtools",
    "mmd": "mtools",
    "sfdisk": "fdisk",
    "qemu-img": "qemu-utils",
    "unshare": "util-linux",
}


def run(
    command: Sequence[str | Path], log: Path, *, env: Mapping[str, str] | None = None, **options
) -> None:
    """Run a command and append what it prints to `log`.

    Raises:
        BuildError: the command is missing, or it fails; the last lines that it
            printed and the log's path are in the message.
    """
    words = [str(word) for word in command]
    if shutil.which(words[0]) is None:
        package = PACKAGES.get(words[0], words[0])
        raise BuildError(
            f"the command `{words[0]}` is missing; install it: apt-get install {package}"
        )
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8", errors="replace") as output:
        print("$", *words, file=output, flush=True)
        code = subprocess.run(
            words, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=env, **options
        ).returncode
    if code:
        raise BuildError(f"{words[0]} failed (exit {code}); the log is {log}\n{tail(log)}")


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log, indented, for an error message."""
    text = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(f"    {line}" for line in text[-lines:])
