"""What a container may take of its host: control groups of version 2, then of version 1.

Source: the kernel's Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst.
"""

from pathlib import Path

from .context import Context

FOLDER = "/sys/fs/cgroup"
MIB = 1024**2
HUGE = 1 << 60  # version 1 writes a number above this for "no limit"
#: Limit, use, and the name of what can be had back at once, in memory.stat.
MEMORY = (
    ("memory.max", "memory.current", "inactive_file"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "total_inactive_file"),
)


def memory_mb(context: Context) -> tuple[int, int] | None:
    """The limit and what is left of it, in MiB; None where there is no limit."""
    for limit_name, use_name, spare in MEMORY:
        path = context.at(f"{FOLDER}/{limit_name}")
        if not path.exists():
            continue
        limit = _number(path)
        if limit is None or limit >= HUGE:
            return None
        use = _number(context.at(f"{FOLDER}/{use_name}")) or 0
        use -= _counter(path.parent / "memory.stat", spare)
        return limit // MIB, max(0, limit - use) // MIB
    return None


def processors(context: Context) -> float | None:
    """How many processors' time may be used; None where there is no limit."""
    for name in ("cpu.max", "cpu/cpu.cfs_quota_us"):
        path = context.at(f"{FOLDER}/{name}")
        if not path.exists():
            continue
        quota, *period = path.read_text().split()
        if not period:
            period = [path.with_name("cpu.cfs_period_us").read_text()]
        return None if quota in ("max", "-1") else int(quota) / int(period[0])
    return None


def _number(path: Path) -> int | None:
    text = path.read_text().strip()
    return int(text) if text.isdecimal() else None


def _counter(path: Path, name: str) -> int:
    if not path.exists():
        return 0
    counters = dict(line.split() for line in path.read_text().splitlines())
    return int(counters.get(name, 0))
