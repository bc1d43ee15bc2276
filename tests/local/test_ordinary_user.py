"""An ordinary user, without root, with the system that root unpacked for all."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance_build.description import Description
from appliance_build.machine.ports import elsewhere
from appliance_build.paths import PROJECT

from .conftest import Started
from .place import SECONDS, Local

USER = 54321  # nobody's; local mode asks for no account
PERSON = ("setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", "--")

#: Where Ubuntu lets no ordinary user make name spaces.
RESTRICTED = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")


@pytest.fixture
def ordinary(started: Started, open_folder: Path, description: Description) -> Iterator[Local]:
    """Another user's local mode, from a clone of that user's own."""
    parent = open_folder / "ordinary"
    clone = parent / "clone"
    clone.mkdir(parents=True)
    for name in ("appliance_build", "appliance_check"):
        shutil.copytree(PROJECT / name, clone / name)
    for name in ("Makefile", "appliance.yml", "locks/host-packages.txt"):
        (clone / name).parent.mkdir(exist_ok=True)
        shutil.copy(PROJECT / name, clone / name)
    port = elsewhere(description.ports).jupyter.host
    local = Local(parent, port, clone, PERSON)
    for path in (parent, *parent.rglob("*")):
        os.chown(path, USER, USER, follow_symlinks=False)
    yield local
    if local.folder.exists():
        local.ok("local-clean", "FORCE=1")
    shutil.rmtree(parent)


def test_no_root_is_needed_where_somebody_unpacked_the_system(ordinary: Local, started: Started):
    assert "the first start needs root" in ordinary.refusal("local")
    shared = f"SYSTEM={started.local.folder}"
    if RESTRICTED.exists() and RESTRICTED.read_text().strip() == "1":
        assert "sudo make local" in ordinary.refusal("local", shared)
        return
    taken = ordinary.refusal("local", shared, f"ARGS=--port {started.local.port}")
    assert taken.startswith(f"port {started.local.port} on 127.0.0.1 is taken by ")
    said = ordinary.ok("local", shared, f"ARGS=--port {ordinary.port}")
    with ordinary.jupyter(ordinary.token(said)).kernel(SECONDS) as kernel:
        assert kernel.run("import os; print(os.getuid())", SECONDS).strip() == str(USER)
    code, report = ordinary.doctor("--only users ports network pages kernel theano")
    assert (code, report["profile"]) == (0, "local")
    assert {check["status"] for check in report["checks"]} == {"PASS"}
    assert ordinary.ok("local-clean").strip().endswith("is removed.")
    assert not ordinary.folder.exists()
    assert (started.local.folder / "system" / "usr").is_dir(), "it is somebody else's"
