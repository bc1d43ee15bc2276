"""Takes the layers out of a finished disk, as they were shipped. Nothing is mounted."""

import json
import subprocess
from pathlib import Path

STORE, STATE = 1, 2  # partitions after the boot partition (appliance_build/disk.py)


def raw(disk: Path, target: Path) -> Path:
    """Any disk image that QEMU reads as a raw, sparse one."""
    subprocess.run(["qemu-img", "convert", "-O", "raw", disk, target], check=True)
    return target


def partition(image: Path, number: int) -> str:
    """One partition of a raw image, as the tools of e2fsprogs name it."""
    listed = subprocess.run(["sfdisk", "--json", image], check=True, capture_output=True)
    table = json.loads(listed.stdout)["partitiontable"]
    return f"{image}?offset={table['partitions'][number]['start'] * table['sectorsize']}"


def names(part: str, folder: str) -> list[str]:
    """What a folder of an ext4 partition holds, sorted."""
    listed = debugfs(part, f"ls -p {folder}")
    return sorted(
        name for line in listed.splitlines() if line and (name := line.split("/")[5]) not in ".."
    )


def copy(part: str, path: str, target: Path) -> None:
    """Copy a file out of an ext4 partition."""
    debugfs(part, f"dump {path} {target}")
    if not target.exists():
        raise FileNotFoundError(f"{path} in {part}")


def debugfs(part: str, request: str) -> str:
    """The answer to one request; debugfs(8) has no exit status for a failing one."""
    command = ["debugfs", "-R", request, part]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def unpacked_layers(disk: Path, work: Path) -> dict[str, Path]:
    """The tree of each layer by its name, the lowest first.

    Args:
        disk: as it came out of the OVA.
        work: an empty folder.
    """
    store = partition(raw(disk, work / "disk.raw"), STORE)
    trees = {}
    for name in names(store, "/"):
        if name.endswith(".squashfs"):
            copy(store, f"/{name}", work / name)
            layer = name.removesuffix(".squashfs").partition("-")[2]
            trees[layer] = work / layer
            command = ["unsquashfs", "-quiet", "-no-progress", "-dest", trees[layer], work / name]
            subprocess.run(command, check=True)
    return trees
