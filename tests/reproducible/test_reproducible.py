"""Built again where all else differs, the file has the same bytes; and a difference is found."""

import subprocess
import sys

import pytest

from appliance_build import reproduce
from appliance_build.paths import PROJECT
from tests.make.tiny import tiny_project
from tests.unit.make.copies import call, command, refusal

PROGRAM = [sys.executable, "-m", "appliance_build.reproduce"]
IN_CI = "place"


def again(*words: str, **options) -> subprocess.CompletedProcess[str]:
    """`make reproduce` in a mount name space of its own."""
    alone = ["unshare", "--mount", "--propagation", "private", "--", *PROGRAM, *words]
    return subprocess.run(alone, capture_output=True, text=True, check=False, **options)


def test_the_bytes_of_the_ova_are_the_same(ova):
    all_the_same(IN_CI, "--only", "vm")


@pytest.mark.full
@pytest.mark.parametrize("variation", reproduce.VARIATIONS)
def test_the_bytes_of_all_files_are_the_same(ova, variation: str):
    all_the_same(variation)


def all_the_same(*words: str) -> None:
    done = again(*words, cwd=PROJECT)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    assert done.stdout.splitlines()[-1] == "the same bytes everywhere"


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The small project as a git repository, and its cache."""
    folder = tmp_path_factory.mktemp("small")
    project = tiny_project(folder / "project")
    git = ["git", "-c", "user.name=nobody", "-c", "user.email=nobody@localhost"]
    for words in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "-m", "small"]):
        subprocess.run([*git, *words], cwd=project, check=True)
    return project, folder / "cache", str(folder / "mirror")


@pytest.mark.parametrize(
    "seeded",
    [
        "a time stamp",
        pytest.param("a random id", marks=pytest.mark.full),
        pytest.param("nothing", marks=pytest.mark.full),
    ],
)
def test_one_seeded_byte_turns_it_red_and_the_file_is_named(small, seeded: str):
    project, cache, mirror = small
    tasks = project / "ansible" / "roles" / "tiny_content" / "tasks" / "main.yml"
    good = tasks.read_text()
    seed = {
        "nothing": "",
        "a time stamp": "; date +%s%N > /usr/share/tiny/stamp",
        "a random id": "; cp /proc/sys/kernel/random/uuid /usr/share/tiny/stamp",
    }[seeded]
    try:
        tasks.write_text(good.rstrip() + seed + "\n")
        first = call(command("ova"), project, cache, APPLIANCE_MIRROR=mirror)
        assert first.returncode == 0, first.stderr
        words = ["unshare", "--mount", "--propagation", "private", "--", *PROGRAM, "place"]
        done = call(words, project, cache, APPLIANCE_MIRROR=mirror)
    finally:
        tasks.write_text(good)
    if seeded == "nothing":
        assert done.returncode == 0, done.stdout + done.stderr
        return
    assert refusal(done).startswith("the two builds differ; ")
    assert "usr/share/tiny/stamp" in done.stdout
    page = project / "build" / "reproduce" / "diffoscope.html"
    assert "usr/share/tiny/stamp" in page.read_text()
