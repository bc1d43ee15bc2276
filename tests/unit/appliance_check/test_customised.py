"""What an organiser changed on purpose: written down, and then no fault."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from appliance_check import customised, distributions, shipped
from appliance_check.checks.data import Data
from appliance_check.checks.debian import Debian
from appliance_check.checks.leftovers import CHOSEN, LAYERS, LEFT, Leftovers
from appliance_check.checks.python import Python
from appliance_check.context import Context
from appliance_check.result import Status

STATUS = "Package: {}\nStatus: install ok installed\nVersion: {}\n"
CHECKS = (Python, Debian, Data)


def entry(content: str) -> dict:
    return {"size": len(content), "sha256": hashlib.sha256(content.encode()).hexdigest()}


@pytest.fixture
def appliance(context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Context:
    """Two packages of Debian's, two of Python's, two files of data; all as they shipped."""
    monkeypatch.setattr(distributions, "SYSTEM", ())
    monkeypatch.setattr("appliance_check.checks.debian.STATUS", tmp_path / "status")
    environment, share = tmp_path / "jupyter", context.share
    bill = [
        {"SPDXID": f"SPDXRef-deb-{name}", "name": name, "versionInfo": "1"}
        for name in ("nano", "less")
    ] + [
        {"SPDXID": f"SPDXRef-data-{name}", "name": f"text/{name}", "licenseDeclared": "MIT"}
        for name in ("poem", "play")
    ]
    (share / shipped.BILL).write_text(json.dumps({"packages": bill}))
    (share / shipped.PYTHON).write_text(json.dumps({"Lasagne": "0.1", "jupyter_core": "5"}))
    files = {f"data/text/{name}": entry(name) for name in ("poem", "play")}
    (share / shipped.FILES).write_text(json.dumps(files))
    (share / "data" / "text").mkdir(parents=True)
    for name in ("poem", "play"):
        (share / "data" / "text" / name).write_text(name)
    (environment / "bin").mkdir(parents=True)
    (environment / "bin" / "python3").touch()
    made = replace(context, python=environment / "bin" / "python3", level="standard")
    debian(tmp_path, nano="1", less="1")
    for name, version in (("Lasagne", "0.1"), ("jupyter_core", "5")):
        wheel(made, name, version)
    return made


def debian(tmp_path: Path, **versions: str) -> None:
    (tmp_path / "status").write_text("\n".join(STATUS.format(*each) for each in versions.items()))


def wheel(context: Context, name: str, version: str) -> None:
    site = context.python.parent.parent / "lib" / "python3.11" / "site-packages"
    (site / f"{name}.dist-info").mkdir(parents=True, exist_ok=True)
    text = f"Name: {name}\nVersion: {version}\n"
    (site / f"{name}.dist-info" / "METADATA").write_text(text)


def differences(context: Context, tmp_path: Path) -> dict[str, dict]:
    return customised.differences(context.share, tmp_path / "status", context.python, context.home)


def test_where_nothing_is_otherwise_there_is_nothing_to_say(appliance: Context, tmp_path: Path):
    debian(tmp_path, nano="1", less="1", added="9")
    (appliance.share / "data" / "text" / "added").write_text("added")
    wheel(appliance, "added", "9")
    assert not any(differences(appliance, tmp_path).values())


def test_what_was_changed_or_removed_is_written_down_and_then_no_fault(
    appliance: Context, tmp_path: Path
):
    debian(tmp_path, less="2")
    (appliance.share / "data" / "text" / "poem").unlink()
    (appliance.share / "data" / "text" / "play").write_text("ours")
    wheel(appliance, "Lasagne", "0.2")
    assert {check.id: check().run(appliance).status for check in CHECKS} == {
        "python": Status.FAIL,
        "debian": Status.FAIL,
        "data": Status.FAIL,
    }
    found = differences(appliance, tmp_path)
    assert found == {
        shipped.FILES: {"data/text/play": entry("ours"), "data/text/poem": None},
        shipped.BILL: {"nano": None, "less": "2"},
        shipped.PYTHON: {"Lasagne": "0.2"},
    }
    (appliance.share / shipped.CUSTOMISED).write_text(json.dumps(found))
    for check in CHECKS:
        result = check().run(appliance)
        assert result.status == Status.PASS, result
    assert not any(differences(appliance, tmp_path).values())


def test_what_changes_later_is_a_fault_as_ever(appliance: Context, tmp_path: Path):
    play = appliance.share / "data" / "text" / "play"
    play.write_text("ours")
    found = differences(appliance, tmp_path)
    (appliance.share / shipped.CUSTOMISED).write_text(json.dumps(found))
    play.write_text("hers")
    assert f"{play} has the right size and other bytes" in Data().run(appliance).message


def test_a_damaged_list_is_a_fault(appliance: Context):
    (appliance.share / shipped.CUSTOMISED).write_text("{")
    for check in CHECKS:
        result = check().run(appliance)
        assert result.status == Status.FAIL
        assert "customised.json is damaged" in result.message


@pytest.fixture
def machine(context: Context, tmp_path: Path) -> Context:
    """A started machine with an id and a key of its own."""
    root = tmp_path / "root"
    for name, content in {"machine-id": "5e" * 16, "ssh/ssh_host_ed25519_key": "key"}.items():
        (root / "etc" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "etc" / name).write_text(content)
    return replace(context, profile="vm", root=root)


@pytest.mark.parametrize("pattern", LEFT)
def test_in_the_organisers_layer_settings_are_meant_and_all_else_is_left_over(
    machine: Context, pattern: str
):
    file = pattern.replace("**/", "deep/").replace("*", "x")
    for layer, meant in {
        "70-about": False,
        "80-customised": any(c in pattern for c in CHOSEN),
    }.items():
        path = machine.root / LAYERS[1:] / layer / file
        path.parent.mkdir(parents=True)
        path.touch()
        status = Leftovers().run(machine).status
        assert status == (Status.PASS if meant else Status.FAIL)
        path.unlink()
