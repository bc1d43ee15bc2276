"""The CI files are what their readers understand, ask for little, and name what they run."""

import shutil

import pytest

from appliance_build.paths import PROJECT

from ..make.copies import replace
from ..test_one_place import tracked
from . import checks

WORKFLOWS = [PROJECT / name for name in tracked("*.github/workflows/*.yml")]
GITLAB = [PROJECT / name for name in tracked("*.gitlab-ci.yml")]
SCRIPTS = [PROJECT / name for name in tracked(".ci/*")]

every_workflow = pytest.mark.parametrize(
    "file", WORKFLOWS, ids=lambda f: str(f.relative_to(PROJECT))
)
every_gitlab = pytest.mark.parametrize("file", GITLAB, ids=lambda f: str(f.relative_to(PROJECT)))
every_file = pytest.mark.parametrize(
    "file", [*WORKFLOWS, *GITLAB], ids=lambda f: str(f.relative_to(PROJECT))
)


def test_there_are_files_for_both():
    own = {str(file.relative_to(PROJECT)) for file in [*WORKFLOWS, *GITLAB]}
    assert own >= {
        ".github/workflows/appliance.yml",
        ".github/workflows/release.yml",
        ".gitlab-ci.yml",
    }


@every_workflow
def test_github_understands_it(file):
    assert not checks.actionlint(file)
    assert not checks.github(file)


@every_gitlab
def test_gitlab_understands_it(file):
    assert not checks.gitlab(file)


@every_workflow
def test_it_asks_for_little_and_runs_no_action_that_can_change(file):
    assert not checks.permissions(file)
    assert not checks.pins(file)


@every_file
def test_its_shell_is_sound(file):
    assert list(checks.scripts(file))
    assert not checks.shell(file)


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda f: f.name)
def test_scripts_are_sound(file):
    assert not checks.shellcheck(file.read_text())
    assert file.stat().st_mode & 0o111, f"{file.name} cannot be run"


@every_file
def test_it_runs_the_two_commands_and_keeps_what_they_make(file):
    said = "\n".join(checks.scripts(file))
    own = "template" in file.parts  # there `make test` names the report by itself
    assert ("make release" if file.name == "release.yml" else "make ova") in said.splitlines()
    assert f"make test{'' if own else ' ARGS=--junitxml=build/tests.xml'}" in said.splitlines()
    text = file.read_text()
    for kept in ("build/*.ova\n", "build/*.ova.*\n", "build/SHA256SUMS\n", "build/tests.xml\n"):
        assert kept in text, f"{kept!r} is not kept"


BROKEN = [
    ("appliance.yml", "runs-on: ubuntu-latest", "runs-on: ubuntu-newest", checks.actionlint),
    ("appliance.yml", "!cancelled()", "!canceled()", checks.actionlint),
    ("appliance.yml", "${{ github.ref }}", "${{ github.reference }}", checks.actionlint),
    ("appliance.yml", "run: make ova", "run: echo ${{ github.head_ref }}", checks.actionlint),
    ("release.yml", "needs: build", "needs: built", checks.actionlint),
    ("appliance.yml", "    steps:", "    step:", checks.github),
    ("appliance.yml", "    timeout-minutes: 300\n", "", checks.github),
    ("appliance.yml", "contents: read", "contents: write", checks.permissions),
    ("release.yml", "contents: write", "packages: write", checks.permissions),
    ("appliance.yml", " # v7.0.1", "", checks.pins),
    ("release.yml", "3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c", "v8", checks.pins),
    (".gitlab-ci.yml", "expire_in:", "expires_in:", checks.gitlab),
    (".gitlab-ci.yml", "when: always", "when: allways", checks.gitlab),
    (".gitlab-ci.yml", '"$CI_COMMIT_TAG"', "$CI_COMMIT_TAG", checks.shell),
]


@pytest.mark.parametrize(("name", "old", "new", "check"), BROKEN)
def test_a_broken_file_is_told(name, old, new, check, tmp_path):
    folder = PROJECT if name.startswith(".") else PROJECT / ".github" / "workflows"
    # actionlint knows a workflow by its folder.
    target = tmp_path / ".github" / "workflows" / name
    target.parent.mkdir(parents=True)
    shutil.copy(folder / name, target)
    assert not check(target)
    replace(target, old, new)
    assert check(target)
