"""The disk in the OVA, read back with tools that had no part in writing it."""

import json
import re
import subprocess
import tarfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from appliance_build import description
from appliance_build.disk import SYSLINUX_MBR, SYSTEMD_BOOT
from appliance_build.package import identity
from appliance_build.paths import PROJECT

from . import packing

MIB = 1024 * 1024


def output(*words: str | Path) -> str:
    done = subprocess.run(words, capture_output=True, text=True, check=True, errors="replace")
    return done.stdout


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    """A packed disk as a raw image again: `raw`, `table`, `layers`, `boot` folder."""
    folder = tmp_path_factory.mktemp("disk")
    layers = packing.tiny_layers(folder / "layers")
    boot = packing.tiny_boot(folder / "boot")
    ova = packing.package(PROJECT, folder / "work", layers, boot)
    with tarfile.open(ova) as archive:
        vmdk = next(member for member in archive if member.name.endswith(".vmdk"))
        archive.extract(vmdk, folder, filter="data")
    raw = folder / "disk.raw"
    output("qemu-img", "convert", "-O", "raw", folder / vmdk.name, raw)
    table = json.loads(output("sfdisk", "--json", raw))["partitiontable"]
    return SimpleNamespace(raw=raw, table=table, layers=layers, boot=boot, folder=folder)


def start(disk, number: int) -> int:
    """Where a partition starts on the disk, in bytes."""
    return disk.table["partitions"][number - 1]["start"] * 512


def fat(disk) -> str:
    """The boot partition as mtools name it."""
    return f"{disk.raw}@@{start(disk, 1)}"


def ext4(disk, number: int) -> str:
    """An ext4 partition as e2fsprogs name it."""
    return f"{disk.raw}?offset={start(disk, number)}"


def on_fat(disk, name: str) -> bytes:
    words = ["mtype", "-i", fat(disk), f"::{name}"]
    return subprocess.run(words, capture_output=True, check=True).stdout


def test_the_table_has_boot_store_and_state_up_to_the_end(disk):
    boot, store, state = disk.table["partitions"]
    assert disk.table["label"] == "dos"
    assert disk.table["id"] == f"0x{identity(description.load()).short('disk')}"
    assert (boot["type"], boot.get("bootable")) == ("ef", True)
    assert [store["type"], state["type"]] == ["83", "83"]
    assert not store.get("bootable") and not state.get("bootable")
    assert boot["start"] * 512 == MIB
    for before, after in ((boot, store), (store, state)):
        assert before["start"] + before["size"] == after["start"]
    size = description.load().machine.disk_gb * 1024 * MIB
    assert (state["start"] + state["size"]) * 512 == disk.raw.stat().st_size == size


def test_the_boot_code_is_there_and_the_image_is_sparse(disk):
    with disk.raw.open("rb") as file:
        sector = file.read(512)
    code = SYSLINUX_MBR.read_bytes()
    assert sector[: len(code)] == code and sector[510:] == b"\x55\xaa"
    assert disk.raw.stat().st_blocks * 512 < 128 * MIB


def test_both_boot_loaders_start_the_same_system(disk):
    syslinux = on_fat(disk, "syslinux/syslinux.cfg").decode()
    entry = on_fat(disk, "loader/entries/appliance.conf").decode()
    assert "appliance.conf" in on_fat(disk, "loader/loader.conf").decode()
    arguments = re.search(r"(?m)^\s*APPEND (.+)$", syslinux).group(1)
    assert re.search(r"(?m)^options (.+)$", entry).group(1) == arguments
    uuids = [f"PARTUUID={part['uuid']}" for part in table_with_uuids(disk)]
    assert f"root={uuids[1]}" in arguments.split()
    assert f"state={uuids[2]}" in arguments.split()
    for name in ("vmlinuz", "initrd.img"):
        assert on_fat(disk, name) == (disk.boot / name).read_bytes()
        assert f"/{name}\n" in syslinux and f"/{name}\n" in entry


def table_with_uuids(disk) -> list[dict[str, str]]:
    """Partition UUIDs as the kernel and udev form them for an MBR disk; see blkid(8)."""
    found = []
    for part in disk.table["partitions"]:
        at = ["--offset", str(part["start"] * 512), "--size", str(part["size"] * 512)]
        label = output("blkid", "--probe", *at, "--match-tag", "LABEL", "-o", "value", disk.raw)
        found.append({"uuid": f"{disk.table['id'][2:]}-{len(found) + 1:02}", "label": label})
    assert [part["label"].strip() for part in found] == ["BOOT", "store", "state"]
    return found


def test_bios_and_uefi_find_their_loaders(disk):
    assert on_fat(disk, "EFI/BOOT/BOOTX64.EFI") == SYSTEMD_BOOT.read_bytes()
    assert "ldlinux.sys" in output("mdir", "-a", "-b", "-i", fat(disk), "::syslinux")
    with disk.raw.open("rb") as file:
        file.seek(start(disk, 1))
        assert b"SYSLINUX" in file.read(512)


def test_the_store_has_the_layers_in_order_and_whole(disk):
    store = ext4(disk, 2)
    names = re.findall(r"(\d+)-(\w+)\.squashfs", output("debugfs", "-R", "ls /", store))
    assert [name for _, name in sorted(names)] == list(packing.LAYERS)
    for number, name in names:
        copy = disk.folder / "dumped"
        output("debugfs", "-R", f"dump /{number}-{name}.squashfs {copy}", store)
        assert copy.read_bytes() == disk.layers[name].read_bytes()


@pytest.mark.parametrize(("number", "label"), [(2, "store"), (3, "state")])
def test_the_ext4_file_systems_are_clean_and_fill_their_partitions(disk, number, label):
    file = ext4(disk, number)
    output("e2fsck", "-f", "-n", file)
    header = dict(re.findall(r"(?m)^([^:\n]+):\s+(.*)$", output("dumpe2fs", "-h", file)))
    assert header["Filesystem volume name"] == label
    assert header["Filesystem UUID"] == str(identity(description.load()).uuid(label))
    size = int(header["Block count"]) * int(header["Block size"])
    room = disk.table["partitions"][number - 1]["size"] * 512
    assert 0 <= room - size < int(header["Block size"])
    assert header["Reserved block count"] == "0"
