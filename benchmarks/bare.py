"""The peer of the boot benchmark: a bare Debian with sshd, as mmdebstrap makes it.

The same kernel, emulator, processor, memory and kind of disk as the appliance's. It is
booted by QEMU directly, without firmware and boot loader, which is in its favour.
"""

import shutil
import subprocess
from pathlib import Path

from appliance_build.description import Description
from appliance_build.machine.command import SYSTEM, sata
from appliance_build.run import run
from appliance_build.store import Store, fingerprint, locked, work_folder

PACKAGES = ["systemd-sysv", "openssh-server", "linux-image-amd64", "initramfs-tools"]
NETWORK = "[Match]\nType=ether\n[Network]\nDHCP=ipv4\n"
SIZE = "2G"


def make(log: Path) -> Path:
    """The folder with its disk, kernel and initrd; made once and kept in the cache."""
    store, key = Store("benchmarks"), fingerprint(PACKAGES, NETWORK, SIZE)
    with locked():
        if entry := store.find("bare", key):
            return entry
        with store.make("bare", key) as result, work_folder("bare-tree-") as work:
            tree = work / "tree"
            packages = f"--include={','.join(PACKAGES)}"
            run(["mmdebstrap", "--mode=root", "--variant=minbase", packages, "bookworm", tree], log)
            (tree / "etc/systemd/network/10.network").write_text(NETWORK)
            run(["chroot", tree, "systemctl", "enable", "systemd-networkd"], log)
            for name, pattern in {"vmlinuz": "vmlinuz-*", "initrd.img": "initrd.img-*"}.items():
                shutil.copy(next((tree / "boot").glob(pattern)), result / name)
            run(["mke2fs", "-q", "-t", "ext4", "-d", tree, result / "disk.img", SIZE], log)
        return store.path("bare", key)


def start(entry: Path, description: Description, accelerator: list[str], port: int):
    """Start it with sshd on a loopback port of the host; returns QEMU's process."""
    machine = description.machine
    command = [SYSTEM, *accelerator, "-smp", str(machine.cpus), "-m", str(machine.memory_mb)]
    command += ["-nodefaults", "-no-user-config", "-display", "none", "-snapshot", "-vga", "std"]
    command += ["-kernel", str(entry / "vmlinuz"), "-initrd", str(entry / "initrd.img")]
    command += ["-append", "root=/dev/sda rw quiet net.ifnames=0"]
    command += sata(entry / "disk.img", "raw")
    command += ["-netdev", f"user,id=net,hostfwd=tcp:127.0.0.1:{port}-:22"]
    command += ["-device", "e1000,netdev=net,romfile="]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL)
