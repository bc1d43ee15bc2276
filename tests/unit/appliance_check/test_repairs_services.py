"""Restarting Jupyter and SSH: with systemctl and supervisorctl of our own, that note what they are
told, and real servers on free ports; keys are made and read by the real ssh-keygen."""

import os
import socket
import subprocess
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from appliance_check.repairs import services
from appliance_check.repairs.repair import Refused
from appliance_check.repairs.services import RestartJupyter, RestartSsh, SshKey

from .repairing import failing, private, program, repaired

# Each unit has a file while it runs; starting it again makes the file.
SYSTEMCTL = """#!/bin/sh
echo "$@" >> $NOTES/calls
case $1 in
is-active) [ -e $NOTES/$2 ] && echo active || { echo failed; exit 3; } ;;
restart) shift; for unit; do touch $NOTES/$unit; done ;;
esac
"""
UNITS = ("jupyter.socket", "jupyter.service", "ssh.service")


@pytest.fixture
def notes(tmp_path, programs, monkeypatch):
    """Where the services' programs note their calls; all of systemd's units run."""
    folder = tmp_path / "notes"
    folder.mkdir()
    monkeypatch.setenv("NOTES", str(folder))
    program(programs, "systemctl", SYSTEMCTL)
    program(programs, "supervisorctl", '#!/bin/sh\necho "$@" >> $NOTES/calls\n')
    for unit in UNITS:
        (folder / unit).touch()
    return folder


@pytest.fixture
def asked(notes):
    """What was asked of the service managers, questions aside."""

    def read() -> list[str]:
        path = notes / "calls"
        lines = path.read_text().splitlines() if path.exists() else []
        return [line for line in lines if not line.startswith("is-active")]

    return read


@pytest.fixture
def vm(context, notes, free_ports):
    return replace(context, profile="vm")


@pytest.fixture
def container(context, notes, free_ports, tmp_path, monkeypatch):
    monkeypatch.setattr(services, "CONTAINER_LINK", tmp_path / "host-key")
    return replace(context, profile="cpu")


@pytest.fixture
def free_ports(context):
    """The description names ports that nobody listens on."""
    for port in context.description["ports"].values():
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port["guest"] = port["host"] = free.getsockname()[1]


