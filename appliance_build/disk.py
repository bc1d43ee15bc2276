"""The disk image, written without mounting, without loop devices and without root.

    MBR │ 1 boot (FAT: kernel, initrd, SYSLINUX for BIOS, systemd-boot for UEFI)
        │ 2 store (ext4: one squashfs a layer, read-only when running)
        │ 3 state (ext4: whatever the attendee changes; as large as the disk allows)

The image is sparse: free space takes no room in it.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid5

from jinja2 import Environment, PackageLoader, StrictUndefined

from .run import run

MIB = 1024 * 1024
SECTOR = 512
BOOT_MIB = 64
STORE_SLACK_MIB = 256  # room for an update beside what it replaces
STATE_BYTES_PER_INODE = 65536

SYSLINUX_MBR = Path("/usr/lib/SYSLINUX/mbr.bin")
SYSTEMD_BOOT = Path("/usr/lib/systemd/boot/efi/systemd-bootx64.efi")

TEMPLATES = Environment(
    loader=PackageLoader("appliance_build"), undefined=StrictUndefined, keep_trailing_newline=True
)


@dataclass(frozen=True)
class Identity:
    """Names of one version's disk, derived from it so that they are the same in every build."""

    version: UUID

    def uuid(self, part: str) -> UUID:
        """The UUID of one part of the appliance."""
        return uuid5(self.version, part)

    def short(self, part: str) -> str:
        """Eight hexadecimal digits: MBR and FAT serial numbers, VMDK content ids."""
        return self.uuid(part).hex[:8]


@dataclass(frozen=True)
class Partition:
    """A partition's content and its place, in MiB."""

    image: Path
    start: int
    size: int
    kind: str


def write(
    image: Path,
    layers: Mapping[str, Path],
    boot: Path,
    size_gb: int,
    identity: Identity,
    environment: Mapping[str, str],
    log: Path,
) -> None:
    """Write the whole disk.

    Args:
        image: the raw image to write; its folder takes the partitions on the way.
        layers: squashfs file of each layer, the lowest first.
        boot: folder with `vmlinuz` and `initrd.img`.
        size_gb: size of the disk in GiB.
        environment: for the programs; SOURCE_DATE_EPOCH and TZ=UTC fix their time stamps.
    """
    work = image.parent
    disk_id = identity.short("disk")
    used = sum(path.stat().st_size for path in layers.values()) // MIB
    store_mib = used + used // 50 + STORE_SLACK_MIB
    state_start = 1 + BOOT_MIB + store_mib
    partitions = [
        Partition(work / "boot.img", 1, BOOT_MIB, "ef, bootable"),
        Partition(work / "store.img", 1 + BOOT_MIB, store_mib, "83"),
        Partition(work / "state.img", state_start, size_gb * 1024 - state_start, "83"),
    ]
    for partition in partitions:
        _sparse(partition.image, partition.size)
    arguments = {"root": f"PARTUUID={disk_id}-02", "state": f"PARTUUID={disk_id}-03"}
    _boot_partition(partitions[0].image, boot, identity, arguments, environment, log)
    _store_partition(partitions[1].image, layers, identity, environment, log)
    options = ["-i", str(STATE_BYTES_PER_INODE), "-E", "lazy_itable_init=1,lazy_journal_init=1"]
    _ext4(partitions[2].image, "state", options, identity, environment, log)
    _sparse(image, size_gb * 1024)
    _partition_table(image, partitions, disk_id, environment, log)
    for partition in partitions:
        _copy_into(image, partition, log)


def _sparse(path: Path, mib: int) -> None:
    path.unlink(missing_ok=True)
    path.touch()
    os.truncate(path, mib * MIB)


def _boot_partition(
    image: Path,
    boot: Path,
    identity: Identity,
    arguments: Mapping[str, str],
    environment: Mapping[str, str],
    log: Path,
) -> None:
    """FAT with both boot loaders, which start the same kernel with the same arguments."""
    tree = image.with_suffix("")
    (tree / "EFI" / "BOOT").mkdir(parents=True)
    (tree / "loader" / "entries").mkdir(parents=True)
    (tree / "syslinux").mkdir()
    for name in ("vmlinuz", "initrd.img"):
        os.link(boot / name, tree / name)
    shutil.copy(SYSTEMD_BOOT, tree / "EFI" / "BOOT" / "BOOTX64.EFI")
    for template, target in {
        "syslinux.cfg.j2": "syslinux/syslinux.cfg",
        "loader.conf.j2": "loader/loader.conf",
        "entry.conf.j2": "loader/entries/appliance.conf",
    }.items():
        (tree / target).write_text(TEMPLATES.get_template(template).render(arguments))
    run(
        ["mkfs.vfat", "-F", "32", "-s", "1", "--invariant", "-i", identity.short("boot")]
        + ["-h", str(MIB // SECTOR), "-n", "BOOT", image],
        log,
        env=environment,
    )
    names = sorted(path.name for path in tree.iterdir())
    run(["mcopy", "-s", "-i", image, *(tree / name for name in names), "::"], log, env=environment)
    run(["syslinux", "--install", "--directory", "syslinux", image], log, env=environment)


def _store_partition(
    image: Path,
    layers: Mapping[str, Path],
    identity: Identity,
    environment: Mapping[str, str],
    log: Path,
) -> None:
    """ext4 with the layers; the numbers in their names give the order of the stack."""
    tree = image.with_suffix("")
    tree.mkdir()
    for number, (name, path) in enumerate(layers.items(), start=1):
        os.link(path, tree / f"{number}0-{name}.squashfs")
    options = ["-d", str(tree), "-i", "1048576", "-O", "^has_journal"]
    _ext4(image, "store", options, identity, environment, log)


def _ext4(
    image: Path,
    label: str,
    options: Sequence[str],
    identity: Identity,
    environment: Mapping[str, str],
    log: Path,
) -> None:
    uuid = str(identity.uuid(label))
    fixed = ["-U", uuid, "-E", f"hash_seed={uuid},root_owner=0:0", "-m", "0", "-L", label]
    run(["mke2fs", "-q", "-t", "ext4", *fixed, *options, image], log, env=environment)


def _partition_table(
    image: Path,
    partitions: Sequence[Partition],
    disk_id: str,
    environment: Mapping[str, str],
    log: Path,
) -> None:
    lines = ["label: dos", f"label-id: 0x{disk_id}"] + [
        f"start={p.start * MIB // SECTOR}, size={p.size * MIB // SECTOR}, type={p.kind}"
        for p in partitions
    ]
    with log.open("a") as output:
        subprocess.run(
            ["sfdisk", "--quiet", image],
            input="\n".join(lines) + "\n",
            text=True,
            stdout=output,
            stderr=output,
            env=environment,
            check=True,
        )
    with image.open("r+b") as disk:
        disk.write(SYSLINUX_MBR.read_bytes()[:440])


def _copy_into(image: Path, partition: Partition, log: Path) -> None:
    """Copy a partition to its place and leave holes where it has none."""
    command = ["dd", f"if={partition.image}", f"of={image}", "bs=1M", f"seek={partition.start}"]
    run([*command, "conv=notrunc,sparse", "status=none"], log)
    partition.image.unlink()
