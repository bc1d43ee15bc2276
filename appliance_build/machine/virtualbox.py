"""The appliance in VirtualBox, where it is installed and can start machines."""

import re
import shutil
import subprocess
import time
from pathlib import Path

from ..description import Description
from ..errors import BuildError
from .console import tail
from .ova import Ova
from .ports import LOOPBACK
from .virtualbox_errors import sentence

_DRIVER = Path("/dev/vboxdrv")


def usable() -> bool:
    """Is VirtualBox installed, and is the kernel driver there that starting a machine needs?"""
    if not shutil.which("VBoxManage") or not _DRIVER.exists():
        return False
    return subprocess.run(["VBoxManage", "--version"], capture_output=True).returncode == 0


class VirtualBox:
    """A machine that was, or will be, imported from one OVA under a name of ours.

    Args:
        machine: its name in VirtualBox, an OVA's `identity`.
        folder: for the console log and SSH's known hosts; VirtualBox keeps the disk where it
            keeps all disks.
    """

    name = "VirtualBox"
    slowdown = 1

    def __init__(self, machine: str, folder: Path) -> None:
        self.machine = machine
        self.folder = folder.resolve()
        self.console_log = self.folder / "console.log"

    def prepare(self, description: Description, ova: Ova) -> None:
        """Import it once, and give it the description's ports and a console log.

        Raises:
            BuildError: VirtualBox refuses; with the reason, and the way out where it is known.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.machine not in _names("vms"):
            _vbox("import", str(ova.path), "--vsys", "0", "--vmname", self.machine)
        info = parse(_vbox("showvminfo", self.machine, "--machinereadable"))
        if info["VMState"] == "saved":
            return  # a sleeping machine keeps the settings that it fell asleep with
        _vbox("modifyvm", self.machine, "--uart1", "0x3F8", "4")
        _vbox("modifyvm", self.machine, "--uartmode1", "file", str(self.console_log))
        for key, rule in info.items():
            if key.startswith("Forwarding("):
                _vbox("modifyvm", self.machine, "--natpf1", "delete", rule.split(",")[0])
        for service, forward in description.ports:
            rule = f"{service},tcp,{LOOPBACK},{forward.host},,{forward.guest}"
            _vbox("modifyvm", self.machine, "--natpf1", rule)

    def running(self) -> bool:
        """Is it running now?"""
        return self.machine in _names("runningvms")

    def console(self, lines: int = 15) -> str:
        """The last lines of what the guest wrote to its serial console."""
        return tail(self.console_log, lines)

    def start(self) -> None:
        """Start it without a window.

        Raises:
            BuildError: VirtualBox refuses; with the reason.
        """
        _vbox("startvm", self.machine, "--type", "headless")

    def wait(self, seconds: float) -> bool:
        """Wait at most `seconds` for its end; True when it has ended."""
        deadline = time.monotonic() + seconds
        while self.running():
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.5)
        return True

    def stop(self, seconds: float) -> bool:
        """Press the power button, wait at most `seconds`, then cut the power.

        Returns:
            True if the guest shut itself down, False if its power had to be cut.
        """
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0 and self.running():
            _vbox("controlvm", self.machine, "acpipowerbutton")
            self.wait(min(left, 10))
        if not self.running():
            return True
        _vbox("controlvm", self.machine, "poweroff")
        return False


def running(folder: Path) -> VirtualBox | None:
    """The machine of ours that runs now: one that VirtualBox lists and that has a folder here."""
    if not usable():
        return None
    ours = [name for name in _names("runningvms") if (folder / name).is_dir()]
    return VirtualBox(ours[0], folder / ours[0]) if ours else None


def parse(text: str) -> dict[str, str]:
    """`showvminfo --machinereadable` as a dict; quotes are taken off keys and values."""
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line)
    return {key.strip('"'): value.strip().strip('"') for key, _, value in pairs}


def _names(kind: str) -> list[str]:
    return re.findall(r'^"(.+)" \{', _vbox("list", kind), re.MULTILINE)


def _vbox(*arguments: str) -> str:
    done = subprocess.run(
        ["VBoxManage", "-q", *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    if done.returncode:
        raise BuildError(f"VirtualBox: {arguments[0]} failed: {sentence(done.stderr)}")
    return done.stdout
