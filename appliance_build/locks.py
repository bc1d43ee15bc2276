"""`make lock`: resolve the Python locks anew from their `.in` files; nothing else changes them."""

import sys
from pathlib import Path

from .paths import PROJECT
from .progress import console, step
from .run import run

LOCKS = PROJECT / "locks"

#: What each lock is resolved for: Debian 12's Python, and its C library where binaries matter.
OPTIONS = {
    "tools": [],
    "python": [
        "--python-platform=x86_64-manylinux_2_36",
        f"--override={LOCKS / 'python.overrides'}",
    ],
    "sources": ["--no-deps", "--no-binary=:all:"],
}


def resolve() -> None:
    """Rewrite every lock and show what changed, old to new."""
    for name, options in OPTIONS.items():
        lock = LOCKS / f"{name}.lock"
        before = _versions(lock)
        with step(f"locks/{lock.name}", f"lock-{name}") as log:
            new = lock.with_suffix(".new")
            command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--upgrade"]
            command += ["--generate-hashes", "--no-header", "--no-annotate"]
            command += ["--python-version=3.11", *options]
            run([*command, LOCKS / f"{name}.in", "--output-file", new], log)
            new.replace(lock)
        _show(before, _versions(lock))


def _versions(lock: Path) -> dict[str, str]:
    if not lock.exists():
        return {}
    pins = [line.split()[0] for line in lock.read_text().splitlines() if "==" in line]
    return {name: version for name, _, version in (pin.partition("==") for pin in pins)}


def _show(before: dict[str, str], after: dict[str, str]) -> None:
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name, "(new)"), after.get(name, "(gone)")
        if old != new:
            console.print(f"    {name}: {old} → {new}")
