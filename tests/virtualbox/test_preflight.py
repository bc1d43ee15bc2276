"""preflight.py beside a real VirtualBox: before an import, after it, and with what it leaves."""

import json
import sys
from pathlib import Path

import pytest

from appliance_build.description import Description

from .importer import with_virtualbox

#: VirtualBox's machine folder is /mnt/machines. A machine that is unregistered leaves its files.
_LIFE = r"""
look() { "$1" preflight.py /mnt/appliance.ova --json "/mnt/$2.json" >&2 || [ $? = 1 ]; }
bring() { VBoxManage -q import /mnt/appliance.ova --options importtovdi >&2; }
look "$1" before
bring
look "$1" imported
VBoxManage -q unregistervm "$2" >&2
look "$1" left
if bring; then echo imported; else echo refused; fi > /mnt/second
VBoxManage -q list vms >&2
rm -r "/mnt/machines/$2"
look "$1" cleared
VBoxManage --version > /mnt/version
"""


@pytest.fixture(scope="module")
def seen(ova: Path, description: Description, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with a report for each stage, with the OVA's checksum under the name there."""
    work = tmp_path_factory.mktemp("seen")
    digest = Path(f"{ova}.sha256").read_text().split()[0]
    (work / "appliance.ova.sha256").write_text(f"{digest}  appliance.ova\n")
    shell = ["sh", "-euc", _LIFE, "sh", sys.executable, description.name]
    with_virtualbox(ova, work, *shell)
    return work


def report(seen: Path, stage: str) -> dict[str, dict[str, str]]:
    checks = json.loads((seen / f"{stage}.json").read_text())["checks"]
    return {outcome["id"]: outcome for outcome in checks}


def test_version_and_machine_folder_are_virtualboxs_own(seen: Path):
    found = report(seen, "before")
    version = (seen / "version").read_text().splitlines()[-1]
    named = found["virtualbox"]["message"].split()[1]
    assert version.startswith(named) and named.count(".") == 2
    assert "free for /mnt/machines;" in found["disk"]["message"]
    driver = "PASS" if Path("/dev/vboxdrv").exists() else "FAIL"
    assert found["driver"]["status"] == driver


def test_the_finished_ova_is_whole_and_plain(seen: Path, description: Description):
    found = report(seen, "before")
    for id in ("ova", "hash", "ovf", "leftovers", "disk"):
        assert found[id]["status"] == "PASS", found[id]
    assert f"{description.machine.memory_mb:,}" in found["memory"]["message"]


def test_an_imported_machine_is_seen(seen: Path, description: Description):
    found = report(seen, "imported")["leftovers"]
    assert found["status"] == "WARN"
    assert found["message"] == f"A machine named {description.name} is imported already."


def test_what_a_machine_leaves_stops_an_import_and_is_found_before(
    seen: Path, description: Description
):
    found = report(seen, "left")["leftovers"]
    assert (seen / "second").read_text() == "refused\n"
    assert found["status"] == "FAIL"
    assert f"/mnt/machines/{description.name} " in found["message"]
    assert report(seen, "cleared")["leftovers"]["status"] == "PASS"
