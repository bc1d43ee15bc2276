"""Theano's compile cache: what blocks it, and what is damaged or missing in it."""

import os
import pickletools
import struct
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from ..commands import as_user
from ..context import Context
from ..runner import Outcome
from .repair import Plan, Repair, again, good

CACHE = Path(".theano/compiled")
LAYERS = Path("/run/layers")  # where the virtual machine's boot script mounts what shipped
HOMES = Path("/home")
# Theano takes a lock for dead when its owner has not renewed it for 120 s (compile.timeout); an
# owner renews it every 60 s, but not while one compiler runs.
DEAD_SECONDS = 600
WAITING = ("theano", "cache", "blas", "weights", "notebooks", "gpu")  # checks that may wait for it


class StaleLock(Repair):
    id = "cache-lock"
    title = "Remove a stale lock of Theano's compile cache"
    does = "Lessons no longer wait for a process that has ended."
    checks = WAITING

    def plan(self, context: Context, outcome: Outcome) -> Plan | None:
        lock = context.home / CACHE / "lock_dir"
        if not lock.is_dir() or not _stale(lock / "lock", context):
            return None
        return Plan([as_user("rm", "-rf", "--", lock)])


class RebuildCache(Repair):
    id = "cache"
    title = "Rebuild Theano's compile cache"
    does = "What is damaged in it goes, what is missing comes back; it holds nothing of yours."
    checks = ("theano", "cache")

    def plan(self, context: Context, outcome: Outcome) -> Plan | None:
        cache = context.home / CACHE
        found = outcome.result.evidence
        if damaged := [path for path in _modules(cache) if _torn(path)]:
            commands = [as_user("rm", "-rf", "--", *damaged)]
            detail = f"{len(damaged)} damaged modules."
        elif (
            outcome.check.id == "cache" and found.get("compiler_runs") and not found.get("trouble")
        ):
            commands, detail = [], ""
        elif cache.exists() and _at_fault(outcome, context):
            commands = [as_user("rm", "-rf", "--", cache)]
            detail = "With an empty cache all is well."
        else:
            return None
        if shipped := _shipped(context):
            commands.append(as_user("mkdir", "-p", "--", cache))
            commands.append(as_user("cp", "-an", "--", f"{shipped}/.", cache))
        else:
            folders = ("--share", context.share, "--home", context.home)
            options = ("--profile", context.profile, "--only", "notebooks", *folders)
            commands.append(as_user(sys.executable, "-m", "appliance_check", *options))
            detail += " Every lesson runs once, which takes some minutes."
        return Plan(commands, detail.strip())


def _stale(lock: Path, context: Context) -> bool:
    """Whether the owner that a lock names (`PID_RANDOM_HOST`, Theano's compilelock.py) is gone."""
    try:
        taken = lock.stat().st_mtime
        pid, _, host = lock.read_text().strip().split("_", 2)
    except FileNotFoundError:
        taken, pid, host = lock.parent.stat().st_mtime, "", ""
    except (OSError, ValueError):
        pid, host = "", ""
    if not pid.isdigit() or host != os.uname().nodename:  # another container's, or torn
        return time.time() - taken > DEAD_SECONDS
    process = context.proc / pid
    # A number that was given anew is that of a process younger than the lock.
    return not process.exists() or _started(process, context.proc) > taken + 1


def _started(process: Path, proc: Path) -> float:
    """Seconds since the epoch at which a process began; 0 if that cannot be found out."""
    try:
        ticks = int((process / "stat").read_text().rpartition(")")[2].split()[19])
        [boot] = [line for line in (proc / "stat").read_text().splitlines() if "btime" in line]
    except (OSError, ValueError, IndexError):
        return 0
    return int(boot.split()[1]) + ticks / os.sysconf("SC_CLK_TCK")


def _modules(cache: Path) -> Iterator[Path]:
    """The folders of compiled modules; Theano's lock and Python's byte code are none."""
    if cache.is_dir():
        others = ("lock_dir", "__pycache__")
        yield from sorted(p for p in cache.iterdir() if p.is_dir() and p.name not in others)


def _torn(module: Path) -> bool:
    """Whether a power cut or a full disk left half of a file here."""
    try:
        libraries = list(module.glob("*.so"))
        if not libraries:  # of a process that compiles just now, or that was killed doing it
            return time.time() - module.stat().st_mtime > DEAD_SECONDS
        if (key := module / "key.pkl").exists():
            for _ in pickletools.genops(key.read_bytes()):
                pass
        return not all(_whole(path) for path in libraries)
    except ValueError:  # of pickletools
        return True
    except OSError:
        return False  # of permissions, which have a repair of their own


def _whole(library: Path) -> bool:
    """Whether a 64-bit ELF file reaches to the end of its table of sections, the last thing in it
    (elf(5): e_shoff at 40, e_shentsize and e_shnum at 58)."""
    with library.open("rb") as file:
        header = file.read(64)
    if len(header) < 64 or not header.startswith(b"\x7fELF\x02\x01"):
        return False
    (offset,), (size, count) = (
        struct.unpack_from("<Q", header, 40),
        struct.unpack_from("<HH", header, 58),
    )
    return library.stat().st_size >= offset + size * count


def _at_fault(outcome: Outcome, context: Context) -> bool:
    """Whether the problem goes when Theano begins with an empty cache."""
    with tempfile.TemporaryDirectory() as empty:
        if os.geteuid() == 0:
            Path(empty).chmod(0o777)  # the check runs as the attendee
        given = os.environ.get("THEANO_FLAGS", "")
        flags = ",".join(filter(None, [given, f"base_compiledir={empty}"]))
        second = again(outcome, context, THEANO_FLAGS=flags)
    # An empty cache is cold, which is a problem of its own, but not the one in question.
    cold = "trouble" in second.result.evidence and not second.result.evidence["trouble"]
    return good(second) or (outcome.check.id == "cache" and cold)


def _shipped(context: Context) -> Path | None:
    """The cache as it was shipped, where that can still be seen."""
    user = context.description["user"]["name"]
    places = [*LAYERS.glob(f"*/home/{user}"), HOMES / user]
    whole = [place / CACHE for place in places if (place / CACHE).is_dir()]
    return next((path for path in whole if path != context.home / CACHE), None)
