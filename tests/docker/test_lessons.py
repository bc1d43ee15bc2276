"""All checks, every lesson among them, in a container with no more memory than the machine."""

import json

import pytest

from appliance_build.description import Description

from .container import running
from .daemon import Daemon


@pytest.mark.full
def test_every_lesson_runs_in_the_memory_of_an_old_laptop(
    daemon: Daemon, cpu: str, description: Description, data_status: str
):
    size = f"{description.machine.memory_mb}m"
    options = (f"--memory={size}", f"--memory-swap={size}")  # no swap beside it
    with running(daemon, cpu, description, *options) as container:
        container.get("/api")
        limits = "memory.max memory/memory.limit_in_bytes"  # of cgroups 2 and 1
        limit = container.ok(f"cd /sys/fs/cgroup; cat {limits} 2>/dev/null || true")
        assert int(limit) == description.machine.memory_mb * 2**20
        done = container.doctor("--level", "full")
        assert done.rc == 0, done.stderr
        checks = {each["id"]: each for each in json.loads(done.stdout)["checks"]}
        excused = {"gpu", *description.checks.cpu.not_applicable}
        statuses = {name: each["status"] for name, each in checks.items() if name not in excused}
        standins = dict.fromkeys(("standins", "weights"), data_status)
        assert statuses == dict.fromkeys(statuses, "PASS") | standins, done.stderr
        lessons = checks["notebooks"]["evidence"]
        assert list(lessons) == description.lessons
        assert all(each["compiler_runs"] == 0 for each in lessons.values())
