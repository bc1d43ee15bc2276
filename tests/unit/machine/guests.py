"""Guests that need no operating system: boot sectors of a few bytes, as disks and as OVAs."""

import hashlib
import io
import subprocess
import tarfile
from pathlib import Path

_LOAD = 0x7C00
_POWER_OFF = bytes.fromhex("ba0406 b80020 ef")  # out 0x604, 0x2000: ACPI's soft-off in QEMU
_HALT = bytes.fromhex("f4 ebfd")


def sector(message: str, power_off: bool = False) -> bytes:
    """A boot sector that writes `message` to the first serial port, then halts or powers off."""
    end = (_POWER_OFF if power_off else b"") + _HALT
    prologue, loop = bytes.fromhex("31c0 8ed8 fc be"), bytes.fromhex("baf803 ac 84c0 7403 ee ebf8")
    text = _LOAD + len(prologue) + 2 + len(loop) + len(end)
    code = prologue + text.to_bytes(2, "little") + loop + end + message.encode() + b"\0"
    return code.ljust(510, b"\0") + b"\x55\xaa"


def disk(folder: Path, message: str = "", power_off: bool = False) -> Path:
    """A stream-optimised VMDK that holds such a sector."""
    raw, vmdk = folder / "guest.raw", folder / "guest.vmdk"
    raw.write_bytes(sector(message, power_off).ljust(1 << 20, b"\0"))
    options = ["-f", "raw", "-O", "vmdk", "-o", "subformat=streamOptimized"]
    subprocess.run(["qemu-img", "convert", *options, raw, vmdk], check=True)
    return vmdk


def ova(path: Path, content: bytes = b"disk" * 5000, **changed: bytes) -> Path:
    """An OVA with this disk; `changed` parts (ovf, mf, vmdk) differ from what the manifest says."""
    parts = {"ovf": b"<Envelope/>", "vmdk": content}
    digests = {kind: hashlib.sha256(data).hexdigest() for kind, data in parts.items()}
    names = {"ovf": "a.ovf", "mf": "a.mf", "vmdk": "a-disk1.vmdk"}
    lines = [f"SHA256 ({names[kind]}) = {digest}\n" for kind, digest in digests.items()]
    parts = {"ovf": parts["ovf"], "mf": "".join(lines).encode(), "vmdk": content} | changed
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as archive:
        for kind, data in parts.items():
            entry = tarfile.TarInfo(names[kind])
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return path
