"""make preflight: what it asks for is what appliance.yml says."""

import json
import os
import shutil
import socket
import sys

import pytest

from ..make.copies import call, copy_project, replace

COMMAND = [sys.executable, "-m", "appliance_build.preflight"]


@pytest.fixture
def project(tmp_path):
    return copy_project(tmp_path / "project")


def asked(project, *words, status=1):
    done = call([*COMMAND, *words], project, project.parent / "cache")
    assert done.returncode == status and "Traceback" not in done.stderr, done.stderr
    return done


def test_ports_and_memory_are_the_descriptions(project, description):
    """Both ports are changed to ones that this test holds, so that both must be named."""
    replace(
        project / "appliance.yml", f"memory_mb: {description.machine.memory_mb}", "memory_mb: 1111"
    )
    with (
        socket.create_server(("127.0.0.1", 0)) as one,
        socket.create_server(("127.0.0.1", 0)) as two,
    ):
        taken = [held.getsockname()[1] for held in (one, two)]
        for (_, port), now in zip(description.ports, taken, strict=True):
            replace(project / "appliance.yml", f"host: {port.host}", f"host: {now}")
        found = json.loads(asked(project, "--json", "-").stdout)
    results = {outcome["id"]: outcome for outcome in found["checks"]}
    assert "takes 1,111" in results["memory"]["message"]
    for port in taken:
        assert f"Port {port} is taken by" in results["ports"]["message"]
        assert f"(PID {os.getpid()})" in results["ports"]["message"]


def test_it_looks_at_the_ova_in_build_and_sees_that_it_is_of_before(project, stick):
    (project / "build").mkdir()
    for file in stick.iterdir():
        shutil.copy(file, project / "build")
    results = json.loads(asked(project, "--json", "-").stdout)["checks"]
    status = {outcome["id"]: outcome["status"] for outcome in results}
    assert (status["ova"], status["hash"]) == ("PASS", "PASS")
    replace(project / "appliance.yml", "memory_mb: ", "memory_mb: 1")
    results = json.loads(asked(project, "--json", "-").stdout)["checks"]
    assert {o["id"]: o["status"] for o in results}["ova"] == "WARN"


def test_a_mistake_in_the_description_is_told(project):
    replace(project / "appliance.yml", "memory_mb: ", "memory: ")
    done = asked(project, status=2)
    assert done.stderr.startswith("error: appliance.yml:") and "machine.memory" in done.stderr
