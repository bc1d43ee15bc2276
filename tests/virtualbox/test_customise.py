"""What packer/customise asks VirtualBox to change of an imported machine, asked of a real one."""

import json
import re
import shlex
from pathlib import Path

import pytest

from appliance_build.customise.machine import TEMPLATES
from appliance_build.machine.virtualbox import parse

from .importer import Refused, with_virtualbox

NAME = "machine"
IMPORT = f"VBoxManage -q import /mnt/appliance.ova --vsys 0 --vmname {NAME} >&2"
SHOW = f"VBoxManage -q showvminfo {NAME} --machinereadable"


def settings() -> list[list[str]]:
    """The commands of the template's `vboxmanage`, for this machine."""
    text = (TEMPLATES / "sources.pkr.hcl").read_text()
    lines = re.findall(r'^ +(\["modifyvm", .*\]),$', text, re.MULTILINE)
    filled = [
        line.replace("{{ .Name }}", NAME).replace("var.console", '"/mnt/log"') for line in lines
    ]
    return [json.loads(line) for line in filled]


def test_virtualbox_takes_the_templates_settings(ova: Path, tmp_path: Path):
    commands = settings()
    assert len(commands) == 4
    changes = [f"VBoxManage -q {shlex.join(command)}" for command in commands]
    info = parse(with_virtualbox(ova, tmp_path, "sh", "-euc", "\n".join([IMPORT, *changes, SHOW])))
    assert not [key for key in info if key.startswith("Forwarding(")]
    assert info["uart1"] == "0x03f8,4"
    assert info["uartmode1"] == "file,/mnt/log"


def test_a_setting_that_it_does_not_know_would_be_noticed(ova: Path, tmp_path: Path):
    wrong = f"VBoxManage -q modifyvm {NAME} --natpf1 delete none"
    with pytest.raises(Refused):
        with_virtualbox(ova, tmp_path, "sh", "-euc", f"{IMPORT}\n{wrong}")
