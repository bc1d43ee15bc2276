"""`make ova`: from the description to one file in build/, doing only what is needed."""

import json
import os
import shutil
import sys
import time
from pathlib import Path

from .description import Description
from .errors import BuildError
from .inputs import assets, debian, resolve
from .inputs.fetch import check_mirrors
from .layers import HERE, LAYERS, SQUASHFS, Builder, Unobtainable
from .papers import about, sums
from .paths import BUILD, PROJECT, check_room
from .progress import console, elapsed, step, warn
from .run import run
from .store import fingerprint, locked, work_folder
from .tools import making
from .tree import NAMESPACE

#: Code that shapes the file, beside the layers.
PACKER = [*HERE.glob("templates/*.j2"), PROJECT / "packer"] + [
    HERE / f"{name}.py" for name in ("package", "disk", "vmdk", "ova", "papers/provenance")
]

#: Lets whoever gets the file check it; handed out beside it.
VERIFY = PROJECT / "verify.py"


def ova(description: Description, release: bool = False) -> Path:
    """Build the OVA and its checksum, or find that they are as they must be.

    Args:
        release: refuse stand-ins, and packages that are not the lock's.

    Raises:
        BuildError: whatever stops the build, in one sentence.
    """
    start = time.monotonic()
    check_mirrors()
    signer = sums.signing_key()
    lock = debian.load()
    _check_requested(description, lock)
    unlocked = os.environ.get(making.UNLOCKED, "")
    if release and unlocked:
        raise BuildError(_not_the_locks(unlocked))
    with locked():
        found, standins = assets.fetch_all(assets.locked_assets())
        if release and standins:
            raise BuildError(_release_refused(standins))
        builder = Builder(description, lock, found, standins)
        try:
            target = _build(builder, unlocked, release, signer)
        except Unobtainable as gone:
            if release:
                raise BuildError(_not_the_locks(str(gone))) from None
            unlocked = str(gone)
            warn(f"{unlocked}; resolving Debian's packages anew for this build alone")
            with step("Debian packages, resolved anew", "resolve") as log:
                lock = resolve.lock(lock.suite, lock.requested, log)
            builder = Builder(description, lock, found, standins)
            target = _build(builder, unlocked, release, signer)
    _report(target, standins, unlocked, time.monotonic() - start)
    return target


def _build(builder: Builder, unlocked: str, release: bool, signer: Path | None) -> Path:
    """Build what is not there yet; returns the OVA's path."""
    description = builder.description
    suffix = ("-standins" if builder.standins else "") + ("-unlocked" if unlocked else "")
    target = BUILD / f"{description.name}-{description.version}-amd64{suffix}.ova"
    keys = [builder.key(name) for name in LAYERS]
    settings = [description.model_dump(mode="json"), target.name, release, str(signer)]
    key = fingerprint(keys, settings, files=[*PACKER, VERIFY])
    if _unchanged(target, key):
        console.print(f"[green]✓[/] {target.name}  [dim]unchanged[/]")
        return target
    check_room()
    entries = {name: builder.build(name) for name in LAYERS}
    with step("disk, VMDK, OVF, OVA", "ova") as log:
        _package(entries, target, log)
        _papers(builder, entries["about"], target, release)
        names = [target.name, *(path.name for path in _beside(target)), VERIFY.name]
        sums.write(BUILD, names, signer)
        stamp = {"key": key, "state": _state(target)}
        _stamp(target).write_text(json.dumps(stamp) + "\n")
    return target


def _check_requested(description: Description, lock: debian.Lock) -> None:
    """Refuse a lock that was resolved for other packages."""
    asked = {"system": description.debian.packages.system, "vm": description.debian.packages.vm}
    for name, packages in (asked | {"tools": making.requested()}).items():
        if difference := sorted(set(packages) ^ set(lock.requested[name])):
            raise BuildError(
                f"locks/debian.lock was resolved for other {name} packages than are asked for now "
                f"(difference: {', '.join(difference)}); run `make lock`"
            )


def _package(entries: dict[str, Path], target: Path, log: Path) -> None:
    """Let Packer write OVA, checksum and manifest aside, then move them to their names."""
    with work_folder("ova-") as work:
        output = work / "output"
        output.mkdir()
        job = {
            "layers": {name: str(entry / SQUASHFS) for name, entry in entries.items()},
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
        for old in [*BUILD.glob("*.ova"), *BUILD.glob("*.ova.*"), *BUILD.glob(f"{sums.SUMS}*")]:
            old.unlink()
        for name in (_checksum(target).name, "packer-manifest.json", target.name):
            _move(output / name, BUILD / name)


def _papers(builder: Builder, entry: Path, target: Path, release: bool) -> None:
    """Lay beside the OVA what it is made of, where it comes from, and what checks it."""
    from .papers import provenance  # its library takes long to import

    bill, statement = _beside(target)
    shutil.copyfile(entry / about.SBOM, bill)
    subject = {target.name: _checksum(target).read_text().split()[0]}
    text = provenance.provenance(builder.description, subject, builder.standins, release)
    statement.write_text(text, encoding="utf-8")
    shutil.copyfile(VERIFY, BUILD / VERIFY.name)


def _beside(target: Path) -> tuple[Path, Path]:
    """The names of SBOM and provenance."""
    return target.with_name(f"{target.name}.spdx.json"), target.with_name(
        f"{target.name}.provenance.json"
    )


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


def _not_the_locks(reason: str) -> str:
    return (
        f"a release takes only the packages of locks/debian.lock, and {reason}; name a mirror that "
        "has it in APPLIANCE_MIRROR, or run `make lock`, test, commit, and release again"
    )


def _release_refused(standins: list[dict[str, str]]) -> str:
    return (
        "a release takes no stand-ins, and these files could be had from nowhere:\n"
        + _listed(standins)
        + "\nconnect to the internet, or name a folder or URL that has them in APPLIANCE_MIRROR"
    )


def _listed(standins: list[dict[str, str]]) -> str:
    return "\n".join(f"    {entry['asset']}: {entry['reason']}" for entry in standins)


def _report(target: Path, standins: list[dict[str, str]], unlocked: str, seconds: float) -> None:
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
    if unlocked:
        warn(f"not of the lock's packages: {unlocked}")
        console.print(
            "  This file has Debian's packages as they are today. To get those of the lock: name a"
            "\n  mirror that has them in APPLIANCE_MIRROR. To move the lock on: `make lock`."
        )
    console.print("Next: `make up` starts it here; or import the file into VirtualBox.")
