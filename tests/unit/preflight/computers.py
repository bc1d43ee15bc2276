"""Computers of other people: what their programs print, as vendors document it.

Sources of the outputs:
- Win32_Processor, Win32_ComputerSystem, Win32_OperatingSystem, Win32_DeviceGuard: Microsoft Learn,
  the classes' pages (Architecture 9 is x64, 12 ARM64; HypervisorPresent "If True, a hypervisor is
  present"; SecurityServicesRunning 1 Credential Guard, 2 hypervisor-enforced code integrity), and
  ComputerInfo.HyperVRequirement*, "If a HyperVisor is not present, indicates the state of …".
- netstat, tasklist: Microsoft Learn, Windows Commands (-a, -n, -o; /fo csv, /nh, /fi "PID eq …").
- sysctl.proc_translated: Apple, About the Rosetta translation environment; kern.hv_support: Apple,
  Hypervisor, Requirements. vm_stat, lsof: their manual pages (lsof: OUTPUT FOR OTHER PROGRAMS).
- VBoxManage: Oracle VirtualBox, User Guide, VBoxManage list.
- /proc/modules: proc_modules(5); kvm.enable_virt_at_load: Linux, kernel-parameters.txt.
"""

import json
from pathlib import Path

import preflight

GIB = 1024**3
VBOX_WINDOWS = r"C:\Program Files\Oracle\VirtualBox\VBoxManage.exe"
VBOX_MACOS = "/Applications/VirtualBox.app/Contents/MacOS/VBoxManage"

NETSTAT = """
Active Connections

  Proto  Local Address          Foreign Address        State           PID
  TCP    0.0.0.0:135            0.0.0.0:0              {listening}       1104
  TCP    127.0.0.1:50312        127.0.0.1:{port}         ESTABLISHED     7712
  TCP    {address}:{port}           {far}              {listening}       {pid}
  UDP    0.0.0.0:{port}           *:*                                    9999
"""

#: /FO CSV /NH /FI "PID eq N"
TASKLIST = '"{name}","{pid}","Console","1","123,456 K"\n'
TASKLIST_NONE = "INFO: No tasks are running which match the specified criteria.\n"

VM_STAT = """Mach Virtual Memory Statistics: (page size of 4096 bytes)
Pages free:                              {free}.
Pages active:                            205479.
Pages inactive:                          262144.
Pages speculative:                       131072.
Pages throttled:                              0.
Pages wired down:                         61009.
Pages purgeable:                              0.
"Translation faults":                  26323651.
"""


class Computer(preflight.Host):
    """A healthy computer; tests change what is not.

    Args:
        system: as `platform.system()` names it.
        machines: VirtualBox's machine folder, a real one.
    """

    def __init__(self, system: str, machines: Path) -> None:
        self.system = system
        self.environ = {}
        self.said: dict[str, str] = {}
        """What a command prints, by the words that it begins with."""
        self.files: dict[str, str] = {}
        self.programs = {"netstat", "tasklist"}
        self.python = {"Windows": "AMD64"}.get(system, "x86_64")
        self.linux = (6, 1)
        self.room = 100 * GIB
        self.taken: dict[tuple[str, int], OSError | None] = {}
        """By address and port; what a try to take the port ends in."""
        self.vbox("7.1.12r169651", machines)

    def vbox(self, version: str, machines: Path, *names: str) -> None:
        """VirtualBox is installed, and lists these machines."""
        where = {"Windows": VBOX_WINDOWS, "Darwin": VBOX_MACOS}.get(self.system)
        if self.system == "Windows":
            self.environ["ProgramFiles"] = r"C:\Program Files"
        if where:
            self.files[where] = ""
        else:
            self.programs.add("VBoxManage")
            self.files["/dev/vboxdrv"] = ""
        command = where or "VBoxManage"
        self.said[f"{command} --version"] = f"{version}\n"
        self.said[f"{command} list systemproperties"] = (
            "API version:                     7_1\n"
            f"Default machine folder:          {machines}\n"
            "Raw-mode Supported:              no\n"
        )
        uuid = "{5f0ac76c-0f0d-4f3b-8d4c-0d1ec3c0a6f2}"
        self.said[f"{command} list vms"] = "".join(f'"{name}" {uuid}\n' for name in names)

    def processor(self) -> str:
        return self.python

    def kernel(self) -> tuple[int, int]:
        return self.linux

    def run(self, *words: str) -> str:
        command = " ".join(words)
        for start, text in self.said.items():
            if command.startswith(start):
                return text
        raise preflight.Unknown(f"{words[0]} failed: unknown: {command}")

    def read(self, path: str) -> str:
        return self.files.get(path, "")

    def exists(self, path: str) -> bool:
        return path in self.files

    def which(self, program: str) -> str | None:
        return program if program in self.programs else None

    def free_bytes(self, folder: Path) -> int:
        return self.room

    def answers(self, address: str, port: int) -> bool:
        return (address, port) in self.taken and self.taken[address, port] is None

    def refusal(self, port: int) -> OSError | None:
        return self.taken.get((preflight.LOOPBACK, port))


