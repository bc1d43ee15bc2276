"""The project in small: every step of a build is real, on trees that are made quickly.

Only inputs are smaller: few Debian packages, one wheel, Lasagne without Theano, one
small asset, and roles of a few raw commands (so that the trees need no Python). A
stand-in serves as kernel, and another as initial RAM file system.
"""

import gzip
import hashlib
import re
from pathlib import Path

from appliance_build.inputs import debian
from tests.unit.make.copies import copy_project

PLAYBOOK = """- name: Provision the {layer} layer
  hosts: all
  gather_facts: false
  roles:
    - tiny_{layer}
"""

#: What the small role of each layer does in its tree.
TASKS = {
    "system": "echo '{{ appliance.name }}' > /etc/tiny-name; rm /etc/motd /etc/apt/sources.list",
    "science": "ls /run/inputs/wheels /run/inputs/sources > /usr/share/tiny-wheels; "
    "ls /sys/class/net > /usr/share/tiny-net",
    "compiled": "cat /run/inputs/notebooks/* > /usr/share/tiny-code",
    "content": "cd /run/inputs; mkdir /usr/share/tiny; cp -r notebooks data /usr/share/tiny; "
    "test ! -e own || cp -r own /usr/share/tiny",
    "web": "ls /run/inputs/pages /run/inputs/workshop_pages > /usr/share/tiny-pages",
    "container": "ls /run/inputs/inside > /usr/share/tiny-inside",
    "cuda": "echo cuda > /usr/share/tiny-cuda",
    "extra": "cd /run/inputs; find * -type f | sort > /usr/share/tiny-extra",
    "vm": "echo kernel > /boot/vmlinuz-1; echo initrd > /boot/initrd.img-1; rm /etc/tiny-name",
}

#: Needs nothing but what minbase has.
PACKAGE = "less"

ASSET = "tiny/digits.gz"


def tiny_project(folder: Path) -> Path:
    """Write the small project into a new folder and its asset's mirror beside it.

    Returns:
        The project's folder; the mirror is `folder.parent / "mirror"`.
    """
    project = copy_project(folder)
    _few_packages(project)
    _few_wheels(project / "locks")
    _one_asset(project / "locks" / "assets.lock", project.parent / "mirror")
    for layer, script in TASKS.items():
        (project / "ansible" / f"{layer}.yml").write_text(PLAYBOOK.format(layer=layer))
        tasks = project / "ansible" / "roles" / f"tiny_{layer}" / "tasks" / "main.yml"
        tasks.parent.mkdir(parents=True)
        tasks.write_text(f"- name: Change the tree\n  ansible.builtin.raw: {script}\n")
    return project


def edit_a_lesson(project: Path, cell: str = "# %% [markdown]\n# One more cell.") -> None:
    """Add a cell to the first lesson: one of text, unless another one is given."""
    source = project / "notebooks" / "source" / "0-TheanoBasics.py"
    source.write_text(f"{source.read_text()}\n{cell}\n")


def _few_packages(project: Path) -> None:
    description = project / "appliance.yml"
    text = description.read_text()
    sets = [name for name in debian.SETS if name not in ("base", "tools")]
    few = "".join(f"    {name}: [{PACKAGE}]\n" for name in sets)
    text, count = re.subn(r"(?ms)^    system:\n.*?(?=^\S)", few + "\n", text)
    assert count == 1
    description.write_text(text)
    lock = debian.load(project / "locks" / "debian.lock")
    needed = [deb for deb in lock.debs if {"base", "tools"} & set(deb.sets) or deb.name == PACKAGE]
    requested = {**lock.requested, **dict.fromkeys(sets, (PACKAGE,))}
    small = debian.Lock(lock.suite, lock.resolved, requested, tuple(needed))
    (project / "locks" / "debian.lock").write_text(debian.text(small))


def _few_wheels(locks: Path) -> None:
    for name, package in {"python": "pip", "sources": "lasagne"}.items():
        entries = re.findall(r"(?m)^\S.*\n(?:    .*\n?)*", (locks / f"{name}.lock").read_text())
        kept = [entry for entry in entries if entry.startswith(f"{package}==")]
        assert len(kept) == 1, f"{package} is not in {name}.lock"
        (locks / f"{name}.lock").write_text(kept[0])


def _one_asset(lock: Path, mirror: Path) -> None:
    content = gzip.compress(b"digits", mtime=0)
    (mirror / ASSET).parent.mkdir(parents=True)
    (mirror / ASSET).write_bytes(content)
    lock.write_text(
        f'[[asset]]\npath = "{ASSET}"\nurls = ["https://assets.invalid/digits.gz"]\n'
        f'size = {len(content)}\nsha256 = "{hashlib.sha256(content).hexdigest()}"\n'
        'licence = "CC0"\nsource = "this test"\nstandin = "none"\n'
    )
