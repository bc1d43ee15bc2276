"""The virtual machine and the images are made of the same: packages, notebooks, checks."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from appliance_build.description import Description
from appliance_build.inputs import debian

from ..gpu.conftest import PYTHON
from ..image.tree import Tree

#: Sets of the lock that only one form has.
OWN = {"vm": {"vm"}, "cpu": {"container"}, "cuda": {"container", "cuda"}}

SHARE = "/usr/share/workshop"
#: Folders of the lessons and their data: pristine, solved, and to work on.
FILES = (f"{SHARE}/notebooks", f"{SHARE}/solutions", f"{SHARE}/data", "~/notebooks")

LIST_PYTHON = """
import json
from importlib.metadata import distributions
print(json.dumps({d.name: d.version for d in distributions()}))
"""


@pytest.fixture(scope="module")
def trees(
    layers: dict[str, Path],
    image_layers: Callable[[str], Path],
    description: Description,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Tree]:
    """Each form as a tree, complete."""
    stacks = {"vm": list(layers.values())}
    stacks |= {form: [image_layers(form)] for form in ("cpu", "cuda")}
    user = description.user.name
    return {
        form: Tree(stack, tmp_path_factory.mktemp(f"{form}-tree"), user)
        for form, stack in stacks.items()
    }


def contents(tree: Tree) -> dict[str, dict[str, str]]:
    """What a tree has: name and version, or name and hash, of each kind."""
    show = "dpkg-query --show --showformat='${Package} ${Version}\\n'"
    files = tree.ok(f"find {' '.join(FILES)} -type f -exec sha256sum {{}} +")
    return {
        "Debian packages": dict(line.split() for line in tree.ok(show).splitlines()),
        "Python packages": json.loads(tree.ok(f"{PYTHON} - <<'END'\n{LIST_PYTHON}\nEND")),
        "files of the lessons": dict(line.split()[::-1] for line in files.splitlines()),
        "checks": dict(
            line.split(None, 1) for line in tree.ok("appliance-check --list").splitlines()
        ),
    }


def differences(tree: Tree, form: str, other: Tree, other_form: str) -> list[str]:
    """What one has otherwise than the other, but for the packages that only one needs."""
    lock = debian.load()
    found = []
    mine, theirs = contents(tree), contents(other)
    own, its_own = (
        {deb.name for deb in lock.of(*OWN[each])} for each in (form, other_form)
    )  # a program in Python is a Python package, too
    for kind, entries in mine.items():
        kept = {name: value for name, value in entries.items() if name not in own}
        rest = {name: value for name, value in theirs[kind].items() if name not in its_own}
        assert kept and rest
        found += [
            f"{kind}: {name}"
            for name in sorted(kept.keys() | rest.keys())
            if kept.get(name) != rest.get(name)
        ]
    return found


@pytest.mark.parametrize("form", ["cpu", "cuda"])
def test_image_has_what_the_machine_has(trees: dict[str, Tree], form: str):
    assert differences(trees["vm"], "vm", trees[form], form) == []


def test_a_package_that_one_lacks_is_noticed(trees: dict[str, Tree], tmp_path: Path):
    spoiled = Tree(trees["cpu"].layers, tmp_path, trees["cpu"].user)
    spoiled.ok("dpkg --purge --force-depends nano", user="root")
    spoiled.ok("rm /usr/share/workshop/notebooks/0-*", user="root")
    found = differences(trees["vm"], "vm", spoiled, "cpu")
    assert "Debian packages: nano" in found
    assert any("notebooks/0-" in each for each in found)


@pytest.mark.parametrize("form", OWN)
def test_bill_of_materials_is_what_is_installed(trees: dict[str, Tree], form: str):
    bill = json.loads(trees[form].ok("cat /usr/share/workshop/sbom.spdx.json"))
    listed = {
        each["name"]: each["versionInfo"]
        for each in bill["packages"]
        if each["SPDXID"].startswith("SPDXRef-deb-")
    }
    assert listed == contents(trees[form])["Debian packages"]
