"""Starts the appliance in QEMU on the hardware that the OVA describes for VirtualBox."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from ..description import Description, Ports
from ..errors import BuildError
from . import accelerator
from .command import IMAGE, SYSTEM, escaped, run, sata
from .ova import Ova
from .ports import LOOPBACK
from .process import Process

FIRMWARES = ("bios", "uefi")
_OVMF = Path("/usr/share/OVMF")
_NETWORK = "net"


class Qemu(Process):
    """The appliance in a folder of its own, with a disk, a console log and host ports.

    Args:
        description: for its CPUs, memory and guest ports.
        disk: the VMDK that came out of the OVA; it is never written to.
        folder: for the overlay with the guest's changes, console log, pid file and socket.
        ports: where on the host's loopback the services appear; default: the description's.
        firmware: "bios" or "uefi".
        keep: keep the guest's changes for the next start in the same folder; else they are
            thrown away when it ends.
        kind: the accelerator; default: the best that works here, which may take some seconds
            to find out the first time.
        extra: more arguments for QEMU, such as `capture`.
    """

    def __init__(
        self,
        description: Description,
        disk: Path,
        folder: Path,
        *,
        ports: Ports | None = None,
        firmware: str = "bios",
        keep: bool = True,
        kind: accelerator.Accelerator | None = None,
        extra: Sequence[str] = (),
    ) -> None:
        super().__init__(folder)
        self.description = description
        self.disk = disk.resolve()
        self.ports = ports or description.ports
        self.firmware = firmware
        self.keep = keep
        self.accelerator = kind or accelerator.choose(accelerator.disk(self.disk))
        self.extra = tuple(extra)
        self.overlay = self.folder / "changes.qcow2"

    @property
    def slowdown(self) -> int:
        """About how many times slower than native it runs; multiply time limits by it."""
        return self.accelerator.slowdown

    def start(self) -> None:
        """Start it in the background; returns as soon as QEMU has accepted its command line.

        Raises:
            BuildError: it runs already, QEMU or its firmware is missing, a port is taken, or
                QEMU refuses; with what QEMU says.
        """
        if self.running():
            raise BuildError(f"the machine in {self.folder} runs already")
        self.folder.mkdir(parents=True, exist_ok=True)
        self._tidy()
        run(self.command(), cwd=self.folder)

    def command(self) -> list[str]:
        """The whole command line. Makes what it names: overlay and UEFI variables."""
        guest = self.description.machine
        return [
            *(SYSTEM, "-nodefaults", "-no-user-config", "-name", self.description.name),
            *(
                "-machine",
                "pc",
                *self.accelerator.arguments,
                "-smp",
                str(guest.cpus),
                "-m",
                str(guest.memory_mb),
            ),
            *("-rtc", "base=utc", "-display", "none", "-vga", "std"),
            *("-chardev", f"file,id=console,path={escaped(self.console_log)}"),
            *("-serial", "chardev:console"),
            *("-qmp", f"unix:{self.control.name},server=on,wait=off"),
            *self._firmware(),
            *self._drive(),
            *self._network(),
            *self.extra,
            *("-daemonize", "-pidfile", str(self.pid_file)),
        ]

    def _drive(self) -> list[str]:
        if not self.keep:
            return accelerator.disk(self.disk)
        if not self.overlay.exists():
            part = self.overlay.with_suffix(".part")
            # Relative, so that a project may be moved with its machines.
            source = ["-F", "vmdk", "-b", os.path.relpath(self.disk, self.folder)]
            run([IMAGE, "create", "-q", "-f", "qcow2", *source, str(part)])
            part.replace(self.overlay)
        return sata(self.overlay, "qcow2")

    def _network(self) -> list[str]:
        forwards = [
            f"hostfwd=tcp:{LOOPBACK}:{forward.host}-:{forward.guest}" for _, forward in self.ports
        ]
        card = (
            f"e1000,netdev={_NETWORK},romfile="  # VirtualBox's 82540EM, without a network boot ROM
        )
        return ["-netdev", ",".join(["user", f"id={_NETWORK}", *forwards]), "-device", card]

    def _firmware(self) -> list[str]:
        if self.firmware == "bios":
            return []
        code, blank = _OVMF / "OVMF_CODE_4M.fd", _OVMF / "OVMF_VARS_4M.fd"
        if not blank.exists():
            raise BuildError(
                f"UEFI firmware for QEMU is not installed ({code} is missing); "
                "install it with `sudo apt install ovmf`, or leave out `--firmware uefi`"
            )
        variables = self.folder / "uefi-variables.fd"
        if not variables.exists():
            shutil.copyfile(blank, variables)
        return [
            *("-drive", f"if=pflash,format=raw,readonly=on,file={code}"),
            *("-drive", f"if=pflash,format=raw,file={escaped(variables)}"),
        ]


def capture(file: Path) -> list[str]:
    """`extra` arguments that write all that passes the guest's network card to a pcap file."""
    return ["-object", f"filter-dump,id=capture,netdev={_NETWORK},file={escaped(file)}"]


def unpacked(ova: Ova, folder: Path) -> Path:
    """The OVA's disk in `folder`, taken out and checked once.

    Raises:
        BuildError: the OVA is damaged, or the folder cannot be written.
    """
    disk = folder / ova.disk
    if not disk.exists():
        ova.extract_disk(disk)
    return disk
