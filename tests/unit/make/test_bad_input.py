"""The build's command line, used wrongly: one clear sentence, nothing half-made."""

import os
from pathlib import Path

import pytest

from appliance_build import description

from .copies import UNPRIVILEGED, call, command, copy_project, refusal, replace

PORTS = description.load().ports


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A copy of the project that no test changes for good, open to every user."""
    folder = tmp_path_factory.mktemp("shared")
    for parent in (folder, folder.parent):
        parent.chmod(0o755)
    return copy_project(folder / "project")


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


@pytest.fixture
def mirror(tmp_path):
    """A folder that is a mirror, without anything in it."""
    (tmp_path / "mirror").mkdir()
    return str(tmp_path / "mirror")


@pytest.fixture
def no_assets(shared):
    """Nothing is fetched before the build looks at its host."""
    lock = shared / "locks" / "assets.lock"
    text = lock.read_text()
    lock.write_text("asset = []\n")
    yield
    lock.write_text(text)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nonsense"], "No such command 'nonsense'; `--help` lists what there is"),
        (["ova", "--nonsense"], "No such option: --nonsense; `--help` lists what there is"),
        (["up", "--firmware", "none"], "Invalid value for '--firmware'"),
    ],
)
def test_wrong_use_ends_with_2(shared, cache, words, sentence):
    assert sentence in refusal(call(command(*words), shared, cache), status=2)


def test_without_a_command_the_commands_are_listed(shared, cache):
    done = call(command(), shared, cache)
    assert done.returncode == 2 and not done.stderr
    assert "ova" in done.stdout and "notebooks" in done.stdout


def test_who_is_not_root_is_told_so(shared, tmp_path, no_assets):
    for folder in (tmp_path.parent, tmp_path):
        folder.chmod(0o777)
    message = refusal(call([*UNPRIVILEGED, *command("ova")], shared, tmp_path / "cache"))
    assert message.startswith("building needs root") and "sudo" in message
    assert not (shared / "build").exists()
    assert not list((tmp_path / "cache").rglob("*.squashfs"))


def test_a_cache_that_cannot_be_written_is_named(shared, cache):
    cache.mkdir(mode=0o555)
    message = refusal(call([*UNPRIVILEGED, *command("ova")], shared, cache))
    assert message.startswith(f"cannot write to the cache {cache} (Permission denied)")
    assert "APPLIANCE_CACHE" in message


def test_a_project_that_cannot_be_written_is_named(shared, cache):
    message = refusal(call([*UNPRIVILEGED, *command("lock")], shared, cache))
    assert message.startswith(f"cannot write {shared}") and "Permission denied" in message


def test_a_mirror_that_is_no_folder_is_named(shared, cache, tmp_path):
    nowhere = str(tmp_path / "nowhere")
    message = refusal(call(command("ova"), shared, cache, APPLIANCE_MIRROR=nowhere))
    assert message.startswith(f"APPLIANCE_MIRROR names {nowhere}")
    assert not cache.exists()


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("cpus: ", "cores: ", "machine.cores: unknown key"),
        (
            "memory_mb: 2048",
            "memory_mb: lots",
            "machine.memory_mb: Input should be a valid integer",
        ),
        (f"host: {PORTS.jupyter.host}", "host: 70000", "ports.jupyter.host: Input should be less"),
        (
            f"host: {PORTS.ssh.host}",
            f"host: {PORTS.jupyter.host}",
            f"jupyter and ssh both use host port {PORTS.jupyter.host}",
        ),
        ("version: ", "version: v", r"String should match pattern '^\d+\.\d+\.\d+(-[0-9a-z.]+)?$'"),
    ],
)
def test_a_wrong_description_stops_before_anything(tmp_path, cache, old, new, sentence):
    project = copy_project(tmp_path / "project")
    replace(project / "appliance.yml", old, new)
    done = call(command("ova"), project, cache)
    output = done.stdout + done.stderr
    first = refusal(done)
    assert first.startswith("appliance.yml:") and sentence in output
    assert not cache.exists() and not (project / "build").exists()


@pytest.mark.parametrize("tool", ["mksquashfs", "packer", "ansible-playbook", "sfdisk", "qemu-img"])
def test_a_missing_tool_is_named_with_its_package(shared, cache, tmp_path, no_assets, tool):
    """Root is needed to get there; see tests/make for what needs root beyond that."""
    everything = tmp_path / "bin"
    everything.mkdir()
    for folder in (Path(name) for name in os.environ["PATH"].split(os.pathsep)):
        for program in folder.iterdir() if folder.is_dir() else []:
            link = everything / program.name
            if program.name != tool and not link.is_symlink():
                link.symlink_to(program)
    message = refusal(call(command("ova"), shared, cache, PATH=str(everything)))
    assert message.startswith(f"the command `{tool}` is missing; install it: apt-get install ")
    assert not list(cache.rglob("*.squashfs"))


def test_text_in_brackets_is_shown_as_it_is(shared, cache):
    """It is no markup: [/path] in a log once ended in a traceback."""
    odd = "/no[/where]/[red]"
    message = refusal(call(command("ova"), shared, cache, APPLIANCE_MIRROR=odd))
    assert message.startswith(f"APPLIANCE_MIRROR names {odd}, ")


def test_a_damaged_asset_lock_is_named(tmp_path, cache):
    project = copy_project(tmp_path / "project")
    (project / "locks" / "assets.lock").write_text("[[asset]]\npath = ")
    message = refusal(call(command("ova"), project, cache))
    assert "assets.lock is damaged" in message and "restore it with git" in message


def test_a_release_without_its_assets_stops_with_the_list(shared, cache, mirror):
    """A name that resolves nowhere stands for the network that is not there."""
    lock = shared / "locks" / "assets.lock"
    text = lock.read_text()
    lock.write_text(text.replace("https://", "http://127.0.0.1:9/"))
    try:
        done = call(command("release"), shared, cache, APPLIANCE_MIRROR=mirror)
    finally:
        lock.write_text(text)
    assert refusal(done).startswith("a release takes no stand-ins")
    assert "127.0.0.1:9 does not answer" in done.stderr and "APPLIANCE_MIRROR" in done.stderr
    assert not [path for path in (cache / "assets").rglob("*") if path.is_file()]
