#!/usr/bin/env python3
"""Can this computer import and run the workshop's virtual machine? Tells before the day.

usage: python3 preflight.py [OVA] [--json FILE] [--list] [--explain ID]

It needs Python 3.8 or newer and nothing else, runs on Windows, macOS and Linux, and changes
nothing. Without OVA it takes the one that lies beside this file or in the current folder, and
reads from it what the machine asks for; where there is none, --memory, --port and --name say it.

Exit status: 0 ready, 1 something fails or could not be checked, 2 wrong use.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import tarfile
import textwrap
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path, PureWindowsPath
from xml.etree import ElementTree

SCHEMA = 1  # of the JSON report: raised when a key changes its meaning or goes
LOOPBACK = "127.0.0.1"
OLDEST = (7, 0)  # VirtualBox that the appliance is tested with
ROOM_MB = 1536  # of memory that the computer itself needs beside the machine
SPARE_MB = 256  # that VirtualBox needs beside the machine's memory
TIMES = 2.5  # an import needs this many times the OVA's size: the disk unpacked, and room to work
SECONDS = 30  # that another program may take to answer; PowerShell's first start is slow
BLOCK = 1024**2  # bytes read at a time
BIG = 64 * BLOCK  # from this size on a terminal shows how far it is
TAR = 512  # bytes of a tar's blocks; it ends with two empty ones
LARGEST_OVF = 16 * BLOCK

PASS, WARN, FAIL, SKIP, NOT_APPLICABLE, ERROR = "PASS", "WARN", "FAIL", "SKIP", "N/A", "ERROR"
MARKS = {PASS: "\u2713+", WARN: "!!", FAIL: "\u2717x", ERROR: "\u2717x"}  # pretty, plain
AGAIN = "Copy or download it again, with the small files beside it."


class Unknown(Exception):
    """What a check asks for cannot be found out; the text says why."""


class WrongUse(Exception):
    """The command line makes no sense; the text says why and what would."""


@dataclass
class Result:
    """What a check found, and what to do about it."""

    status: str
    message: str
    remedy: str = ""


@dataclass
class Check:
    """A question about this computer, with what people see when the answer is no."""

    id: str
    title: str
    symptoms: str
    cause: str
    find: Callable[[Host, Wanted], Result]


CHECKS: list[Check] = []


def check(id: str, title: str, symptoms: str, cause: str) -> Callable:
    """Add a function to the checks."""

    def add(find: Callable[[Host, Wanted], Result]) -> Callable:
        CHECKS.append(Check(id, title, symptoms, cause, find))
        return find

    return add


# ------------------------------------------------------------------ this computer

#: Asks for all that Windows' own classes know, at once: each PowerShell takes a second.
POWERSHELL = r"""
$ErrorActionPreference = 'SilentlyContinue'
$p = @(Get-CimInstance Win32_Processor)[0]
$c = Get-CimInstance Win32_ComputerSystem
$o = Get-CimInstance Win32_OperatingSystem
$d = Get-CimInstance -Namespace root\Microsoft\Windows\DeviceGuard Win32_DeviceGuard
@{
  Architecture = $p.Architecture
  VirtualizationFirmwareEnabled = $p.VirtualizationFirmwareEnabled
  VMMonitorModeExtensions = $p.VMMonitorModeExtensions
  HypervisorPresent = $c.HypervisorPresent
  TotalPhysicalMemory = $c.TotalPhysicalMemory
  FreePhysicalMemory = $o.FreePhysicalMemory
  SecurityServicesRunning = $d.SecurityServicesRunning -join ' '
} | ConvertTo-Json -Compress
"""


class Host:
    """This computer: the only place that asks it anything, so that tests can be another one."""

    system = platform.system()  # Windows, Darwin, Linux
    environ = os.environ

    def processor(self) -> str:
        """The architecture that Python sees, which an emulator may have made up."""
        return platform.machine()

    def kernel(self) -> tuple[int, int]:
        """The kernel's version."""
        found = re.match(r"(\d+)\.(\d+)", platform.release())
        return (int(found[1]), int(found[2])) if found else (0, 0)

    def run(self, *words: str) -> str:
        """What a program prints; raises `Unknown` if it cannot be run or fails."""
        try:
            done = subprocess.run(
                words, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            raise Unknown(f"{words[0]} did not answer within {SECONDS} s") from None
        except OSError as error:
            raise Unknown(f"{words[0]} cannot be run: {error.strerror}") from None
        if done.returncode:
            said = (done.stderr or done.stdout).decode(errors="replace").split("\n")[0].strip()
            raise Unknown(f"{words[0]} failed: {said or f'exit status {done.returncode}'}")
        return done.stdout.decode("utf-8", errors="replace")

    def read(self, path: str) -> str:
        """A file of the system's; empty if there is none."""
        try:
            return Path(path).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""

    def exists(self, path: str) -> bool:
        return Path(path).exists()

    def which(self, program: str) -> str | None:
        return shutil.which(program)

    def free_bytes(self, folder: Path) -> int:
        return shutil.disk_usage(folder).free

    def writable(self, folder: Path) -> bool:
        return os.access(folder, os.W_OK)

    def answers(self, address: str, port: int) -> bool:
        """Whether somebody listens there: a program may share a port without an error."""
        try:
            socket.create_connection((address, port), timeout=0.5).close()
        except OSError:
            return False
        return True

    def refusal(self, port: int) -> OSError | None:
        """Why the system does not give a port of the loopback interface, if it does not."""
        with socket.socket() as tried:
            # Elsewhere this option would let a port be taken twice; on Linux it only lets those
            # be taken that a closed connection still holds.
            if self.system == "Linux":
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            elif self.system == "Windows":
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
            try:
                tried.bind((LOOPBACK, port))
            except OSError as error:
                return error
        return None

    # What follows is found out once.

    def sysctl(self, name: str) -> str:
        """A value of macOS's kernel; empty if it has none of that name."""
        try:
            return self.run("/usr/sbin/sysctl", "-n", name).strip()
        except Unknown:
            return ""

    @cached_property
    def windows(self) -> dict:
        """What Windows says of processor, hypervisor, memory."""
        powershell = self.which("powershell") or self.which("pwsh")
        if powershell is None:
            raise Unknown("PowerShell is not there")
        said = self.run(powershell, "-NoProfile", "-NonInteractive", "-Command", POWERSHELL)
        try:
            return json.loads(said)
        except ValueError:
            raise Unknown("PowerShell's answer is no JSON") from None

    @cached_property
    def vboxmanage(self) -> str | None:
        """VirtualBox's command: it is seldom on the PATH of Windows."""
        places = {"Darwin": ["/Applications/VirtualBox.app/Contents/MacOS/VBoxManage"]}
        roots = [self.environ.get(n) for n in ("VBOX_MSI_INSTALL_PATH", "VBOX_INSTALL_PATH")]
        if self.environ.get("ProgramFiles"):
            roots.append(self.environ["ProgramFiles"] + r"\Oracle\VirtualBox")
        places["Windows"] = [str(PureWindowsPath(root, "VBoxManage.exe")) for root in roots if root]
        found = filter(self.exists, places.get(self.system, []))
        return self.which("VBoxManage") or next(found, None)

    @cached_property
    def virtualbox(self) -> tuple[int, int, int]:
        """VirtualBox's version. Warnings of its own may stand before it."""
        if self.vboxmanage is None:
            raise Unknown("VirtualBox is not installed")
        said = self.run(self.vboxmanage, "--version")
        found = re.search(r"^(\d+)\.(\d+)\.(\d+)", said, re.MULTILINE)
        if found is None:
            raise Unknown(f"VBoxManage names no version: {said.strip()[:200]}")
        return int(found[1]), int(found[2]), int(found[3])

    @cached_property
    def machines(self) -> Path:
        """The folder where VirtualBox puts machines."""
        if self.vboxmanage:
            said = self.run(self.vboxmanage, "list", "systemproperties")
            found = re.search(r"^Default machine folder:\s+(.*\S)", said, re.MULTILINE)
            if found:
                return Path(found[1])
        return Path.home() / "VirtualBox VMs"


# ------------------------------------------------------------------ the OVA


@dataclass
class Wanted:
    """What the machine asks for. None: nobody said."""

    name: str | None = None
    memory_mb: int | None = None
    ports: tuple[int, ...] = ()
    ova: Ova | None = None
    why_no_ova: str = ""

    def need(self, value: object, option: str) -> None:
        """Raise `Unknown` where a fact is missing."""
        if not value:
            raise Unknown(f"{self.why_no_ova or 'the OVA is silent'}, and {option} is not given")

    def whole(self) -> Ova:
        """The OVA, if there is one whose parts can be read; else raises `Unknown`."""
        if self.ova is None:
            raise Unknown(self.why_no_ova)
        if self.ova.damage:
            raise Unknown("the OVA is not whole")
        return self.ova


class Ova:
    """A file as it was downloaded or copied, whole or not."""

    def __init__(self, path: Path) -> None:
        """Read where its parts are, and its description; raises `OSError`."""
        self.path = path
        self.size = path.stat().st_size
        self.members: list[tarfile.TarInfo] = []
        self.ovf: ElementTree.Element | None = None
        self.damage = self._damage()

    def _damage(self) -> str:
        """What is wrong with its structure; empty if nothing is."""
        with self.path.open("rb") as file:
            start = file.read(BLOCK).lstrip()[:1]
        if not self.size:
            return "it is empty"
        if start == b"<":
            return "it is a web page, not an OVA: the download led to a login or an error"
        try:
            with tarfile.open(self.path, "r:") as archive:
                while True:
                    member = archive.next()
                    if member is None:
                        break
                    self.members.append(member)
                    if member.name.endswith(".ovf") and self.ovf is None:
                        content = archive.extractfile(member)
                        if content and member.size <= LARGEST_OVF:
                            self.ovf = ElementTree.fromstring(content.read())
        except (tarfile.TarError, EOFError) as error:
            if not self.members:
                return f"it is no OVA ({error})"
        except ElementTree.ParseError as error:
            return f"its description is no XML ({error})"
        if not self.members:
            return "it is no OVA: it has no parts"
        last = self.members[-1]
        least = last.offset_data + -(-last.size // TAR) * TAR + 2 * TAR
        if self.size < least:
            return f"it was cut short: {self.size:,} bytes are there of {least:,} or more"
        kinds = [sum(m.name.endswith(kind) for m in self.members) for kind in (".ovf", ".vmdk")]
        if kinds[0] != 1 or not kinds[1]:
            return "it does not hold one description and a disk"
        return ""

    def hashes(self, shown: Callable[[int], None]) -> tuple[str, dict[str, str]]:
        """SHA-256 of the file, and of each part by name, in one go; `shown` hears of the bytes."""
        whole, parts, position = hashlib.sha256(), {}, 0
        with self.path.open("rb") as file:
            for member in [*self.members, None]:
                end = member.offset_data if member else self.size
                for length in (end - position, member.size if member else 0):
                    part = hashlib.sha256()
                    for block in iter(lambda: file.read(min(BLOCK, length)), b""):  # noqa: B023
                        whole.update(block)
                        part.update(block)
                        length -= len(block)
                        shown(file.tell())
                position = file.tell()
                if member:
                    parts[member.name] = part.hexdigest()
        return whole.hexdigest(), parts

    def manifest(self) -> dict[str, str]:
        """The hashes that it holds of its own parts."""
        with tarfile.open(self.path, "r:") as archive:
            names = [member.name for member in self.members if member.name.endswith(".mf")]
            content = archive.extractfile(names[0]) if names else None
            text = content.read(BLOCK).decode("ascii", "replace") if content else ""
        return {name: digest.lower() for name, digest in MANIFEST.findall(text)}

    def listed(self) -> tuple[str, str] | None:
        """A list of hashes beside it that names it, and the hash that it gives."""
        for beside in (f"{self.path.name}.sha256", "SHA256SUMS"):
            try:
                text = self.path.with_name(beside).read_text(encoding="utf-8-sig", errors="replace")
            except OSError:
                continue
            for digest, name in LISTED.findall(text):
                if name == self.path.name:
                    return beside, digest.lower()
        return None

    def texts(self, tag: str) -> list[str]:
        """What stands in all elements of that name."""
        return [e.text or "" for e in self._elements(tag)]

    def attributes(self, tag: str, name: str) -> list[str]:
        """An attribute of all elements of that name, its name space left off."""
        found = []
        for element in self._elements(tag):
            found += [value for key, value in element.items() if _plain(key) == name]
        return found

    def has(self, tag: str) -> bool:
        return bool(self._elements(tag))

    def _elements(self, tag: str) -> list[ElementTree.Element]:
        return [] if self.ovf is None else [e for e in self.ovf.iter() if _plain(e.tag) == tag]

    @cached_property
    def memory_mb(self) -> int | None:
        for item in self._elements("Item"):
            values = {_plain(child.tag): child.text or "" for child in item}
            if values.get("ResourceType") == "4" and values.get("VirtualQuantity", "").isdigit():
                return int(values["VirtualQuantity"])
        return None


MANIFEST = re.compile(r"^SHA256 ?\(([^)]+)\) ?= ?([0-9a-fA-F]{64})\s*$", re.MULTILINE)
LISTED = re.compile(r"^([0-9a-fA-F]{64})(?:\t| [ *])([^\r\n]+)", re.MULTILINE)


def _plain(name: object) -> str:
    """A name of XML without its name space."""
    return str(name).rpartition("}")[2]


def wanted(options: argparse.Namespace) -> Wanted:
    """What the command line says, and the OVA says the rest."""
    found = Wanted(options.name, options.memory, tuple(options.port))
    path = options.ova or _find(found)
    if path is None:
        return found
    try:
        ova = found.ova = Ova(path)
    except OSError as error:
        raise WrongUse(f"{path} cannot be read: {error.strerror}; is its name right?") from None
    found.name = found.name or next(iter(ova.texts("VirtualSystemIdentifier")), None)
    found.memory_mb = found.memory_mb or ova.memory_mb
    found.ports = found.ports or _forwarded(ova)
    return found


def _forwarded(ova: Ova) -> tuple[int, ...]:
    return tuple(int(p) for p in ova.attributes("Forwarding", "hostport") if p.isdigit())


def _find(found: Wanted) -> Path | None:
    """The one OVA beside this file or in the current folder."""
    for folder in (Path(__file__).absolute().parent, Path.cwd()):
        # A Mac leaves ._NAME beside each NAME on a stick.
        names = [p for p in sorted(folder.glob("[!.]*.ova*")) if p.is_file()]
        here = [p for p in names if p.suffix == ".ova"]
        if len(here) > 1:
            names = ", ".join(p.name for p in here)
            raise WrongUse(f"{folder} has several .ova files ({names}): say which one")
        if here:
            return here[0]
        for half in names:
            if half.suffix in (".part", ".crdownload", ".download", ".opdownload"):
                found.why_no_ova = f"{half.name} is a download that has not ended"
    found.why_no_ova = found.why_no_ova or "there is no .ova file here"
    return None


# ------------------------------------------------------------------ the checks


@check(
    "architecture",
    "The processor is a 64-bit Intel or AMD",
    "VBOX_E_PLATFORM_ARCH_NOT_SUPPORTED; Cannot run the machine because its platform architecture "
    "x86 is not supported on ARM; the machine aborts at once on a Mac with Apple silicon",
    "The machine is made for x86-64. VirtualBox does not emulate processors: on ARM (Apple "
    "silicon, Snapdragon) it starts ARM machines only.",
)
def architecture(host: Host, _: Wanted) -> Result:
    seen = host.processor()
    real = seen
    if host.system == "Darwin":
        # Under Rosetta, Python too believes that it runs on Intel.
        apple = host.sysctl("sysctl.proc_translated") == "1"
        if apple or host.sysctl("hw.optional.arm64") == "1" or seen == "arm64":
            real = "Apple silicon"
    elif host.system == "Windows":
        try:
            code = host.windows.get("Architecture")
        except Unknown:
            code = None  # the processor's own word is better than none
        real = {0: "x86", 5: "ARM", 9: "AMD64", 12: "ARM64"}.get(code, seen)
    if real.lower() in ("x86_64", "amd64"):
        return Result(PASS, f"The processor is {real}.")
    hidden = f", though Python runs as {seen}" if seen != real else ""
    return Result(
        FAIL,
        f"This processor is {real}{hidden}, and the machine is for 64-bit Intel and AMD.",
        "Borrow a computer with an Intel or AMD processor, or work with a neighbour. The Docker "
        "image is for Intel and AMD too: here Docker could only emulate it, slowly.",
    )


FIRMWARE = (
    "Switch it on in the computer's firmware setup (BIOS, UEFI), where it is called Intel "
    "Virtualization Technology, VT-x, AMD-V or SVM; then switch the computer off and on."
)


@check(
    "virtualisation",
    "The processor's virtualisation is on",
    "VT-x is disabled in the BIOS for all CPU modes (VERR_VMX_MSR_ALL_VMX_DISABLED); VT-x is not "
    "available (VERR_VMX_NO_VMX); AMD-V is disabled in the BIOS (VERR_SVM_DISABLED)",
    "Many computers are sold with it switched off in the firmware.",
)
def virtualisation(host: Host, _: Wanted) -> Result:
    if host.system == "Windows":
        return _virtualisation_on_windows(host.windows)
    if host.system == "Darwin":
        support = host.sysctl("kern.hv_support")
        if not support:
            raise Unknown("macOS does not say whether it is")
        if support == "1":
            return Result(PASS, "macOS says that the processor's virtualisation can be used.")
        return Result(
            FAIL,
            "macOS says that the processor's virtualisation cannot be used (kern.hv_support is 0).",
            "A Mac from before 2010, or one that is itself a virtual machine, cannot run it: "
            "borrow another computer.",
        )
    flags = set(re.findall(r"^flags\s*:(.*)", host.read("/proc/cpuinfo"), re.MULTILINE)[:1])
    words = set(" ".join(flags).split())
    if not words:
        raise Unknown("/proc/cpuinfo does not list what the processor can do")
    if words & {"vmx", "svm"}:
        return Result(PASS, f"The processor offers {'VT-x' if 'vmx' in words else 'AMD-V'}.")
    if "hypervisor" in words:
        return Result(
            FAIL,
            "This computer is itself a virtual machine, which gets no virtualisation from its own.",
            "Run this on the computer itself, or allow nested virtualisation in its hypervisor.",
        )
    return Result(FAIL, "The processor's virtualisation (VT-x, AMD-V) is switched off.", FIRMWARE)


def _virtualisation_on_windows(facts: dict) -> Result:
    # Where a hypervisor runs, Windows says false of both: it is the hypervisor that has them.
    if facts.get("HypervisorPresent"):
        return Result(PASS, "It is on: Windows' own hypervisor uses it.")
    enabled = facts.get("VirtualizationFirmwareEnabled")
    if enabled:
        return Result(PASS, "Windows says that virtualisation is on in the firmware.")
    if facts.get("VMMonitorModeExtensions") is False:
        return Result(
            FAIL,
            "Windows says that this processor has no virtualisation (VMMonitorModeExtensions).",
            "If Task Manager, Performance, CPU says so too, borrow another computer.",
        )
    if enabled is None:
        raise Unknown("Windows does not say whether it is")
    return Result(FAIL, "Virtualisation is switched off in the firmware.", FIRMWARE)


@check(
    "hypervisor",
    "No other hypervisor holds the processor",
    "A green turtle in the machine's window and everything very slow; VERR_NEM_VM_CREATE_FAILED; "
    "VT-x is being used by another hypervisor (VERR_VMX_IN_VMX_ROOT_MODE, VERR_SVM_IN_USE); Guru "
    "Meditation at once with VirtualBox 7.2.0; VERR_SVM_HOST_SVME_NOT_ENABLED with 7.2.10",
    "Windows' hypervisor runs for Hyper-V, WSL 2, Docker Desktop, Memory integrity and Credential "
    "Guard; on Linux the kvm modules do the same, from kernel 6.12 on as soon as they are loaded.",
)
def hypervisor(host: Host, _: Wanted) -> Result:
    if host.system == "Windows":
        return _hypervisor_on_windows(host.windows)
    if host.system == "Linux":
        return _hypervisor_on_linux(host)
    return Result(NOT_APPLICABLE, "macOS shares the processor's virtualisation.")


GUARDS = {"1": "Credential Guard", "2": "Memory integrity"}  # of Win32_DeviceGuard


def _hypervisor_on_windows(facts: dict) -> Result:
    present = facts.get("HypervisorPresent")
    if present is None:
        raise Unknown("Windows does not say whether it runs one")
    if not present:
        return Result(PASS, "Windows runs no hypervisor of its own.")
    running = str(facts.get("SecurityServicesRunning") or "").split()
    guards = [GUARDS[code] for code in running if code in GUARDS]
    who = f" ({' and '.join(guards)} among others)" if guards else ""
    remedy = (
        "Switch off Hyper-V, Virtual Machine Platform and Windows Hypervisor Platform in "
        "'Turn Windows features on or off', and Memory integrity in Windows Security, Device "
        "security, Core isolation; then restart. WSL 2 and Docker Desktop do not run meanwhile."
    )
    if "Credential Guard" in guards:
        remedy += " Credential Guard is your employer's: ask them, or take another computer."
    return Result(
        WARN,
        f"Windows' own hypervisor holds the processor{who}: the machine will be slow or not start.",
        remedy,
    )


def _hypervisor_on_linux(host: Host) -> Result:
    modules = re.findall(r"^(kvm_intel|kvm_amd) \d+ (\d+)", host.read("/proc/modules"), re.M)
    for name in ("kvm_intel", "kvm_amd"):
        if not modules and host.exists(f"/sys/module/{name}"):  # a part of the kernel itself
            modules = [(name, "0")]
    if not modules:
        return Result(PASS, "No module of KVM is loaded.")
    module, users = modules[0]
    unload = (
        f"Before you start the machine: sudo modprobe -r {module} (if the kernel has it built in, "
        "start it with kvm.enable_virt_at_load=0)."
    )
    if users != "0":
        return Result(
            FAIL,
            f"Virtual machines of KVM run now ({module} is in use), and hold the processor.",
            f"Stop them (QEMU, GNOME Boxes, an Android emulator, Docker Desktop). {unload}",
        )
    at_load = host.read("/sys/module/kvm/parameters/enable_virt_at_load").strip()
    if not at_load:  # before Linux 6.12 KVM takes the processor only for its machines
        return Result(PASS, f"{module} is loaded, and shares the processor.")
    try:
        version = host.virtualbox
    except Unknown:
        version = None
    # From 7.2.10 on VirtualBox asks KVM for the processor, which can give it from Linux 6.16 on.
    asks = version is not None and version >= (7, 2, 10) and host.kernel() >= (6, 16)
    holds = at_load == "Y"
    if asks and not holds:
        return Result(
            FAIL,
            "The option kvm.enable_virt_at_load=0 stops this VirtualBox, or even the computer.",
            "Take that option out of /etc/modprobe.d and the kernel's command line, and restart.",
        )
    if asks or not holds:
        return Result(PASS, f"{module} is loaded, and leaves the processor to VirtualBox.")
    between = version is not None and version > (7, 2, 0) and host.kernel() >= (6, 16)
    sure = version is not None and not between
    return Result(
        FAIL if sure else WARN,
        f"{module} is loaded and holds the processor: VirtualBox "
        f"{'cannot' if sure else 'may be unable to'} start a machine.",
        unload,
    )


@check(
    "virtualbox",
    f"VirtualBox {OLDEST[0]} is installed",
    "No menu 'Import Appliance'; unsupported settings version or hardware; VMware says that the "
    "hardware family virtualbox-2.2 is not supported",
    "The OVA is made for VirtualBox and tested with its version 7. It asks for no Extension Pack.",
)
def virtualbox(host: Host, _: Wanted) -> Result:
    install = f"Install VirtualBox {OLDEST[0]}: from the organiser's stick, or virtualbox.org."
    if host.vboxmanage is None:
        return Result(FAIL, "VirtualBox is not installed.", install)
    version = host.virtualbox
    shown = ".".join(map(str, version))
    if version[:2] < OLDEST:
        return Result(FAIL, f"VirtualBox {shown} is older than {OLDEST[0]}.0.", install)
    for bad, kernel, what in KNOWN:
        if host.system == "Linux" and version == bad and host.kernel() >= kernel:
            return Result(WARN, f"VirtualBox {shown} {what}.", f"Update it. {install}")
    return Result(PASS, f"VirtualBox {shown} is installed.")


#: Versions that fail on Linux, from which kernel on, and how.
KNOWN = (
    ((7, 2, 0), (6, 12), "stops with a Guru Meditation where a module of KVM is loaded"),
    ((7, 2, 10), (7, 0), "can freeze a computer with this kernel when a machine starts"),
)


@check(
    "driver",
    "VirtualBox's kernel driver is loaded",
    "Kernel driver not installed (rc=-1908); VERR_VM_DRIVER_NOT_INSTALLED; The character device "
    "/dev/vboxdrv does not exist; modprobe vboxdrv: Key was rejected by service",
    "After a new kernel the driver must be built again; with Secure Boot it must be signed.",
)
def driver(host: Host, _: Wanted) -> Result:
    if host.system != "Linux":
        return Result(NOT_APPLICABLE, "Only on Linux is the driver a matter of its own.")
    if host.vboxmanage is None:
        raise Unknown("VirtualBox is not installed")
    if host.exists("/dev/vboxdrv"):
        return Result(PASS, "VirtualBox's kernel driver is loaded.")
    return Result(
        FAIL,
        "VirtualBox's kernel driver is not loaded (/dev/vboxdrv is missing): it starts no machine.",
        "sudo /sbin/vboxconfig (Debian: sudo apt install virtualbox-dkms); with Secure Boot sign "
        "its modules as that says, or switch Secure Boot off.",
    )


@check(
    "memory",
    "There is memory for the machine beside all else",
    "VERR_NO_MEMORY; Not enough memory; the computer crawls as soon as the machine runs",
    "VirtualBox takes the machine's memory from the computer's.",
)
def memory(host: Host, asked: Wanted) -> Result:
    asked.need(asked.memory_mb, "--memory")
    total, free = _memory_mb(host)
    needed = asked.memory_mb + ROOM_MB
    if total < needed:
        return Result(
            FAIL,
            f"The computer has {total:,} MB of memory; with the machine it needs {needed:,}.",
            "Borrow another computer, or work with a neighbour.",
        )
    if free < asked.memory_mb + SPARE_MB:
        return Result(
            WARN,
            f"Only {free:,} MB of memory are free now, and the machine takes {asked.memory_mb:,}.",
            "Close programs before you start the machine, browsers with many tabs first.",
        )
    return Result(
        PASS, f"{free:,} of {total:,} MB are free; the machine takes {asked.memory_mb:,}."
    )


def _memory_mb(host: Host) -> tuple[int, int]:
    """All of it, and what programs could get now."""
    if host.system == "Windows":
        total, free = (host.windows.get(n) for n in ("TotalPhysicalMemory", "FreePhysicalMemory"))
        if not total or not free:
            raise Unknown("Windows does not say how much there is")
        return int(total) // 1024**2, int(free) // 1024
    if host.system == "Darwin":
        total = host.sysctl("hw.memsize")
        said = host.run("/usr/bin/vm_stat")
        size = re.search(r"page size of (\d+) bytes", said)
        pages = re.findall(r"^Pages (?:free|inactive|speculative|purgeable):\s+(\d+)", said, re.M)
        if not total or not size or not pages:
            raise Unknown("macOS does not say how much there is")
        return int(total) // 1024**2, sum(map(int, pages)) * int(size[1]) // 1024**2
    said = dict(re.findall(r"^(\w+):\s+(\d+) kB", host.read("/proc/meminfo"), re.MULTILINE))
    if not {"MemTotal", "MemAvailable"} <= set(said):
        raise Unknown("/proc/meminfo does not say how much there is")
    return int(said["MemTotal"]) // 1024, int(said["MemAvailable"]) // 1024


@check(
    "disk",
    "There is room on the disk for the import",
    "The import ends with E_INVALIDARG or NS_ERROR_INVALID_ARG (0x80070057), VERR_DISK_FULL, "
    "or VBOX_E_FILE_ERROR",
    f"VirtualBox unpacks the disk into its machine folder: {TIMES} times the OVA's size is safe. "
    "It says E_INVALIDARG when that fails, and not why.",
)
def disk(host: Host, asked: Wanted) -> Result:
    if asked.ova is None:
        raise Unknown(asked.why_no_ova)
    folder = host.machines
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    free, needed = host.free_bytes(there), int(asked.ova.size * TIMES)
    elsewhere = "choose another folder in VirtualBox (Preferences, General, Default Machine Folder)"
    if free < needed:
        return Result(
            FAIL,
            f"{_mb(free)} MB are free for {folder}; the import needs {_mb(needed)}.",
            f"Delete what you do not need, or {elsewhere}.",
        )
    if not host.writable(there):
        return Result(FAIL, f"You may not write to {there}.", f"Make it yours, or {elsewhere}.")
    return Result(PASS, f"{_mb(free)} MB are free for {folder}; the import needs {_mb(needed)}.")


def _mb(size: int) -> str:
    return f"{size // 1024**2:,}"


@check(
    "ports",
    "The ports that lead into the machine are free",
    "The page does not open, or another program's page comes, or 'invalid credentials'; NAT: "
    "Failed to set up port forwarding rule. VirtualBox itself often says nothing at all",
    "Docker Desktop, another Jupyter or a web server listens on the same port; on Windows, "
    "Hyper-V reserves whole ranges of ports.",
)
def ports(host: Host, asked: Wanted) -> Result:
    asked.need(asked.ports, "--port")
    found = [_port(host, port) for port in asked.ports]
    bad = [result for result in found if result.status != PASS]
    if not bad:
        names = " and ".join(map(str, asked.ports))
        return Result(PASS, f"Free on {LOOPBACK}: {names}.")
    worst = FAIL if any(result.status == FAIL for result in bad) else WARN
    remedies = dict.fromkeys(result.remedy for result in bad)
    return Result(worst, " ".join(result.message for result in bad), " ".join(remedies))


OTHER_PORT = (
    "Or, after the import, choose the machine, Settings, Network, Port Forwarding, and give it "
    "another host port."
)


def _port(host: Host, port: int) -> Result:
    refusal = host.refusal(port)
    if refusal is None and not host.answers(LOOPBACK, port):
        if not host.answers("::1", port):
            return Result(PASS, f"Port {port} is free.")
        return Result(
            WARN,
            f"Port {port} is free on {LOOPBACK}, but taken on ::1 by {_holder(host, port)}.",
            f"Where a page says localhost, open {LOOPBACK} instead, or stop that program.",
        )
    # Windows refuses so what nobody listens on: a reserved range.
    if getattr(refusal, "winerror", None) == 10013 and not host.answers(LOOPBACK, port):
        return Result(
            FAIL,
            f"Port {port} is reserved by Windows.",
            "netsh interface ipv4 show excludedportrange protocol=tcp lists what is; net stop "
            f"winnat, and net start winnat, as administrator, often frees it. {OTHER_PORT}",
        )
    holder = _holder(host, port)
    if re.match(r"VBox|VirtualBox", holder):
        return Result(
            WARN,
            f"Port {port} is taken by a machine of VirtualBox, {holder}.",
            "If that is the workshop's, all is well; if not, shut it down.",
        )
    return Result(FAIL, f"Port {port} is taken by {holder}.", f"Stop that program. {OTHER_PORT}")


def _holder(host: Host, port: int) -> str:
    """The program that listens on a port, with its number."""
    find = {"Windows": _holder_on_windows, "Darwin": _holder_on_macos}
    try:
        return find.get(host.system, _holder_on_linux)(host, port)
    except Unknown as why:
        return f"a program that has no name here ({why})"


def _holder_on_windows(host: Host, port: int) -> str:
    # The word for LISTENING is in the user's language; the far end of a listener has port 0.
    rows = (line.split() for line in host.run("netstat", "-ano").splitlines())
    pids = [
        row[-1]
        for row in rows
        if len(row) >= 4 and row[0] == "TCP" and row[1].endswith(f":{port}") and row[2][-2:] == ":0"
    ]
    if not pids:
        raise Unknown("netstat does not list it")
    listed = host.run("tasklist", "/FI", f"PID eq {pids[0]}", "/FO", "CSV", "/NH")
    names = [row[0] for row in csv.reader(listed.splitlines()) if row[1:2] == [pids[0]]]
    return f"{names[0] if names else 'a program'} (PID {pids[0]})"


def _holder_on_macos(host: Host, port: int) -> str:
    said = host.run("/usr/sbin/lsof", "-nP", f"-iTCP:{port}", "-sTCP:LISTEN", "-Fpc")
    found = re.search(r"^p(\d+)\n(?:.*\n)*?c(.*)", said, re.MULTILINE)
    if found is None:
        raise Unknown(f"sudo lsof -nP -iTCP:{port} names it")
    return f"{found[2]} (PID {found[1]})"


def _holder_on_linux(host: Host, port: int) -> str:
    listening = "0A"  # the state's number in the kernel's tables
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in host.read(table).splitlines()[1:]:
            words = line.split()
            if words[1].endswith(f":{port:04X}") and words[3] == listening:
                for link in Path("/proc").glob("[0-9]*/fd/*"):
                    try:
                        if os.readlink(link) == f"socket:[{words[9]}]":
                            pid = link.parts[2]
                            return f"{host.read(f'/proc/{pid}/comm').strip()} (PID {pid})"
                    except OSError:
                        pass  # it has ended, or is another user's
    raise Unknown(f"sudo ss -ltnp 'sport = :{port}' names it")


@check(
    "ova",
    "The OVA has all its parts",
    "The import ends with E_INVALIDARG, VERR_EOF, VERR_TAR_UNEXPECTED_EOS, or at once with "
    "Failed to open the appliance",
    "A download or a copy broke off: a browser that gave up, a stick pulled out early.",
)
def ova(host: Host, asked: Wanted) -> Result:
    if asked.ova is None:
        raise Unknown(asked.why_no_ova)
    name = asked.ova.path.name
    if asked.ova.damage:
        return Result(FAIL, f"{name} is damaged: {asked.ova.damage}.", AGAIN)
    said = (asked.ova.memory_mb, set(_forwarded(asked.ova)))
    if said != (asked.memory_mb, set(asked.ports)):
        return Result(
            WARN,
            f"{name} was built for {said[0]} MB and ports {sorted(said[1])}, not for "
            f"{asked.memory_mb} MB and {sorted(set(asked.ports))} as asked for here.",
            "Leave out --memory and --port, or build the OVA again.",
        )
    return Result(
        PASS, f"{name} is complete: {len(asked.ova.members)} parts, {asked.ova.size:,} bytes."
    )


@check(
    "hash",
    "The OVA is the file that was built, bit for bit",
    "VERR_ZIP_CORRUPTED; Digest mismatch (VERR_NOT_EQUAL); the import ends near 100 %; the "
    "machine starts and then reports errors of its disk",
    "Sticks, and downloads resumed in the wrong place, change bytes without changing the size.",
)
def hash_(host: Host, asked: Wanted) -> Result:
    file = asked.whole()
    try:
        digest, parts = file.hashes(_percentage(file.size))
        manifest = file.manifest()
    except OSError as error:
        return Result(FAIL, f"{file.path.name} cannot be read to its end: {error.strerror}.", AGAIN)
    wrong = sorted(name for name, said in manifest.items() if parts.get(name) != said)
    listed = file.listed()
    name = file.path.name
    if listed and listed[1] == digest:
        return Result(PASS, f"{name} has the SHA-256 of {listed[0]}.")
    if wrong:
        return Result(FAIL, f"{name} is damaged: {wrong[0]} in it has changed.", AGAIN)
    if listed and manifest:
        return Result(
            FAIL,
            f"{name} is whole, but another file than {listed[0]} is about.",
            "One of the two is of another version, or was changed: get both from the organiser "
            "again, from the same place.",
        )
    if listed:
        return Result(FAIL, f"{name} has not the SHA-256 of {listed[0]}.", AGAIN)
    if not manifest:
        raise Unknown(f"{name}.sha256 is not beside it, and it has no hashes of its own")
    return Result(
        WARN,
        f"{name} fits its own hashes; whether it is the organiser's file is not known.",
        f"Put {name}.sha256 or SHA256SUMS beside it, and run this again.",
    )


def _percentage(size: int) -> Callable[[int], None]:
    """Shows on a terminal how far a big file is read."""
    last = [-1]

    def shown(done: int) -> None:
        if size >= BIG and sys.stderr.isatty() and done * 100 // size != last[0]:
            last[0] = done * 100 // size
            print(f"{last[0]:3} %", end="\b" * 5, file=sys.stderr, flush=True)

    return shown


@check(
    "ovf",
    "The OVA asks for nothing that plain VirtualBox lacks",
    "Could not find host interface vboxnet0; Implementation of the USB 2.0 controller not found; "
    "unknown NVRAM; OVF contains a medium attachment for a disk image that the OVF describes not; "
    "times some hours off",
    "OVAs exported from somebody's VirtualBox carry that computer's adapters and extensions.",
)
def ovf(host: Host, asked: Wanted) -> Result:
    file = asked.whole()
    odd = []
    if set(file.texts("Connection")) - {"NAT"} or any(map(file.has, NETWORKS)):
        odd.append("a network other than NAT")
    if set(file.attributes("Forwarding", "hostip")) - {LOOPBACK}:
        odd.append(f"ports that are open beyond {LOOPBACK}")
    if {"EHCI", "XHCI"} & set(file.attributes("Controller", "type")):
        odd.append("a controller for USB 2 or 3")
    if file.has("NVRAM"):
        odd.append("memory of a UEFI")
    disks = {uuid.strip("{}") for uuid in file.attributes("Disk", "uuid")}
    if {uuid.strip("{}") for uuid in file.attributes("Image", "uuid")} - disks:
        odd.append("a disk that it does not hold")
    if set(file.attributes("RTC", "localOrUTC")) != {"UTC"}:
        odd.append("a clock in local time")
    if odd:
        return Result(
            FAIL,
            f"{file.path.name} asks for {', '.join(odd)}.",
            "It is not as the build made it: get the organiser's file.",
        )
    return Result(PASS, "NAT alone, no USB, no UEFI memory, the clock in UTC.")


NETWORKS = ("BridgedInterface", "HostOnlyInterface", "InternalNetwork", "NATNetwork")


@check(
    "leftovers",
    "No earlier import is in the way",
    "The import ends with E_INVALIDARG, VERR_ALREADY_EXISTS, or Machine settings file already "
    "exists",
    "A first import broke off and left its folder, or the machine is imported already.",
)
def leftovers(host: Host, asked: Wanted) -> Result:
    asked.need(asked.name, "--name")
    if host.vboxmanage is None:
        raise Unknown("VirtualBox is not installed")
    listed = re.findall(r'^"(.*)" \{', host.run(host.vboxmanage, "list", "vms"), re.MULTILINE)
    if asked.name in listed:
        return Result(
            WARN,
            f"A machine named {asked.name} is imported already.",
            "Start that one; or, to begin anew, choose it, Remove, Delete all files: your work "
            "in it goes with it.",
        )
    folder = host.machines / asked.name
    if folder.is_dir() and any(folder.iterdir()):
        return Result(
            FAIL,
            f"{folder} is there, and is no machine of VirtualBox: an import would stop at it.",
            "It is left over from an import that broke off, or from a machine that was removed "
            "without its files: delete it, or move it away if you have work in it.",
        )
    if "<inaccessible>" in listed:
        return Result(
            WARN,
            "VirtualBox lists a machine that it cannot read.",
            "Start VirtualBox and remove what it shows as inaccessible.",
        )
    return Result(PASS, "Nothing of an earlier import is there.")


# ------------------------------------------------------------------ the program


@dataclass
class Outcome:
    """A line of the report."""

    id: str
    title: str
    status: str
    seconds: float
    message: str
    remedy: str


class Report:
    """Writes a line for each check as it ends, with what to do."""

    def __init__(self, stream) -> None:
        self.stream = stream
        self.colour = stream.isatty() and "NO_COLOR" not in os.environ and os.name != "nt"

    def say(self, text: str) -> None:
        print(text, file=self.stream, flush=True)

    def add(self, outcome: Outcome) -> None:
        pretty, plain = MARKS.get(outcome.status, "\u00b7.")
        try:
            pretty.encode(self.stream.encoding or "ascii")
        except UnicodeEncodeError:
            pretty = plain
        word = f"{pretty} {outcome.status:<5}"
        if self.colour:
            code = {PASS: 32, WARN: 33, FAIL: 31, ERROR: 31}.get(outcome.status, 90)
            word = f"\033[{code}m{word}\033[0m"
        width = max(len(each.id) for each in CHECKS)
        self.say(f"{word}  {outcome.id:<{width}}  {outcome.message}")
        if outcome.remedy:
            self.say(_wrapped(f"What to do: {outcome.remedy}", " " * 9))


def _wrapped(text: str, indent: str) -> str:
    lines = textwrap.wrap(
        text,
        96,
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(lines)


def run(host: Host, asked: Wanted, tell: Callable[[Outcome], None]) -> list[Outcome]:
    """All checks, in their order; one that breaks does not stop the others."""
    outcomes: list[Outcome] = []
    stopped = False
    for each in CHECKS:
        start = time.monotonic()
        try:
            if stopped:
                raise Unknown("this processor cannot run the machine at all")
            result = each.find(host, asked)
        except Unknown as why:
            result = Result(SKIP, f"Not checked: {why}.")
        except Exception as error:  # whatever it is, the other checks go on
            result = Result(
                ERROR,
                f"The check itself failed ({type(error).__name__}: {error}), so nothing is known.",
                "Tell the organiser of this line.",
            )
        outcome = Outcome(
            each.id,
            each.title,
            result.status,
            round(time.monotonic() - start, 3),
            " ".join(result.message.split()),
            result.remedy,
        )
        outcomes.append(outcome)
        tell(outcome)
        stopped = stopped or (each.id == "architecture" and result.status == FAIL)
    return outcomes


def closing(outcomes: list[Outcome]) -> str:
    """The one sentence that sums it all up."""
    ids = {s: [o.id for o in outcomes if o.status == s] for s in (WARN, FAIL, SKIP, ERROR)}
    bad, unknown, warned = ids[FAIL], ids[SKIP] + ids[ERROR], ids[WARN]
    if bad:
        return f"{_count(bad, 'problem')}: {', '.join(bad)}."
    if unknown:
        return f"Nothing is wrong, but not all is known: {', '.join(unknown)}."
    if warned:
        return f"Ready for the workshop, with {_count(warned, 'warning')}: {', '.join(warned)}."
    return "Ready for the workshop."


def _count(things: list[str], word: str) -> str:
    return f"{len(things)} {word}{'' if len(things) == 1 else 's'}"


def ready(outcomes: list[Outcome]) -> bool:
    return not any(outcome.status in (FAIL, SKIP, ERROR) for outcome in outcomes)


def save(outcomes: list[Outcome], where: str, system: str) -> None:
    """Write the report for programs under its name in one go; raises `WrongUse`."""
    report = {
        "schema": SCHEMA,
        "program": "preflight",
        "system": system,
        "ready": ready(outcomes),
        "summary": closing(outcomes),
        "checks": [asdict(outcome) for outcome in outcomes],
    }
    text = json.dumps(report, indent=2)
    if where == "-":
        print(text)
        return
    target = Path(where)
    aside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        aside.write_text(text + "\n", encoding="utf-8")
        aside.replace(target)
    except OSError as error:
        raise WrongUse(f"--json {where} cannot be written: {error.strerror}") from None


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="preflight.py",
        description="Can this computer import and run the workshop's virtual machine?",
        epilog="Exit status: 0 ready (warnings allowed), 1 something fails or could not be "
        "checked, 2 wrong use.",
    )
    add = made.add_argument
    add("ova", nargs="?", type=Path, metavar="OVA", help="default: the one here")
    add("--json", metavar="FILE", help="write a report for programs; `-` is standard output")
    add("--list", action="store_true", help="list the checks and stop")
    add("--explain", metavar="ID", help="say what a check is about, and stop")
    add("--name", help="the machine's name, instead of the OVA's")
    add("--memory", type=int, metavar="MB", help="the machine's memory, instead of the OVA's")
    add(
        "--port",
        type=port_number,
        action="append",
        default=[],
        help="a port of this computer that leads into the machine, instead of the OVA's; as often "
        "as there are such ports",
    )
    return made


def port_number(word: str) -> int:
    number = int(word)
    if not 0 < number < 2**16:
        raise argparse.ArgumentTypeError(f"{word} is no port: those are 1 to {2**16 - 1}")
    return number


def explain(id: str) -> None:
    """All about one check; raises `WrongUse`."""
    for each in CHECKS:
        if each.id == id:
            print(f"{each.id}: {each.title}")
            for label, text in (("What people see", each.symptoms), ("Why", each.cause)):
                print(_wrapped(f"{label}: {text}", "  "))
            return
    raise WrongUse(f"no check is called {id}; there are: {', '.join(e.id for e in CHECKS)}")


def main(words: list[str], host: Host | None = None) -> int:
    """Check this computer; the exit status."""
    # A console that lacks a letter shows its number instead.
    sys.stdout.reconfigure(errors="backslashreplace")
    options = parser().parse_args(words)
    host = host or Host()
    try:
        if options.list:
            width = max(len(each.id) for each in CHECKS)
            for each in CHECKS:
                print(f"{each.id:<{width}}  {each.title}")
            return 0
        if options.explain:
            explain(options.explain)
            return 0
        report = Report(sys.stderr if options.json == "-" else sys.stdout)
        report.say(f"Checking this computer for the workshop ({host.system}, {host.processor()})")
        if host.system == "Linux" and "microsoft" in host.read("/proc/version").lower():
            raise WrongUse("this is WSL, which does not see VirtualBox: run it in Windows itself")
        if not Path(options.json or ".").parent.is_dir():
            raise WrongUse(f"--json {options.json}: there is no such folder")
        asked = wanted(options)
        outcomes = run(host, asked, report.add)
        report.say(closing(outcomes))
        if options.json:
            save(outcomes, options.json, host.system)
        return 0 if ready(outcomes) else 1
    except WrongUse as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nstopped; nothing is known of the other checks", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
