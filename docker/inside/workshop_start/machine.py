"""What the container got of its host: processor, memory, ports, a place to write to."""

import os
import socket
from pathlib import Path

from . import STATE, Refusal, say

#: Of x86-64-v2, for which the shipped code is compiled, as /proc/cpuinfo calls them.
PROCESSOR = {"cx16", "lahf_lm", "popcnt", "sse4_1", "sse4_2", "ssse3"}

#: The limit of a container's memory, and what it has cost: control groups 2 and 1.
LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
KILLS = ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control")
MIB = 1024**2


def check_processor(cpuinfo: Path = Path("/proc/cpuinfo")) -> None:
    """Refuse a processor that would end Theano with an illegal instruction."""
    for line in cpuinfo.read_text().splitlines():
        if line.startswith("flags"):
            missing = PROCESSOR - set(line.split(":")[1].split())
            break
    else:
        missing = PROCESSOR
    if missing:
        raise Refusal(
            "this image is for x86-64 computers of 2009 and later (amd64, not arm64); "
            f"this one lacks {', '.join(sorted(missing))}"
        )


def make_state() -> None:
    """Make the folder for what only this start needs."""
    try:
        STATE.mkdir(mode=0o755, exist_ok=True)
    except OSError:
        raise Refusal(f"{STATE.parent} cannot be written; add --tmpfs /tmp:exec") from None
    if STATE.is_symlink() or STATE.stat().st_uid != os.getuid():
        raise Refusal(f"{STATE} belongs to somebody else; do not share /tmp with the container")


def warn_of_limits(needed_mb: int) -> None:
    """Say what will go wrong later for want of memory."""
    limit = memory_limit()
    if limit and limit < needed_mb * MIB:
        say(
            f"memory   this container may use {limit // MIB} MB and the lessons take up to "
            f"{needed_mb} MB: a kernel that dies was killed for that; use --memory {needed_mb}m"
        )
    if not Path("/dev/shm").is_dir():
        say(
            "/dev/shm is missing: programs that share memory between processes fail; "
            "leave --ipc=none out"
        )


def memory_limit() -> int:
    """In bytes; 0 where there is none."""
    for name in LIMITS:
        path = Path(name)
        if path.exists():
            text = path.read_text().strip()
            limit = int(text) if text.isdigit() else 0
            return limit if limit < 1 << 60 else 0  # version 1 writes a huge number for none
    return 0


def kills() -> int:
    """How many processes Linux has ended here for want of memory."""
    for name in KILLS:
        path = Path(name)
        if path.exists():
            counters = dict(line.split() for line in path.read_text().splitlines())
            return int(counters.get("oom_kill", 0))
    return 0


def check_free(ports: dict[str, int]) -> None:
    """Refuse a port that is taken, which happens on the host's network (--network host)."""
    for name, port in ports.items():
        with socket.socket() as attempt:
            attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                attempt.bind(("", port))
            except OSError:
                raise Refusal(
                    f"port {port} ({name}) is taken by another program; leave --network host out "
                    f"and publish the port elsewhere: -p 127.0.0.1:OTHER:{port}"
                ) from None
