"""Packs tiny layers and stand-ins for kernel and initrd with the build's own code."""

import json
import random
import subprocess
import sys
from pathlib import Path

from .copies import call

LAYERS = ("system", "science", "vm")


def tiny_layers(folder: Path) -> dict[str, Path]:
    """Three small squashfs files; the last one does not compress."""
    layers = {}
    for number, name in enumerate(LAYERS):
        tree = folder / name
        tree.mkdir(parents=True)
        (tree / "data").write_bytes(random.Random(number).randbytes(1 + number * 1_000_000))
        layers[name] = folder / f"{name}.squashfs"
        command = ["mksquashfs", tree, layers[name], "-quiet", "-no-progress", "-all-time", "0"]
        subprocess.run([*command, "-mkfs-time", "0"], check=True, stdout=subprocess.DEVNULL)
    return layers


def tiny_boot(folder: Path) -> Path:
    """A folder with files in the places of kernel and initial RAM file system."""
    folder.mkdir(parents=True)
    (folder / "vmlinuz").write_bytes(b"kernel" * 1000)
    (folder / "initrd.img").write_bytes(b"initrd" * 1000)
    return folder


def package(project: Path, work: Path, layers: dict[str, Path], boot: Path) -> Path:
    """Pack them as Packer's template does; returns the OVA."""
    work.mkdir()
    job = {
        "layers": {name: str(path) for name, path in layers.items()},
        "boot": str(boot),
        "target": str(work / "appliance.ova"),
        "log": str(work / "package.log"),
    }
    (work / "job.json").write_text(json.dumps(job))
    words = [sys.executable, "-m", "appliance_build.package", work / "job.json"]
    done = call(words, project, work / "cache")
    assert done.returncode == 0, done.stderr + (work / "package.log").read_text()
    return work / "appliance.ova"
