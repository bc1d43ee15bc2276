"""Is the virtual machine what it was built for, and can its host reach it?"""

import re

from ..check import Check
from ..context import Context
from ..result import Result, failed, passed, skipped, warned

OLDEST = 7  # VirtualBox, of which version the appliance is handed out for
VIRTUALBOX = "oracle"  # as systemd-detect-virt(1) calls it
MODULES = ("vboxguest", "vboxsf")
# An attribute of Linux's own driver (drivers/virt/vboxguest/vboxguest_linux.c).
HOST_VERSION = "/sys/bus/pci/drivers/vboxguest"


class Guest(Check):
    id = "guest"
    title = "Virtual machine"
    group = "Machine"
    proves = (
        "The network card has an address, through which the host's ports lead here; in "
        "VirtualBox, its guest support is loaded and its version is 7 or later."
    )
    matters = "Without an address no browser gets in; without guest support no shared folders."
    remedy = (
        "Start the appliance again. In VirtualBox, Settings, Network, Adapter 1 is on, attached "
        "to NAT, and its cable connected."
    )
    seconds = 0.1

    def run(self, context: Context) -> Result:
        addresses = local_addresses((context.proc / "net" / "fib_trie").read_text())
        outward = [each for each in addresses if not each.startswith("127.")]
        evidence = {"hypervisor": context.hypervisor, "addresses": outward}
        if not outward:
            return failed("the network card has no address", **evidence)
        if context.hypervisor != VIRTUALBOX:
            return passed(f"{context.place}, address {outward[0]}", **evidence)
        loaded = {line.split()[0] for line in (context.proc / "modules").read_text().splitlines()}
        version = _host_version(context)
        evidence |= {"modules": sorted(loaded.intersection(MODULES)), "virtualbox": version}
        if missing := [name for name in MODULES if name not in loaded]:
            return failed(
                f"VirtualBox's guest support is not loaded: {', '.join(missing)}",
                f"`sudo modprobe -a {' '.join(MODULES)}`",
                **evidence,
            )
        if not (major := re.match(r"\d+", version)):
            return skipped("VirtualBox does not tell its version", **evidence)
        if int(major[0]) < OLDEST:
            return warned(
                f"VirtualBox {version} is older than {OLDEST}",
                f"Install VirtualBox {OLDEST} on your own computer and import the appliance there.",
                **evidence,
            )
        return passed(f"VirtualBox {version}, address {outward[0]}", **evidence)


def local_addresses(trie: str) -> list[str]:
    """The IPv4 addresses of this machine, from /proc/net/fib_trie."""
    found = re.findall(r"\|-- ([\d.]+)\n\s+/32 host LOCAL", trie)
    return list(dict.fromkeys(found))


def _host_version(context: Context) -> str:
    """For example "7.1.4r165100"; "" where the driver does not say."""
    for path in context.at(HOST_VERSION).glob("*/host_version"):
        return path.read_text().strip()
    return ""
