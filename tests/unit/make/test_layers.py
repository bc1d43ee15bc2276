"""A layer's key changes with what goes into it, and with nothing else."""

import json
import os
import re
import sys
from pathlib import Path

import pytest

from appliance_build.layers import ABOUT, EXTRA, LAYERS
from tests.make.tiny import edit_a_lesson

from .copies import call, copy_project, replace

ALL, PAPERS = set(LAYERS) - set(EXTRA.values()), set(ABOUT.values())
KEYS = """
import json, sys
from pathlib import Path
from appliance_build.inputs import debian
from appliance_build import builder, description, layers
assets = {"mnist/digits.gz": Path(sys.argv[1])}
builder = builder.Builder(description.load(), debian.load(), assets, json.loads(sys.argv[2]))
print(json.dumps({name: builder.key(name) for name in layers.LAYERS}))
"""


@pytest.fixture
def project(tmp_path):
    (tmp_path / "digits.gz").write_bytes(b"digits")
    return copy_project(tmp_path / "project")


def keys(project: Path, standins: str = "[]", asset: str = "digits.gz") -> dict[str, str]:
    """The keys that a new process computes in a copy of the project."""

    words = [sys.executable, "-c", KEYS, project.parent / asset, standins]
    done = call(words, project, project.parent / "cache")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {name for name in before if before[name] != after[name]}


def changed_of_ours(before: dict[str, str], after: dict[str, str]) -> set[str]:
    """What an organiser adds has tests of its own (test_added_layers.py)."""
    return changed(before, after) - set(EXTRA.values())


def append(name: str):
    """A change that adds a line to a file of the project."""

    def change(project: Path) -> None:
        with (project / name).open("a") as file:
            file.write("# changed\n")

    return pytest.param(change, id=name)


def lesson(cell: str):
    """A change that adds a cell to a lesson."""
    return pytest.param(lambda project: edit_a_lesson(project, cell), id=f"lesson, {cell!r}")


def describe(old: str, new: str):
    """A change of the description."""

    def change(project: Path) -> None:
        replace(project / "appliance.yml", old, new)

    return pytest.param(change, id=old.strip())


def relock(sets: str):
    """Another file for one package that is in these sets of the lock."""

    def change(project: Path) -> None:
        lock = project / "locks" / "debian.lock"
        entry = rf"(?m)^SHA256: \w+(\nSets: {sets})$"
        text, count = re.subn(entry, rf"SHA256: {'0' * 64}\1", lock.read_text(), count=1)
        assert count == 1
        lock.write_text(text)

    return pytest.param(change, id=f"debian.lock, {sets}")


