"""The build's command line, used wrongly: one clear sentence, nothing half-made."""

import sys

import pytest

from appliance_build import description

from .copies import UNPRIVILEGED, call, command, copy_project, is_unused, refusal, replace

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


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nonsense"], "No such command 'nonsense'; `--help` lists what there is"),
        (["ova", "--nonsense"], "No such option: --nonsense; `--help` lists what there is"),
    ],
)
def test_wrong_use_ends_with_2(shared, cache, words, sentence):
    assert sentence in refusal(call(command(*words), shared, cache), status=2)


def test_wrong_use_of_the_machine_ends_with_2(shared, cache):
    words = [sys.executable, "-m", "appliance_build.machine", "up", "--firmware", "none"]
    assert "Invalid value for '--firmware'" in refusal(call(words, shared, cache), status=2)


@pytest.mark.parametrize(
    ("program", "sentence"),
    [
        (None, "the command `chromium` is missing; install it: apt-get install chromium"),
        ("exit 1", "Chromium does not start ("),
    ],
)
def test_slides_without_a_chromium_end_in_a_sentence(shared, cache, tmp_path, program, sentence):
    if program:
        (tmp_path / "chromium").write_text(f"#!/bin/sh\n{program}\n")
        (tmp_path / "chromium").chmod(0o755)
    words = [sys.executable, "-m", "appliance_build.slides", tmp_path / "slides.pdf"]
    assert sentence in refusal(call(words, shared, cache, PATH=str(tmp_path)))
    assert not (tmp_path / "slides.pdf").exists()


def test_without_a_command_the_commands_are_listed(shared, cache):
    done = call(command(), shared, cache)
    assert done.returncode == 2 and not done.stderr
    assert "ova" in done.stdout and "notebooks" in done.stdout


def test_who_is_not_root_is_told_so(shared, tmp_path):
    for folder in (tmp_path.parent, tmp_path):
        folder.chmod(0o777)
    message = refusal(call([*UNPRIVILEGED, *command("ova")], shared, tmp_path / "cache"))
    assert message.startswith("building needs root") and "sudo" in message
    assert not (shared / "build").exists()
    assert is_unused(tmp_path / "cache")


def test_a_cache_that_cannot_be_made_is_named(shared, tmp_path):
    cache = tmp_path / "a-file"
    cache.touch()
    message = refusal(call(command("ova"), shared, cache))
    assert message.startswith(f"cannot write to the cache {cache} (Not a directory)")
    assert "APPLIANCE_CACHE" in message


def test_a_project_that_cannot_be_written_is_named(shared, cache):
    script = f'mount --bind {shared} {shared} && mount -o remount,ro,bind {shared} && exec "$@"'
    words = ["unshare", "--mount", "sh", "-c", script, "sh", *command("notebooks")]
    message = refusal(call(words, shared, cache))
    assert message.startswith(f"cannot write {shared}") and "Read-only file system" in message


def test_a_mirror_that_is_no_folder_is_named(shared, cache, tmp_path):
    nowhere = str(tmp_path / "nowhere")
    message = refusal(call(command("ova"), shared, cache, APPLIANCE_MIRROR=nowhere))
    assert message.startswith(f"APPLIANCE_MIRROR names {nowhere}")
    assert is_unused(cache)


def test_an_organisers_folder_without_a_description_is_named(shared, cache, tmp_path):
    message = refusal(call(command("ova"), shared, cache, APPLIANCE_WORKSHOP=str(tmp_path)))
    assert message.startswith(f"APPLIANCE_WORKSHOP names {tmp_path}, which has no appliance.yml")
    assert is_unused(cache)


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
    assert is_unused(cache) and not (project / "build").exists()


def test_packages_that_the_lock_was_not_made_for_are_named(tmp_path, cache):
    project = copy_project(tmp_path / "project")
    replace(project / "appliance.yml", "      - less\n", "      - sl\n")
    message = refusal(call(command("ova"), project, cache))
    assert message.startswith("locks/debian.lock was resolved for other system packages")
    assert "(difference: less, sl); run `make lock`" in message


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("Format: 1", "Format: 2", "its format is 2, this build reads 1"),
        ("Filename: pool/", "Filename: ../pool/", "is not as `make lock` writes it"),
        ("SHA256: ", "SHA256: x", "is not as `make lock` writes it"),
        ("Size: ", "Size: many", "invalid literal for int()"),
        ("Version: ", "Versions: ", "'Version' is missing"),
    ],
)
def test_a_damaged_debian_lock_is_named(tmp_path, cache, old, new, why):
    project = copy_project(tmp_path / "project")
    replace(project / "locks" / "debian.lock", old, new)
    message = refusal(call(command("ova"), project, cache))
    assert "debian.lock is damaged (" in message and "restore it with git" in message
    assert why in message


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
    # All that is kept is which files were missed.
    left = {path.suffix for path in (cache / "assets").rglob("*") if path.is_file()}
    assert left == {".missed"}
