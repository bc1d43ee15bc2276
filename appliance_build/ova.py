"""The OVA: one tar with the machine's description, the hashes, and the disk.

Source: DMTF DSP0243, Open Virtualization Format 1.1; VirtualBox's own settings
follow its source (src/VBox/Main/xml/Settings.cpp): without them an import loses
the port forwards.
"""

import tarfile
from pathlib import Path

from .description import Description
from .disk import TEMPLATES, Identity
from .inputs.fetch import digest


def write(ova: Path, vmdk: Path, description: Description, identity: Identity) -> None:
    """Write the archive.

    Args:
        ova: the file to write; the OVF and the manifest are written beside it.
        vmdk: the disk; its file name is the one in the archive.
    """
    name = description.name
    ovf, manifest = ova.with_name(f"{name}.ovf"), ova.with_name(f"{name}.mf")
    ovf.write_text(
        TEMPLATES.get_template("appliance.ovf.j2").render(
            appliance=description,
            disk=vmdk.name,
            disk_bytes=vmdk.stat().st_size,
            capacity=description.machine.disk_gb * 1024**3,
            machine_uuid=identity.uuid("machine"),
            disk_uuid=identity.uuid("virtual disk"),
            mac="080027" + identity.short("network")[:6].upper(),
        )
    )
    manifest.write_text("".join(f"SHA256 ({f.name}) = {digest(f)}\n" for f in (ovf, vmdk)))
    with tarfile.open(ova, "w", format=tarfile.USTAR_FORMAT) as archive:
        for file in (ovf, manifest, vmdk):
            archive.add(file, file.name, filter=lambda member: _plain(member, description.epoch))


def _plain(member: tarfile.TarInfo, epoch: int) -> tarfile.TarInfo:
    """Nothing of who packed it, where and when."""
    member.mtime, member.mode = epoch, 0o644
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member
