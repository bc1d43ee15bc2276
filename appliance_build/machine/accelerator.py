"""Which QEMU accelerator really works here: KVM, proved by a kernel that boots, else emulation.

That /dev/kvm can be opened proves little: under some nested hypervisors a machine is made, runs
its boot loader, and the kernel then hangs, so that `-accel kvm:tcg` hangs with it.
"""

import json
import os
import re
import select
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .. import paths
from .command import SYSTEM, missing, sata

_DEVICE = Path("/dev/kvm")
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_FIRST_LINES = re.compile(rb"Linux version|Welcome to|login:")
_PROOF_SECONDS = 15


@dataclass(frozen=True)
class Accelerator:
    """A way to run the guest's instructions."""

    name: str
    arguments: tuple[str, ...]
    """For QEMU's command line."""
    slowdown: int
    """About how many times slower than the host itself; multiply time limits by it."""


KVM = Accelerator("kvm", ("-accel", "kvm", "-cpu", "host"), 1)

#: The least processor that the appliance promises to run on (x86-64-v2). QEMU 7.2 also
#: emulates AVX2, but wrongly: NumPy's tanh gives infinities there.
TCG = Accelerator("tcg", ("-accel", "tcg,thread=multi", "-cpu", "Nehalem"), 12)


def disk(image: Path, driver: str = "vmdk") -> list[str]:
    """QEMU arguments that boot a disk image through its own boot loader; nothing is written."""
    return sata(image, driver, "snapshot=on")


def choose(
    boot: Sequence[str], fast: Accelerator = KVM, seconds: float = _PROOF_SECONDS
) -> Accelerator:
    """`fast` if a kernel speaks under it, else emulation. Asked once for each start of the host.

    Args:
        boot: what to boot, as QEMU arguments; `disk` makes them.
        fast: what is hoped for.
        seconds: how long its kernel may take to speak.
    """
    if not os.access(_DEVICE, os.R_OK | os.W_OK):
        return TCG
    session = _BOOT_ID.read_text().strip()
    kept = paths.cache() / "accelerator.json"
    known = _recall(kept, session)
    if known is None:
        known = speaks(fast, boot, seconds)
        _remember(kept, session, known)
    return fast if known else TCG


def speaks(accelerator: Accelerator, boot: Sequence[str], seconds: float = _PROOF_SECONDS) -> bool:
    """Does the kernel in `boot` write its first lines to the serial console within `seconds`?

    Raises:
        BuildError: QEMU is not installed.
    """
    command = [SYSTEM, "-nodefaults", "-no-user-config", "-display", "none", "-m", "512"]
    command += ["-smp", "2", *accelerator.arguments, "-serial", "stdio", *boot]
    try:
        guest = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise missing(SYSTEM) from None
    deadline = time.monotonic() + seconds
    said = b""
    try:
        while (left := deadline - time.monotonic()) > 0:
            if not select.select([guest.stdout], [], [], left)[0]:
                return False
            new = os.read(guest.stdout.fileno(), 65536)
            said += new
            if _FIRST_LINES.search(said):
                return True
            if not new:
                return False
        return False
    finally:
        guest.kill()
        guest.wait()
        guest.stdout.close()


def _recall(kept: Path, session: str) -> bool | None:
    try:
        known = json.loads(kept.read_text())
        return bool(known["works"]) if known["boot_id"] == session else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _remember(kept: Path, session: str, works: bool) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    part = kept.with_name(f"{kept.name}.{os.getpid()}")
    part.write_text(json.dumps({"boot_id": session, "works": works}))
    part.replace(kept)