def one_input_each():
    """Every kind of input, with the layers that it must change."""
    table = {
        ("compiled", *PAPERS): [
            append("ansible/compiled.yml"),
            append("ansible/roles/compiled/tasks/main.yml"),
        ],
        ("compiled", "content", *PAPERS): [
            lesson("# %%\n1 + 1"),
            append("notebooks/workshop/data.py"),
            append("notebooks/workshop/shapes/googlenet.txt"),
            append("appliance_build/lessons.py"),
            append("appliance_build/exercises.py"),
            append("appliance_build/weights.py"),
            append("appliance_build/checkpoint.py"),
            append("appliance_build/photos.py"),
            append("locks/photos.lock"),
            describe("  - 1-MNIST-MLP\n", ""),
        ],
        ("content", *PAPERS): [
            lesson("# %% [markdown]\n# Only text."),
            append("appliance_check/result.py"),
            append("ansible/content.yml"),
            append("ansible/roles/notebooks/tasks/main.yml"),
            append("ansible/roles/check/files/appliance-check"),
            describe("memory_mb: 2048", "memory_mb: 4096"),
        ],
        ("web", *PAPERS): [
            append("ansible/web.yml"),
            append("ansible/roles/web/tasks/main.yml"),
            append("appliance_build/inputs/npm.py"),
            append("web/package-lock.json"),
            append("web/build.mjs"),
            append("web/common/theme.css"),
            append("web/landing/main.js"),
            append("web/server/workshop_pages/api.py"),
        ],
        # Slides tell what the network scores.
        ("compiled", "content", "web", *PAPERS): [
            append("notebooks/workshop/bubbles/pretrained/training.json")
        ],
        ("vm", "about-vm"): [
            append("ansible/vm.yml"),
            append("ansible/roles/vm/files/layers"),
        ],
        # The provenance of every form names the lock.
        ("vm", *PAPERS): [relock("vm")],
        ("container", "cuda", "opencl", *PAPERS): [relock("container")],
        ("cuda", *PAPERS): [relock("cuda")],
        ("opencl", *PAPERS): [relock("opencl")],
        ("container", "cuda", "opencl", "about-cpu", "about-cuda"): [
            append("ansible/container.yml"),
            append("ansible/roles/container/tasks/main.yml"),
            append("docker/inside/workshop_start/home.py"),
        ],
        ("cuda", "about-cuda"): [append("ansible/roles/cuda/files/nvrtc.c")],
        ("vm", "container", "cuda", "opencl", *PAPERS): [
            append("ansible/roles/packages/tasks/main.yml")
        ],
        ("content", "vm", *PAPERS): [
            describe("version: 0.", "version: 9."),
            describe("      - zstd\n", ""),
        ],
        ("science", "compiled", "content", "web", *PAPERS): [
            append("ansible/science.yml"),
            append("ansible/roles/jupyter/templates/jupyter.service.j2"),
            append("ansible/roles/theano/files/patches/theano/series"),
            append("appliance_build/inputs/wheels.py"),
            append("theano_onednn/rewrites.py"),
            append("locks/python.lock"),
            append("locks/sources.lock"),
            describe("march: x86-64-v2", "march: x86-64-v3"),
        ],
        tuple(ALL): [
            append("locks/tools.lock"),
            relock("base tools"),
            relock("system"),
            relock("tools"),
            append("ansible/roles/ssh/tasks/main.yml"),
            append("ansible/ansible.cfg"),
            append("packer/layer.pkr.hcl"),
            append("appliance_build/excluded.txt"),
            append("appliance_build/provision.py"),
            append("appliance_build/tree.py"),
            append("appliance_build/layers.py"),
            describe("title: Deep", "title: Deeper"),
            describe("date: 2026-11-24", "date: 2026-11-25"),
        ],
        (*PAPERS,): [append("locks/assets.lock"), append("appliance_build/papers/sbom.py")],
        (): [
            append("README.md"),
            append("Makefile"),
            append("notebooks/0-TheanoBasics.ipynb"),
            append("packer/product.pkr.hcl"),
            append("appliance_build/disk.py"),
            append("appliance_build/image/config.py"),
            append("docker/compose.yml.j2"),
            append("tests/unit/test_store.py"),
            append("web/eslint.config.js"),
            append("web/test/words.test.js"),
        ],
    }
    for layers, changes in table.items():
        for change in changes:
            yield pytest.param(change.values[0], set(layers), id=change.id)


@pytest.fixture(scope="module")
def untouched(tmp_path_factory):
    """The keys of the project as it is."""
    folder = tmp_path_factory.mktemp("untouched")
    (folder / "digits.gz").write_bytes(b"digits")
    return keys(copy_project(folder / "project"))


@pytest.mark.parametrize(("change", "layers"), list(one_input_each()))
def test_an_input_changes_the_keys_of_its_layers_alone(project, untouched, change, layers):
    change(project)
    assert changed_of_ours(untouched, keys(project)) == layers


def test_place_times_and_byte_code_do_not_matter(project, untouched):
    os.utime(project / "ansible" / "vm.yml", (1, 1))
    byte_code = project / "appliance_check" / "__pycache__" / "result.pyc"
    byte_code.parent.mkdir()
    byte_code.write_bytes(b"byte code")
    (project / "web" / "node_modules").mkdir()
    (project / "web" / "node_modules" / "installed.js").write_text("by hand")
    assert keys(project) == untouched


def test_bytes_of_an_asset_and_stand_ins_change_what_lessons_see(project, untouched):
    (project.parent / "other.gz").write_bytes(b"other digits")
    assert changed_of_ours(untouched, keys(project, asset="other.gz")) == {
        "compiled",
        "content",
        *PAPERS,
    }
    standins = '[{"asset": "a", "standin": "b", "reason": "c"}]'
    replaced = keys(project, standins)
    assert changed_of_ours(untouched, replaced) == {"compiled", "content", *PAPERS}
    assert keys(project, standins.replace('"c"', '"another reason"')) == replaced
