"""Packer's templates, Ansible's playbooks and roles: valid, and with every variable explained."""

import os
import re
import subprocess

import pytest
from ruamel.yaml import YAML

from appliance_build.layers import ABOUT, LAYERS
from appliance_build.paths import PROJECT

ANSIBLE, PACKER = PROJECT / "ansible", PROJECT / "packer"
ROLES = sorted(path for path in (ANSIBLE / "roles").iterdir() if path.is_dir())
DEFAULTS = sorted(ANSIBLE.glob("roles/*/defaults/main.yml"))


def packer(*words: object) -> None:
    environment = os.environ | {"CHECKPOINT_DISABLE": "1"}
    command = ["packer", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_packer_finds_the_templates_valid():
    packer("validate", PACKER)


def test_the_templates_have_packers_own_form():
    packer("fmt", "-check", "-diff", PACKER)


def test_the_templates_use_only_what_every_packer_brings():
    """Since 1.7 other sources, provisioners and post-processors are plugins to be installed."""
    core = {
        "source": {"null"},
        "provisioner": {"shell-local", "breakpoint", "file", "shell"},
        "post-processor": {"artifice", "checksum", "compress", "manifest", "shell-local"},
    }
    text = "\n".join(path.read_text() for path in sorted(PACKER.glob("*.pkr.hcl")))
    used = set(re.findall(r'(?m)^\s*(source|provisioner|post-processor) "([a-z-]+)"', text))
    assert {kind for kind, _ in used} == set(core)
    assert not [(kind, name) for kind, name in used if name not in core[kind]]


@pytest.mark.parametrize("layer", [name for name in LAYERS if name not in ABOUT.values()])
def test_ansible_finds_the_playbook_valid(layer):
    words = ["ansible-playbook", "--syntax-check", "--inventory", "tree,"]
    words.append(f"{LAYERS[layer].playbook or layer}.yml")
    done = subprocess.run(words, cwd=ANSIBLE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING" not in done.stderr, done.stderr


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_a_role_specifies_exactly_its_variables(role):
    options = YAML().load(role / "meta" / "argument_specs.yml")["argument_specs"]["main"]["options"]
    defaults = role / "defaults" / "main.yml"
    optional = set(YAML().load(defaults)) if defaults.exists() else set()
    required = {name for name, option in options.items() if option.get("required")}
    assert set(options) - required == optional
    assert all(name.startswith(f"{role.name}_") for name in optional)
    assert all(option["description"] and option["type"] for option in options.values())


@pytest.mark.parametrize("defaults", DEFAULTS, ids=lambda path: path.parts[-3])
def test_every_default_has_a_comment_above_it(defaults):
    lines = defaults.read_text().splitlines()
    values = YAML().load(defaults)
    assert values
    for name in values:
        line = values.lc.key(name)[0]
        assert line > 0 and lines[line - 1].startswith("# "), f"{name} has no comment"
