"""The folder of local mode: whose it is, who works in it, that only its own goes."""

import os
import socket
import subprocess
import sys

import pytest

from appliance_build.errors import BuildError
from appliance_build.local import command, running, sandbox
from appliance_build.local import person as people
from appliance_build.local.folder import Folder
from appliance_build.local.person import Person
from appliance_build.paths import PROJECT

LOCK = "import fcntl, sys; f = open(sys.argv[1]); fcntl.flock(f, 2); print(1, flush=True); input()"


def call(*words) -> subprocess.CompletedProcess[str]:
    """The command line, as `make` calls it."""
    command = [sys.executable, "-m", "appliance_build.local", *map(str, words)]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("action", ["stop", "check", "clean"])
def test_a_folder_of_others_is_left_alone(tmp_path, action):
    (tmp_path / "file").write_text("not ours")
    done = call(action, tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith(f"error: there is no local mode in {tmp_path}")
    assert (tmp_path / "file").exists()


def test_a_start_takes_no_folder_that_has_other_things(tmp_path):
    (tmp_path / "file").write_text("not ours")
    done = call("up", tmp_path)
    assert done.returncode == 1 and "files that local mode did not make" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_what_is_not_ours_stays_in_our_folder(folder):
    (folder.path / "thesis.txt").write_text("somebody put it here")
    command.clean(folder.path)
    assert [path.name for path in folder.path.iterdir()] == ["thesis.txt"]


def test_a_system_of_another_folder_is_not_removed(folder, tmp_path):
    other = Folder(tmp_path / "mine")
    other.claim()
    command._link(other, folder)
    assert (other.system / "etc/passwd").exists()
    command.clean(other.path)
    assert not other.path.exists() and (folder.system / "etc/passwd").exists()


def test_work_stops_a_clean_in_one_sentence(folder):
    (folder.notebooks / "own.txt").write_text("x")
    done = call("clean", folder.path)
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1
    assert "1 file: notebooks/own.txt" in done.stderr
    assert call("clean", folder.path, "--force").returncode == 0
    assert not folder.path.exists()


def test_nothing_to_remove_is_no_error(tmp_path):
    done = call("clean", tmp_path / "nothing")
    assert (done.returncode, done.stderr) == (0, "")


def test_two_at_once_are_refused(folder):
    program = [sys.executable, "-c", LOCK.replace("open(sys.argv[1])", "__import__('os').open("
               "sys.argv[1], 0)"), str(folder.path)]  # fmt: skip
    with subprocess.Popen(
        program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        other.stdout.readline()
        done = call("stop", folder.path)
        other.communicate("\n")
    assert done.returncode == 1 and "is at work" in done.stderr
    assert call("stop", folder.path).returncode == 0


def test_it_runs_as_long_as_anything_holds_its_lock(folder):
    lock = folder.running_lock()
    assert folder.is_running() and folder.running_lock() is None
    child = subprocess.Popen(["cat"], stdin=subprocess.PIPE, pass_fds=[lock.fileno()])
    lock.close()
    assert folder.is_running() and not folder.has_ended(0.1)
    child.communicate()
    assert folder.has_ended(0.1)


def test_a_taken_port_is_told_with_its_holder():
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        with pytest.raises(BuildError, match=rf"port {port} .* \(pid {os.getpid()}\)"):
            running.require_free(port)
    running.require_free(port)


def test_the_token_is_on_no_command_line_and_for_no_other_user(folder):
    token = running._token(folder)
    assert running._token(folder) == token and len(token) == 48
    assert (folder.run / "token").stat().st_mode & 0o077 == 0
    facts = running._note(folder, Person(4321, 1234), 2345)
    words = sandbox.words(folder, facts, Person(4321, 1234), sandbox.JUPYTER)
    assert token not in " ".join(words)


def test_inside_the_user_has_the_number_of_who_started_it(folder, user):
    facts = running._note(folder, Person(4321, 1234), 2345)
    assert facts["ports"] == {"jupyter": {"host": 2345, "guest": 2345}}
    passwd, group = ((folder.run / name).read_text().splitlines() for name in ("passwd", "group"))
    assert passwd[0].startswith("root:x:0:0:")
    assert passwd[1] == f"{user}:x:4321:1234:,,,:/home/{user}:/bin/bash"
    assert group == ["root:x:0:", f"sudo:x:27:{user}", f"{user}:x:1234:"]


def test_root_starts_it_for_who_called_sudo_and_else_for_the_described_user(tmp_path, monkeypatch):
    monkeypatch.setattr(people.os, "geteuid", lambda: 0)
    monkeypatch.setenv("SUDO_UID", "4321")
    monkeypatch.setenv("SUDO_GID", "1234")
    assert people.choose(tmp_path / "home", 1000) == Person(4321, 1234)
    monkeypatch.setenv("SUDO_UID", "0")
    assert people.choose(tmp_path / "home", 1000) == Person(1000, 1000)


def test_another_users_folder_is_not_taken_over(tmp_path, monkeypatch):
    owner = tmp_path.stat().st_uid
    monkeypatch.setattr(people.os, "geteuid", lambda: owner + 1)
    with pytest.raises(BuildError, match="SYSTEM="):
        people.choose(tmp_path, 1000)


def test_without_name_spaces_it_says_what_to_do(folder):
    said = "bwrap: setting up uid map: Permission denied"
    (folder.run / "jupyter.log").write_text(said)
    with pytest.raises(BuildError, match="sudo make local") as refused:
        running.wait(folder, 1)
    assert said in str(refused.value)


def test_wrong_use_is_exit_status_2():
    assert call("up", "x", "--port", "80").returncode == 2
    assert call("dance").returncode == 2


def test_with_a_persons_rights_errors_name_what_people_know(folder):
    me = Person(os.geteuid(), os.getegid())
    for path in (folder.run / "nothing", folder.system / "nothing"):
        with pytest.raises(FileNotFoundError) as missing, folder.seen_by(me) as seen:
            parent = seen.run if path.parent == folder.run else seen.system
            (parent / path.name).read_text()
        assert missing.value.filename == str(path)
