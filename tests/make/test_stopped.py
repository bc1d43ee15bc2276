"""Builds that end badly: killed, interrupted, refused by the disk, the network or a role."""

import os
import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from appliance_build import paths
from tests.unit.make.copies import call, command, environment, refusal

from .test_build import artefact, made, nothing_is_left, ova

MARK = "86399.25"  # seconds that nothing else sleeps


def sleepers() -> list[psutil.Process]:
    """The programs that a role left running in its tree."""
    found = psutil.process_iter(["cmdline"])
    return [process for process in found if process.info["cmdline"] == ["sleep", MARK]]


def wait_until(condition, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def content_role(built) -> Path:
    return built.project / "ansible" / "roles" / "tiny_content" / "tasks" / "main.yml"


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_build_stopped_in_a_layer_leaves_nothing_and_is_done_again(built, how):
    role, good = content_role(built), content_role(built).read_text()
    before = {path.name for path in (built.cache / "layers").iterdir()}
    role.write_text(f"{good.rstrip()}; sleep {MARK}\n")
    settings = environment(built.cache, {"APPLIANCE_MIRROR": built.mirror})
    with subprocess.Popen(
        command("ova"), cwd=built.project, env=settings, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            wait_until(lambda: sleepers() or process.poll() is not None)
            assert process.poll() is None, process.stderr.read()
            process.send_signal(how)
            _, said = process.communicate(timeout=60)
        finally:
            process.kill()
    wait_until(lambda: not sleepers(), seconds=10)
    if how == signal.SIGINT:
        assert process.returncode == 130 and "Traceback" not in said
        assert said.splitlines()[-1].startswith("stopped; ")
    assert {path.name for path in (built.cache / "layers").iterdir()} == before
    role.write_text(f"{good.rstrip()}; touch /usr/share/tiny/again\n")
    done = ova(built)
    assert done.returncode == 0 and made(done.stderr) == ["content", "about-vm"]
    nothing_is_left(built)


def test_a_failing_role_is_one_sentence_and_its_log(built):
    old = artefact(built).read_bytes()
    role = content_role(built)
    role.write_text(role.read_text().rstrip() + "; echo '[/in brackets]'; false\n")
    done = ova(built)
    assert refusal(done).startswith("the roles of ansible/content.yml failed; ")
    log = built.project / "build" / "log" / "content-layer.log"
    assert str(log) in done.stderr and "[/in brackets]" in log.read_text()
    nothing_is_left(built)
    assert artefact(built).read_bytes() == old, "the last good file stays"


def test_without_a_network_debian_cannot_be_had(built, tmp_path):
    artefact(built).unlink()
    words = ["unshare", "--net", *command("ova")]
    done = call(words, built.project, tmp_path / "empty", APPLIANCE_MIRROR=built.mirror)
    assert refusal(done).startswith("Debian's archive cannot be reached or is not signed; check")
    assert not (tmp_path / "empty" / "layers").exists()
    assert not list((tmp_path / "empty" / "work").iterdir())


@pytest.mark.parametrize("network", [True, False], ids=["wrong hash", "no network"])
def test_python_packages_come_by_their_hash_or_not_at_all(built, network):
    lock = built.project / "locks" / "python.lock"
    if network:
        package = lock.read_text().splitlines()[0]
        lock.write_text(f"{package}\n    --hash=sha256:{'0' * 64}\n")
    else:
        lock.write_text(lock.read_text() + "# not fetched before\n")
    words = command("ova") if network else ["unshare", "--net", *command("ova")]
    offline = {} if network else {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(built.cache)}
    before = {path.name for path in (built.cache / "wheels").iterdir()}
    done = call(words, built.project, built.cache, APPLIANCE_MIRROR=built.mirror, **offline)
    first = refusal(done)
    assert first.startswith("the Python packages of locks/python.lock could not be fetched with ")
    assert "check the network connection, or restore that file with git" in first
    assert not network or "0" * 64 in done.stderr
    assert {path.name for path in (built.cache / "wheels").iterdir()} == before
    nothing_is_left(built)


def test_a_disk_that_is_too_small_is_named_with_its_room(built, tmp_path):
    artefact(built).unlink()
    small = tmp_path / "small"
    small.mkdir()
    script = f'mount -t tmpfs -o size=64m tmpfs {small} && exec "$@"'
    words = ["unshare", "--mount", "sh", "-c", script, "sh", *command("ova")]
    message = refusal(call(words, built.project, small, APPLIANCE_MIRROR=built.mirror))
    assert message.startswith(f"{small} has 0.1 GiB free and a build needs ")
    assert "APPLIANCE_CACHE" in message


def test_two_builds_at_once_wait_for_each_other(built):
    settings = environment(built.cache, {"APPLIANCE_MIRROR": built.mirror})
    artefact(built).unlink()
    started = [
        subprocess.Popen(
            command("ova"), cwd=built.project, env=settings, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=120)[1] for process in started]
    assert [process.returncode for process in started] == [0, 0], said
    assert sum("another build is using" in text for text in said) <= 1
    assert artefact(built).stat().st_size > 1_000_000


@pytest.mark.full
def test_tools_tree_killed_in_the_making_leaves_no_mount_and_no_process(tmp_path):
    """What stayed mounted would be in the way of the next build, which clears up there."""
    settings = {"APPLIANCE_CACHE": str(tmp_path), "APPLIANCE_MIRROR": str(paths.cache())}
    words = command("describe")
    making = subprocess.Popen(words, cwd=paths.PROJECT, env=os.environ | settings)

    def installing() -> bool:
        return (
            subprocess.run(["pgrep", "-f", f"dpkg .*{tmp_path}"], capture_output=True).stdout != b""
        )

    wait_until(installing, 300)
    mounts = subprocess.run(["findmnt", "-rno", "TARGET"], capture_output=True, text=True).stdout
    making.kill()
    making.wait()
    assert str(tmp_path) not in mounts
    wait_until(lambda: not installing())