class Api(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/api" else 404)
        self.end_headers()

    def log_message(self, *arguments):
        pass


@pytest.fixture
def jupyter(context, free_ports):
    """Something that answers like Jupyter."""
    server = HTTPServer(("127.0.0.1", context.description["ports"]["jupyter"]["guest"]), Api)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def sshd(context, free_ports):
    """Something that greets like sshd."""
    server = socket.create_server(("127.0.0.1", context.description["ports"]["ssh"]["guest"]))

    def greet():
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")

    threading.Thread(target=greet, daemon=True).start()
    yield server
    server.shutdown(socket.SHUT_RDWR)
    server.close()


FAILED = failing("services")


def test_stopped_jupyter_is_started_once(vm, notes, asked, jupyter):
    (notes / "jupyter.service").unlink()
    repaired(RestartJupyter(), vm, FAILED)
    assert asked() == ["reset-failed jupyter.service", "restart jupyter.service"]
    assert repaired(RestartJupyter(), vm, FAILED) == []
    assert len(asked()) == 2


def test_without_its_socket_jupyter_gets_both(vm, notes, asked, jupyter):
    (notes / "jupyter.socket").unlink()
    repaired(RestartJupyter(), vm, FAILED)
    assert asked()[-1] == "restart jupyter.socket jupyter.service"
    assert repaired(RestartJupyter(), vm, FAILED) == []


def test_jupyter_that_runs_and_does_not_answer_is_restarted(vm, asked):
    assert repaired(RestartJupyter(), vm, FAILED)[-1] == "systemctl restart jupyter.service"


def test_stopped_ssh_is_started_once(vm, notes, asked, sshd, jupyter):
    (notes / "ssh.service").unlink()
    repaired(RestartSsh(), vm, FAILED)
    assert asked() == ["reset-failed ssh.service", "restart ssh.service"]
    assert repaired(RestartSsh(), vm, FAILED) == []
    assert repaired(RestartJupyter(), vm, FAILED) == [], "Jupyter is well"


def test_in_a_container_supervisor_restarts_them(container, asked):
    repaired(RestartJupyter(), container, FAILED)
    repaired(RestartSsh(), container, FAILED)
    start = f"--configuration {services.SUPERVISOR} restart"
    assert asked() == [f"{start} jupyter", f"{start} sshd"]


def test_in_a_container_what_answers_is_left_alone(container, asked, jupyter, sshd):
    for repair in (RestartJupyter(), RestartSsh(), SshKey()):
        assert repaired(repair, container, FAILED) == []
    assert asked() == []


def test_jupyter_is_not_restarted_from_its_own_terminal(vm, notes, context):
    (notes / "jupyter.service").unlink()
    for name, parent, line in (
        ("self", 40, b"python3\0-m\0appliance_check"),
        ("40", 30, b"bash\0-l"),
        ("30", 1, b"/opt/jupyter/bin/python3\0/opt/jupyter/bin/workshop-jupyter\0"),
    ):
        folder = context.proc / name
        folder.mkdir(parents=True)
        (folder / "cmdline").write_bytes(line)
        (folder / "stat").write_text(f"7 (a (name) S {parent} 7 7 0")
    port = context.description["ports"]["ssh"]["host"]
    with pytest.raises(Refused, match=f"Jupyter's own; log in with `ssh -p {port} "):
        RestartJupyter().plan(vm, FAILED)
    (context.proc / "30" / "cmdline").write_bytes(b"sshd: somebody")
    assert RestartJupyter().plan(vm, FAILED)


def test_without_root_and_sudo_there_is_a_sentence(vm, monkeypatch, programs, tmp_path):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    (programs / "sudo").unlink()
    monkeypatch.setenv("PATH", str(programs))
    (programs / "sh").symlink_to("/bin/sh")
    with pytest.raises(Refused, match="there is no sudo: run this as root"):
        RestartSsh().plan(vm, FAILED)


@pytest.fixture
def key(container, tmp_path):
    """The container's key, whole."""
    path = container.home / services.CONTAINER_KEY
    path.parent.mkdir(parents=True)
    words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "workshop", "-f", path]
    subprocess.run(words, check=True)
    (tmp_path / "host-key").symlink_to(path)
    return path


@pytest.mark.parametrize(
    "damage",
    [
        lambda key, link: key.unlink(),
        lambda key, link: key.write_bytes(b""),
        lambda key, link: os.truncate(key, 200),
        lambda key, link: key.write_text("not a key"),
        lambda key, link: key.chmod(0o644),
        lambda key, link: link.unlink(),
        lambda key, link: (link.unlink(), link.symlink_to("/nowhere")),
    ],
)
def test_host_key_of_a_container(container, key, damage, tmp_path, asked):
    assert repaired(SshKey(), container, FAILED) == [], "it is well, so a restart is all"
    link = tmp_path / "host-key"
    damage(key, link)
    repaired(SshKey(), container, FAILED)
    assert private(link)
    assert link.readlink() == key
    assert len(asked()) == 1
    assert repaired(SshKey(), container, FAILED) == []


def test_host_key_of_the_machine_is_made_where_there_is_none(vm, tmp_path, monkeypatch, asked):
    key = tmp_path / "etc" / "ssh_host_ed25519_key"
    key.parent.mkdir()
    monkeypatch.setattr(services, "HOST_KEY", key)
    (key.parent / f"{key.name}.pub").write_text("left over")
    commands = SshKey().plan(vm, FAILED).commands
    assert all(command.root for command in commands)
    repaired(SshKey(), vm, FAILED)
    assert private(key)
    assert asked() == ["reset-failed ssh.service", "restart ssh.service"]
    assert repaired(SshKey(), vm, FAILED) == []


def test_a_good_key_is_not_replaced_when_only_its_mode_is_wrong(container, key):
    before = key.read_bytes()
    key.chmod(0o640)
    repaired(SshKey(), container, FAILED)
    assert key.read_bytes() == before
