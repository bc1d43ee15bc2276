"""Every lesson in a container that has no more memory than the virtual machine."""

import json

import pytest

from appliance_build.description import Description

from .container import running
from .daemon import Daemon


@pytest.mark.full
def test_every_lesson_runs_in_the_memory_of_an_old_laptop(
    daemon: Daemon, cpu: str, description: Description
):
    size = f"{description.machine.memory_mb}m"
    options = (f"--memory={size}", f"--memory-swap={size}")  # no swap beside it
    with running(daemon, cpu, description, *options) as container:
        container.get("/api")
        limits = "memory.max memory/memory.limit_in_bytes"  # of cgroups 2 and 1
        limit = container.ok(f"cd /sys/fs/cgroup; cat {limits} 2>/dev/null || true")
        assert int(limit) == description.machine.memory_mb * 2**20
        done = container.doctor("--only", "notebooks")
        [report] = json.loads(done.stdout)["checks"]
        assert done.rc == 0, report["message"]
        assert list(report["evidence"]) == description.lessons
        assert all(each["compiler_runs"] == 0 for each in report["evidence"].values())