def windows(machines: Path, **facts: object) -> Computer:
    """Windows 11 on a PC with 16 GiB, VirtualBox, and no hypervisor of its own."""
    computer = Computer("Windows", machines)
    computer.programs.add("powershell")
    answer = {
        "Architecture": 9,
        "VirtualizationFirmwareEnabled": True,
        "VMMonitorModeExtensions": True,
        "HypervisorPresent": False,
        "TotalPhysicalMemory": 16 * GIB,
        "FreePhysicalMemory": 8 * 1024**2,  # in KiB
        "SecurityServicesRunning": "0",
    }
    computer.said["powershell"] = json.dumps(answer | facts)
    return computer


def macos(machines: Path) -> Computer:
    """An Intel Mac with 16 GiB."""
    computer = Computer("Darwin", machines)
    sysctl = "/usr/sbin/sysctl -n "
    computer.said[f"{sysctl}kern.hv_support"] = "1\n"
    computer.said[f"{sysctl}hw.memsize"] = f"{16 * GIB}\n"
    computer.said["/usr/bin/vm_stat"] = VM_STAT.format(free=1_048_576)
    return computer


def linux(machines: Path) -> Computer:
    """A PC with Linux 6.1, 16 GiB and no module of KVM."""
    computer = Computer("Linux", machines)
    computer.files["/proc/cpuinfo"] = "processor\t: 0\nflags\t\t: fpu lm vmx sse4_2\n" * 2
    computer.files["/proc/meminfo"] = (
        f"MemTotal:       {16 * 1024**2} kB\nMemFree:          200000 kB\n"
        f"MemAvailable:   {8 * 1024**2} kB\n"
    )
    computer.files["/proc/modules"] = "vboxdrv 581632 2 vboxnetadp,vboxnetflt, Live 0x0\n"
    return computer


ALL = (windows, macos, linux)


def results(computer: Computer, *words: str) -> dict[str, preflight.Outcome]:
    """What all checks say of it, by id."""
    asked = preflight.wanted(preflight.parser().parse_args(list(map(str, words))))
    return {o.id: o for o in preflight.run(computer, asked, lambda outcome: None)}


def only(computer: Computer, ova: Path, id: str, status: str, *, also: tuple[str, ...] = ()):
    """The outcome of one check, which must have this status; the others must be well."""
    found = results(computer, ova)
    assert found[id].status == status, found[id]
    assert bool(found[id].remedy) == (status in ("WARN", "FAIL")), found[id]
    well = {i: o for i, o in found.items() if i not in (id, *also)}
    assert {o.status for o in well.values()} <= {"PASS", "N/A"}, well
    return found[id]
