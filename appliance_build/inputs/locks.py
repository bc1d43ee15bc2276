"""`make lock`: resolve all locks anew; nothing else changes them."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..description import Description
from ..paths import PROJECT
from ..progress import console, step
from ..run import run
from ..store import locked
from ..tools import making
from . import debian, npm, resolve

LOCKS = PROJECT / "locks"

#: What each lock is resolved for: Debian 12's Python, and its C library where binaries matter.
OPTIONS = {
    "tools": [],
    "host": [f"--constraint={LOCKS / 'tools.lock'}"],
    "python": [
        "--python-platform=x86_64-manylinux_2_36",
        f"--override={LOCKS / 'python.overrides'}",
    ],
    "sources": ["--no-deps", "--no-binary=:all:"],
    "photos": ["--no-deps", f"--constraint={LOCKS / 'host.lock'}"],
    "peers": [],
}


def renew(description: Description) -> None:
    """Rewrite every lock and show what changed, old to new."""
    for name, options in OPTIONS.items():
        lock = LOCKS / f"{name}.lock"
        before = _versions(lock)
        with step(f"locks/{lock.name}", f"lock-{name}") as log:
            new = lock.with_suffix(".new")
            resolved_by_uv(LOCKS / f"{name}.in", new, options, log)
            new.replace(lock)
        show(before, _versions(lock), {})
    _renew_npm()
    _renew_debian(description)


def resolved_by_uv(wanted: Path, lock: Path, options: Sequence[str], log: Path) -> str:
    """Let uv write a lock for pip, for Debian 12's Python; returns its text."""
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--upgrade"]
    command += ["--generate-hashes", "--no-header", "--no-annotate", "--system-certs"]
    command += ["--python-version=3.11", *options]
    run([*command, wanted, "--output-file", lock], log)
    return lock.read_text(encoding="utf-8")


def _renew_npm() -> None:
    lock = npm.MANIFESTS[1]
    before = npm.versions(lock)
    with locked(), step(f"web/{lock.name}", "lock-npm") as log:
        npm.resolve(log).replace(lock)
    show(before, npm.versions(lock), {})


def _renew_debian(description: Description) -> None:
    requested = description.debian.packages.model_dump() | {"tools": making.requested()}
    before = debian.load().debs if debian.LOCK.exists() else ()
    with locked(), step("locks/debian.lock", "lock-debian") as log:
        lock = resolve.lock(description.debian.suite, requested, log)
        new = debian.LOCK.with_suffix(".new")
        new.write_text(debian.text(lock), encoding="utf-8")
        if lock.debs == before:
            new.unlink()  # nothing but the time of resolving would change
        else:
            new.replace(debian.LOCK)
    security = {deb.name: "security" for deb in lock.debs if deb.archive == "debian-security"}
    versions = [{deb.name: deb.version for deb in debs} for debs in (before, lock.debs)]
    show(*versions, security)


def _versions(lock: Path) -> dict[str, str]:
    if not lock.exists():
        return {}
    pins = [line.split()[0] for line in lock.read_text().splitlines() if "==" in line]
    return {name: version for name, _, version in (pin.partition("==") for pin in pins)}


def show(before: Mapping[str, str], after: Mapping[str, str], mark: Mapping[str, str]) -> None:
    """Name what changed, from which version to which."""
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name, "(new)"), after.get(name, "(gone)")
        if old != new:
            note = f"  [{mark[name]}]" if name in mark else ""
            console.print(f"    {name}: {old} → {new}{note}", markup=False)
