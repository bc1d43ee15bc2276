"""`make ova`: from the description to one file in build/, doing only what is needed."""

import json
import os
import shutil
import sys
import time
from pathlib import Path

from . import assets
from .description import Description
from .errors import BuildError
from .layers import HERE, LAYERS, Builder
from .paths import BUILD, PROJECT, cache
from .progress import console, elapsed, step, warn
from .run import PACKAGES, require, run
from .store import fingerprint, locked, work_folder
from .tree import NAMESPACE

#: Room that a build from nothing takes on the cache's disk, in GiB.
ROOM_GB = 8

#: Code that shapes the file, beside the layers.
PACKER = [*HERE.glob("templates/*.j2"), PROJECT / "packer"] + [
    HERE / f"{name}.py" for name in ("package", "disk", "vmdk", "ova")
]


def ova(description: Description, release: bool = False) -> Path:
    """Build the OVA and its checksum, or find that they are as they must be.

    Args:
        release: refuse stand-ins.

    Raises:
        BuildError: whatever stops the build, in one sentence.
    """
    start = time.monotonic()
    assets.check_mirrors()
    with locked():
        found, standins = assets.fetch_all(assets.locked_assets())
        if release and standins:
            raise BuildError(_release_refused(standins))
        builder = Builder(description, found, standins)
        suffix = "-standins" if standins else ""
        target = BUILD / f"{description.name}-{description.version}-amd64{suffix}.ova"
        keys = [builder.key(name) for name in LAYERS]
        key = fingerprint(keys, description.model_dump(mode="json"), target.name, files=PACKER)
        if _unchanged(target, key):
            console.print(f"[green]✓[/] {target.name}  [dim]unchanged[/]")
        else:
            _check_host()
            entries = {name: builder.build(name) for name in LAYERS}
            with step("disk, VMDK, OVF, OVA", "ova") as log:
                _package(entries, target, key, log)
    _report(target, standins, time.monotonic() - start)
    return target


def _package(entries: dict[str, Path], target: Path, key: str, log: Path) -> None:
    """Let Packer write OVA, checksum and manifest aside, then move them to their names."""
    with work_folder("ova-") as work:
        output = work / "output"
        output.mkdir()
        job = {
            "layers": {name: str(entry / "layer.squashfs") for name, entry in entries.items()},
            "boot": str(entries["vm"]),
            "ova": str(output / target.name),
            "log": str(log),
        }
        (work / "job.json").write_text(json.dumps(job))
        variables = {
            "python": sys.executable,
            "job": work / "job.json",
            "output": output,
            "artifact": target.name,
        }
        arguments = [f"-var={name}={value}" for name, value in variables.items()]
        environment = os.environ | {"CHECKPOINT_DISABLE": "1", "PACKER_NO_COLOR": "1"}
        command = ["packer", "build", "-only=null.ova", *arguments, PROJECT / "packer"]
        run([*NAMESPACE, *command], log, env=environment, cwd=PROJECT)
        BUILD.mkdir(exist_ok=True)
        for old in [*BUILD.glob("*.ova"), *BUILD.glob("*.ova.*")]:
            old.unlink()
        for name in (_checksum(target).name, "packer-manifest.json", target.name):
            _move(output / name, BUILD / name)
        stamp = {"key": key, "state": _state(target)}
        _stamp(target).write_text(json.dumps(stamp) + "\n")


def _move(source: Path, target: Path) -> None:
    """Move a file to its final name, whole even if that is on another disk."""
    aside = target.with_name(f".{target.name}.new")
    shutil.move(source, aside)
    aside.replace(target)


def _checksum(target: Path) -> Path:
    return target.with_name(f"{target.name}.sha256")


def _stamp(target: Path) -> Path:
    return target.with_name(f".{target.name}.built.json")


def _state(target: Path) -> list[int]:
    """Size and time of change of file and checksum: enough to see that somebody touched them."""
    both = [path.stat() for path in (target, _checksum(target))]
    return [number for status in both for number in (status.st_size, status.st_mtime_ns)]


def _unchanged(target: Path, key: str) -> bool:
    try:
        stamp = json.loads(_stamp(target).read_text())
        return stamp == {"key": key, "state": _state(target)}
    except (OSError, ValueError):
        return False


def _check_host() -> None:
    """Refuse early what would stop the build late."""
    if os.geteuid() != 0:
        raise BuildError(
            "building needs root, to give files in the appliance their owners; "
            "run the command as root, or with sudo"
        )
    require(*PACKAGES)
    for folder in (cache(), PROJECT):
        free = shutil.disk_usage(folder).free / 1024**3
        if free < ROOM_GB:
            raise BuildError(
                f"{folder} has {free:.1f} GiB free and a build needs {ROOM_GB}; free some, "
                "or set APPLIANCE_CACHE to a folder on a larger disk"
            )


def _release_refused(standins: list[dict[str, str]]) -> str:
    return (
        "a release takes no stand-ins, and these files could be had from nowhere:\n"
        + _listed(standins)
        + "\nconnect to the internet, or name a folder or URL that has them in APPLIANCE_MIRROR"
    )


def _listed(standins: list[dict[str, str]]) -> str:
    return "\n".join(f"    {entry['asset']}: {entry['reason']}" for entry in standins)


def _report(target: Path, standins: list[dict[str, str]], seconds: float) -> None:
    """What was made and what to do with it."""
    checksum = _checksum(target).read_text().split()[0]
    size = target.stat().st_size
    console.print()
    console.print(f"[bold]{target.relative_to(PROJECT)}[/]  {size:,} bytes, {elapsed(seconds)}")
    console.print(f"SHA-256 {checksum}")
    if standins:
        warn("these assets could be had from nowhere, and stand-ins serve in their place:")
        console.print(_listed(standins), markup=False)
        console.print(
            "  To get the real ones: connect to the internet, or set APPLIANCE_MIRROR to a folder"
            "\n  or URL that has them, and build again. `make release` refuses stand-ins."
        )
    console.print("Next: `make up` starts it here; or import the file into VirtualBox.")
