"""A finished OVA in small: its layers hold next to nothing, and its kernel is none."""

import json
import subprocess
import tarfile
from pathlib import Path

from appliance_build.description import Description
from appliance_build.paths import PROJECT

from ..make import packing

SHARE = Path("usr/share/workshop")


def squashed(tree: Path, squashfs: Path) -> Path:
    """A folder as a layer."""
    command = ["mksquashfs", tree, squashfs, "-quiet", "-no-progress", "-all-root"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return squashfs


def ova(folder: Path, description: Description, **changes: object) -> Path:
    """The OVA, packed by the build's own code.

    Args:
        changes: of what it says that its appliance.yml was.
    """
    layers = packing.tiny_layers(folder / "layers")
    tree = folder / "layers" / "content"
    (tree / SHARE).mkdir(parents=True)
    told = description.model_dump(mode="json") | changes
    (tree / SHARE / "appliance.json").write_text(json.dumps(told, indent=1))
    layers["content"] = squashed(tree, folder / "layers" / "content.squashfs")
    return packing.package(PROJECT, folder / "work", layers, packing.tiny_boot(folder / "boot"))


def changes(folder: Path, collected: Path) -> Path:
    """Pack a folder as packer/customise/collect.yml packs the upper folder of a machine."""
    from ruamel.yaml import YAML

    [play] = YAML(typ="safe").load(PROJECT / "packer" / "customise" / "collect.yml")
    argv = next(
        task["ansible.builtin.command"]["argv"]
        for task in play["tasks"]
        if "argv" in task.get("ansible.builtin.command", {})
    )
    own = {
        "--file": collected,
        "--directory": folder,
        "--exclude-from": PROJECT / "packer" / "customise" / "left-out",
    }
    command = []
    for word in argv:
        name = word.partition("=")[0]
        command.append(f"{name}={own.pop(name)}" if name in own else word)
    assert not own, f"collect.yml packs without {own}"
    subprocess.run(command, check=True)
    return collected


def members(archive: Path) -> set[str]:
    """The names in a tar, from the root of the system on."""
    with tarfile.open(archive) as tar:
        return {name.removeprefix("./") for name in tar.getnames()} - {"."}
