"""Makes the tools tree: a small Debian with everything that shapes the appliance's bytes.

Each package is that of `locks/debian.lock` and each Python library that of
`locks/tools.lock`. So the host's own versions do not matter; it needs Python, mmdebstrap,
and root. Standard library alone.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .. import bootstrap
from ..errors import BuildError
from ..inputs import archive, debian, wheelhouse
from ..paths import PROJECT, cache, check_room, lock_file
from . import enter

LOCK = PROJECT / "locks" / "tools.lock"
PACKAGES = PROJECT / "locks" / "tools-packages.txt"

#: Code that makes the tree.
MAKERS = [Path(__file__), Path(wheelhouse.__file__)]

#: Where its Python libraries are.
HOME = Path("/opt/build")

#: Tells the build that its tools are not those of the lock, and why.
UNLOCKED = "APPLIANCE_TOOLS_UNLOCKED"

#: A name space of its own: however this ends, the kernel unmounts what mmdebstrap mounted in the
#: tree, and ends what it started.
ALONE = ["setpriv", "--pdeathsig", "KILL", "--", "unshare", "--mount", "--propagation", "private"]
ALONE += ["--pid", "--fork", "--kill-child", "--mount-proc", "--"]

MMDEBSTRAP = [*ALONE, "mmdebstrap", "--mode=root", "--variant=minbase", "--components=main"]
MMDEBSTRAP += ['--aptopt=Apt::Install-Recommends "false"', "--format=directory", "--quiet"]
MMDEBSTRAP += [f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in ("man", "locale", "info")]


def requested() -> list[str]:
    """The packages of `locks/tools-packages.txt`."""
    return bootstrap.listed(PACKAGES)


def tree() -> Path:
    """The tools tree's folder; made under another name, so that it is whole or absent.

    Raises:
        BuildError: it cannot be made.
    """
    lock = debian.load()
    debs = lock.of("tools")
    key = hashlib.sha256()
    for part in [repr(sorted(deb.sha256 for deb in debs)).encode(), LOCK.read_bytes()]:
        key.update(part)
    for file in MAKERS:
        key.update(file.read_bytes())
    home = (cache() / "tools").resolve()
    target = home / f"tree-{key.hexdigest()[:16]}"
    if target.is_dir():
        return target
    with lock_file("tools/lock") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not target.is_dir():
            check_room()
            return _make(lock, debs, target)
    return target


def _make(lock: debian.Lock, debs: list[debian.Deb], target: Path) -> Path:
    home = target.parent
    for leftover in home.glob("making-*"):
        shutil.rmtree(leftover)
    start = time.monotonic()
    size = sum(deb.size for deb in debs)
    say(f"the tools tree (once): {len(debs)} Debian packages, {size / 1e6:.0f} MB …")
    found, reasons = archive.fetch(debs, lock.suite, lock.resolved, say, _tick)
    making = Path(tempfile.mkdtemp(prefix="making-", dir=home))
    try:
        log = making / "log"
        if reasons:
            path, why = next(iter(reasons.items()))
            os.environ[UNLOCKED] = f"{Path(path).name}: {'; '.join(why)}"
            target = home / "tree-unlocked"
            shutil.rmtree(target, ignore_errors=True)
            source = archive.sources(lock.suite)
        else:
            source = archive.repository(found, lock.suite, making / "debs")
        _bootstrap(lock.suite, source, making / "tree", log)
        say("the tools tree: Python libraries …")
        _libraries(making, log)
        os.sync()
        (making / "tree").rename(target)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    for old in home.glob("tree-*"):
        if old != target and old.stat().st_mtime < time.time() - 30 * 86400:
            shutil.rmtree(old)
    say(f"the tools tree is ready after {time.monotonic() - start:.0f} s")
    return target


def _bootstrap(suite: str, source: str, folder: Path, log: Path) -> None:
    names = f"--include={','.join(requested())}"
    _run([*MMDEBSTRAP, names, suite, str(folder), *source.splitlines()], log, "Debian packages")


def _libraries(making: Path, log: Path) -> None:
    """A virtual environment with the build's Python libraries, by hash.

    It is written through the cache, which is at the same place inside: all else that is
    changed inside the tree is forgotten.
    """
    tree, wheels = making / "tree", making / "wheels"
    venv = tree / HOME.relative_to("/")
    wheelhouse.gather(LOCK, wheels, say)
    _run(enter.command(tree, ["python3", "-m", "venv", str(venv)]), log, "Python")
    pip = [str(venv / "bin" / "python3"), "-m", "pip", "install", "--quiet", "--no-deps"]
    pip += ["--require-hashes", "--requirement", str(LOCK), "--find-links", str(wheels)]
    try:
        _run(enter.command(tree, [*pip, "--no-index"]), log, "Python libraries")
    except BuildError:  # the usual case without a mirror
        _run(enter.command(tree, pip), log, "Python libraries")


def _run(words: list[str], log: Path, what: str) -> None:
    with log.open("w") as output:
        code = subprocess.run(
            words, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False
        ).returncode
    if code:
        last = "\n".join(f"    {line}" for line in log.read_text().splitlines()[-8:])
        raise BuildError(
            f"the {what} of the tools tree could not be installed; check the network connection "
            f"and the room in {cache()}, then run the command again\n{last}"
        )


def say(message: str) -> None:
    """One line for people."""
    print(f"   {message}", file=sys.stderr, flush=True)


def _tick(have: int, want: int) -> None:
    if sys.stderr.isatty():
        end = "\n" if have >= want else "\r"
        print(f"   {have / 1e6:5.0f} of {want / 1e6:.0f} MB", end=end, file=sys.stderr)
