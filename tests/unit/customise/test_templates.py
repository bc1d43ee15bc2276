"""The template is valid for both ways to run the machine, and starts QEMU as it should."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from appliance_build.customise.machine import TEMPLATES, Machine
from appliance_build.customise.parts import Parts
from appliance_build.description import Description
from appliance_build.errors import BuildError

PASSWORD = "not-for-everybody"

#: Writes down how it was started and what else runs in its name space, as everybody can see it;
#: answers as QEMU does when asked for its version; and ends.
QEMU = """#!{python}
import json, pathlib, sys
if "-version" in sys.argv:
    print("QEMU emulator version 7.2.0")
    sys.exit()
running = [path.read_text().split("\\0") for path in pathlib.Path("/proc").glob("[0-9]*/cmdline")]
pathlib.Path("{noted}").write_text(json.dumps([sys.argv[1:], running]))
sys.exit("this is no QEMU")
"""


@pytest.fixture
def machine(tmp_path: Path, description: Description) -> Machine:
    """A machine whose disk has nothing on it."""
    user = description.user.model_copy(update={"password": PASSWORD})
    description = description.model_copy(update={"user": user})
    disk, ova = tmp_path / "disk.raw", tmp_path / "appliance.ova"
    disk.touch()
    os.truncate(disk, 1 << 20)
    ova.touch()
    (tmp_path / "work").mkdir()
    parts = Parts(description, disk, {}, tmp_path)
    return Machine("machine", ova, parts, tmp_path / "work", seconds=5)


@pytest.fixture
def variables(machine: Machine, tmp_path: Path) -> Path:
    """What the template is told."""
    file = tmp_path / "variables.pkrvars.json"
    told = machine._variables(tmp_path / "my.yml", tmp_path / "job", tmp_path / "new.ova", False)
    file.write_text(json.dumps(told))
    return file


def packer(*words: object) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"CHECKPOINT_DISABLE": "1"}
    command = ["packer", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


@pytest.mark.parametrize("source", ["virtualbox-ovf", "qemu"])
def test_packer_finds_the_template_valid(source: str, variables: Path):
    done = packer("validate", f"-only={source}.customise", f"-var-file={variables}", TEMPLATES)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_source_without_its_machine_is_not_valid(variables: Path):
    """So that the test above can fail."""
    told = json.loads(variables.read_text())
    variables.write_text(json.dumps(told | {"disk": "", "ova": ""}))
    for source in ("virtualbox-ovf", "qemu"):
        done = packer("validate", f"-only={source}.customise", f"-var-file={variables}", TEMPLATES)
        assert done.returncode == 1


def test_the_template_has_packers_own_form():
    done = packer("fmt", "-check", "-diff", TEMPLATES)
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_variable_that_is_told_is_the_templates_and_each_of_those_is_told(variables: Path):
    text = (TEMPLATES / "variables.pkr.hcl").read_text()
    declared = {line.split('"')[1] for line in text.splitlines() if line.startswith("variable ")}
    assert declared == set(json.loads(variables.read_text()))


def test_qemu_listens_on_the_loopback_interface_alone_and_shows_no_password(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    program, noted = tmp_path / "bin" / "qemu-system-x86_64", tmp_path / "started.json"
    program.parent.mkdir()
    program.write_text(QEMU.format(python=sys.executable, noted=noted))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    playbook = tmp_path / "my.yml"
    playbook.touch()
    with pytest.raises(BuildError):
        machine.change(playbook, tmp_path / "job", tmp_path / "new.ova", tmp_path / "log")
    words, running = json.loads(noted.read_text())
    [net] = [word for word in words if word.startswith("user,")]
    ssh = machine.parts.description.ports.ssh.guest
    assert [part.split(":")[1] for part in net.split(",") if "hostfwd" in part] == ["127.0.0.1"]
    assert net.endswith(f"-:{ssh}")
    assert words[words.index("-vnc") + 1] == "none"
    assert not {"-qmp", "-monitor", "-spice"} & set(words)
    assert any("packer" in words[0] for words in running)
    assert not [words for words in running if any(PASSWORD in word for word in words)]
