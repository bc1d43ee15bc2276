"""ssh: the real client, and a server of our own that lets in whom it likes."""

import socket
import threading
from contextlib import ExitStack

import paramiko
import pytest

from appliance_check.checks import ssh as ssh_module
from appliance_check.checks.ssh import HASHED, WRONG, Ssh
from appliance_check.result import Status


class Door(paramiko.ServerInterface):
    """Lets in whom `opens` says, by name and password."""

    def __init__(self, opens) -> None:
        self.opens = opens

    def get_allowed_auths(self, username):
        return "password"

    def check_auth_password(self, username, password):
        let_in = self.opens(username, password)
        return paramiko.AUTH_SUCCESSFUL if let_in else paramiko.AUTH_FAILED

    def check_channel_request(self, kind, chanid):
        return paramiko.OPEN_SUCCEEDED

    def check_channel_exec_request(self, channel, command):
        def end():
            channel.send_exit_status(0)
            channel.close()

        threading.Thread(target=end, daemon=True).start()
        return True


@pytest.fixture(scope="module")
def host_key():
    return paramiko.ECDSAKey.generate()


@pytest.fixture
def door(context, host_key):
    """An SSH server whose port the description names; `door(opens)` says who gets in."""
    context.description["user"] |= {"name": "user", "password": "password"}
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        for side in ("host", "guest"):
            context.description["ports"]["ssh"][side] = listener.getsockname()[1]
        state = {"opens": lambda user, password: False}

        def serve():
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                transport = paramiko.Transport(client)
                transport.add_server_key(host_key)
                transport.start_server(
                    event=threading.Event(), server=Door(lambda *who: state["opens"](*who))
                )
                stack.callback(transport.close)

        threading.Thread(target=serve, daemon=True).start()
        yield lambda opens: state.update(opens=opens)
        listener.shutdown(socket.SHUT_RDWR)


RIGHT = ("user", "password")


def test_the_right_password_alone_opens(vm, door):
    door(lambda *who: who == RIGHT)
    assert Ssh().excuse(vm) is None
    result = Ssh().run(vm)
    assert result.status == Status.PASS, result.message
    assert result.evidence["the right password"] == "let in"
    assert len(result.evidence) == 4
    assert not list(vm.home.glob(".ssh-check-*"))


@pytest.mark.parametrize(
    ("opens", "words"),
    [
        (lambda *who: False, "the right password does not open it: "),
        (lambda *who: who in (RIGHT, ("user", WRONG)), "a wrong password opens it"),
        (lambda *who: who in (RIGHT, ("user", "")), "an empty password opens it"),
        (lambda *who: who in (RIGHT, ("root", "password")), "root opens it"),
    ],
)
def test_each_wrong_way_in_is_named(vm, door, opens, words):
    door(opens)
    result = Ssh().run(vm)
    assert result.status == Status.FAIL
    assert words in result.message


def test_a_port_that_nobody_answers_is_no_refusal(vm, door):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        vm.description["ports"]["ssh"]["guest"] = free.getsockname()[1]
    result = Ssh().run(vm)
    assert result.status == Status.FAIL
    assert result.message.startswith("nobody can try: ssh: connect to")


def test_a_broken_connection_is_no_refusal(vm, door):
    def opens(*who):
        if who[0] == "root":
            raise RuntimeError("on purpose")  # the server hangs up
        return who == RIGHT

    door(opens)
    result = Ssh().run(vm)
    assert result.status == Status.FAIL
    assert result.message.startswith("root: ")


def test_a_server_that_says_nothing_is_given_up(vm, door, monkeypatch):
    monkeypatch.setattr(ssh_module, "SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        vm.description["ports"]["ssh"]["guest"] = silent.getsockname()[1]
        assert "no answer in time" in Ssh().run(vm).message


def test_without_ssh_nothing_is_tried(vm, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "no ssh" in Ssh().excuse(vm)


@pytest.fixture
def hashed(context):
    """The file of passwords that a container's start leaves."""

    def put(text: str) -> None:
        path = context.at(HASHED)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    return put


def test_a_container_with_a_password_of_its_own(container, door, hashed):
    hashed("user:$6$salt$hash\n")
    door(lambda *who: who == ("user", "random-words"))
    result = Ssh().run(container)
    assert result.status == Status.PASS, result.message
    assert "the right password" not in result.evidence
    assert "Permission denied" in result.evidence["the virtual machine's password"]
    hashed("user:\n")
    assert Ssh().run(container).status == Status.FAIL


def test_a_container_that_the_machines_password_opens(container, door, hashed):
    hashed("user:$6$salt$hash\n")
    door(lambda *who: who == RIGHT)
    assert "the virtual machine's password opens it" in Ssh().run(container).message


@pytest.mark.parametrize("way", ["variable", "file"])
def test_a_given_password_of_a_container_is_tried(container, door, way, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("chosen by me\n")
    given = "SSH_PASSWORD=chosen by me" if way == "variable" else f"SSH_PASSWORD_FILE={secret}"
    first = container.proc / "1"
    first.mkdir()
    (first / "cmdline").write_bytes(b"tini\0--\0workshop-start\0")
    (first / "environ").write_text(f"PATH=/bin\0{given}\0")
    door(lambda *who: who == ("user", "chosen by me"))
    result = Ssh().run(container)
    assert result.status == Status.PASS, result.message
    assert result.evidence["the right password"] == "let in"
    door(lambda *who: False)
    assert "the right password does not open it" in Ssh().run(container).message
