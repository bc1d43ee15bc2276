"""The disk image, written without mounting, without loop devices and without root.

    MBR │ 1 boot (FAT: kernel, initrd, SYSLINUX for BIOS, systemd-boot for UEFI)
        │ 2 store (ext4: one squashfs a layer, read-only when running)
        │ 3 state (ext4: whatever the attendee changes; as large as the disk allows)

The image is sparse: free space takes no room in it.
"""

import os
import shutil
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
    """A partition's place on the disk, in MiB, and its MBR type."""

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
    used = sum(path.stat().st_size for path in layers.values()) // MIB
    store_mib = used + used // 50 + STORE_SLACK_MIB
    state_start = 1 + BOOT_MIB + store_mib
    boot_part = Partition(1, BOOT_MIB, "ef, bootable")
    store = Partition(1 + BOOT_MIB, store_mib, "83")
    state = Partition(state_start, size_gb * 1024 - state_start, "83")
    _sparse(image, size_gb * 1024)
    disk_id = identity.short("disk")
    _partition_table(image, [boot_part, store, state], disk_id, environment, log)
    arguments = {"root": f"PARTUUID={disk_id}-02", "state": f"PARTUUID={disk_id}-03"}
    _boot_partition(image, boot_part, boot, identity, arguments, environment, log)
    _store_partition(image, store, layers, identity, environment, log)
    options = ["-i", str(STATE_BYTES_PER_INODE)]
    _ext4(image, state, "state", options, identity, environment, log)


def _sparse(path: Path, mib: int) -> None:
    path.unlink(missing_ok=True)
    path.touch()
    os.truncate(path, mib * MIB)


def _boot_partition(
    image: Path,
    partition: Partition,
    boot: Path,
    identity: Identity,
    arguments: Mapping[str, str],
    environment: Mapping[str, str],
    log: Path,
) -> None:
    """FAT with both boot loaders, which start the same kernel with the same arguments."""
    tree, fat = image.parent / "boot", image.parent / "boot.img"
    _sparse(fat, partition.size)
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
    fixed = ["--invariant", "-i", identity.short("boot"), "-h", str(MIB // SECTOR), "-n", "BOOT"]
    run(["mkfs.vfat", "-F", "32", "-s", "1", *fixed, fat], log, env=environment)
    # mcopy's own recursion would take a folder's files as the file system lists them.
    for path in sorted(tree.rglob("*")):
        target = f"::/{path.relative_to(tree)}"
        command = ["mmd", "-i", fat] if path.is_dir() else ["mcopy", "-i", fat, path]
        run([*command, target], log, env=environment)
    run(["syslinux", "--install", "--directory", "syslinux", fat], log, env=environment)
    where = [f"if={fat}", f"of={image}", "bs=1M", f"seek={partition.start}"]
    run(["dd", *where, "conv=notrunc,sparse", "status=none"], log)


def _store_partition(
    image: Path,
    partition: Partition,
    layers: Mapping[str, Path],
    identity: Identity,
    environment: Mapping[str, str],
    log: Path,
) -> None:
    """ext4 with the layers; the numbers in their names give the order of the stack."""
    tree = image.parent / "store"
    tree.mkdir()
    for number, (name, path) in enumerate(layers.items(), start=1):
        os.link(path, tree / f"{number}0-{name}.squashfs")
    options = ["-d", str(tree), "-i", "1048576", "-O", "^has_journal"]
    _ext4(image, partition, "store", options, identity, environment, log)
    _fix_times(image, partition, sorted(path.name for path in tree.iterdir()), environment, log)


def _fix_times(
    image: Path,
    partition: Partition,
    names: Sequence[str],
    environment: Mapping[str, str],
    log: Path,
) -> None:
    """Replace the times that `mke2fs -d` copied from this machine's files (e2fsprogs 1.47.0)."""
    epoch, script = environment["SOURCE_DATE_EPOCH"], image.parent / "times.debugfs"
    fields = ("atime", "ctime", "mtime")
    lines = [f"set_inode_field /{name} {field} @{epoch}" for name in names for field in fields]
    lines += [f"set_inode_field /{name} {field}_extra 0" for name in names for field in fields]
    script.write_text("\n".join(lines) + "\n")
    where = f"{image}?offset={partition.start * MIB}"
    run(["debugfs", "-w", "-f", script, where], log, env=environment)


def _ext4(
    image: Path,
    partition: Partition,
    label: str,
    options: Sequence[str],
    identity: Identity,
    environment: Mapping[str, str],
    log: Path,
) -> None:
    """An ext4 file system at its place in the image; mke2fs(8) leaves the rest alone."""
    uuid = str(identity.uuid(label))
    extended = f"offset={partition.start * MIB},hash_seed={uuid},root_owner=0:0,nodiscard"
    lazy = "lazy_itable_init=1,lazy_journal_init=1"  # a new image is zero already
    fixed = ["-t", "ext4", "-U", uuid, "-L", label, "-m", "0", "-E", f"{extended},{lazy}"]
    command = ["mke2fs", "-q", "-F", *fixed, *options, image, f"{partition.size}M"]
    run(command, log, env=environment)


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
    script = image.parent / "partitions.sfdisk"
    script.write_text("\n".join(lines) + "\n")
    with script.open() as table:
        run(["sfdisk", "--quiet", image], log, env=environment, stdin=table)
    with image.open("r+b") as disk:
        disk.write(SYSLINUX_MBR.read_bytes()[:440])
