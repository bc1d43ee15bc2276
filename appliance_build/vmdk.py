"""Stream-optimised VMDK: the compressed, sparse disk format of OVAs.

Source: VMware, Virtual Disk Format 5.0, "Stream-Optimized Compressed Sparse Extents".
"""

import re
import struct
from pathlib import Path

from .errors import BuildError
from .run import run

MAGIC = b"KDMV"
SECTOR = 512


def convert(raw: Path, vmdk: Path, content_id: str, log: Path) -> None:
    """Convert a raw image and compare the result with it.

    qemu-img writes a random content id; it is replaced by `content_id` (eight
    hexadecimal digits), so that the same disk gives the same file.
    """
    options = ["-O", "vmdk", "-o", "subformat=streamOptimized,adapter_type=lsilogic"]
    run(["qemu-img", "convert", "-f", "raw", *options, raw, vmdk], log)
    _end_stream(vmdk)
    run(["qemu-img", "compare", "-f", "raw", "-F", "vmdk", raw, vmdk], log)
    _set_content_id(vmdk, content_id)


def _end_stream(vmdk: Path) -> None:
    """Append the end-of-stream marker, a sector of zeros, that qemu-img leaves out.

    Without it VirtualBox 7.2 refuses the import (VERR_EOF) when the last grain
    does not compress.
    """
    with vmdk.open("ab") as file:
        file.write(bytes(SECTOR))


def _set_content_id(vmdk: Path, content_id: str) -> None:
    with vmdk.open("r+b") as file:
        header = file.read(SECTOR)
        if header[:4] != MAGIC:
            raise BuildError(f"{vmdk} is no VMDK; the installed qemu-img cannot be used")
        offset, size = (sectors * SECTOR for sectors in struct.unpack_from("<QQ", header, 28))
        file.seek(offset)
        descriptor = file.read(size)
        line = b"CID=" + content_id.encode()
        changed, count = re.subn(rb"(?m)^CID=[0-9a-f]+$", line, descriptor)
        # Its id had one to eight digits, and with fewer than eight the last line may lack its end.
        changed = (changed.rstrip(b"\0\n") + b"\n").ljust(size, b"\0")
        if count != 1 or len(changed) != size:
            raise BuildError(f"{vmdk} has a descriptor of an unknown form")
        file.seek(offset)
        file.write(changed)
