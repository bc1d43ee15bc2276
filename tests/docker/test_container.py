"""A container from the image, as whoever starts it sees it."""

import os
import time
from pathlib import Path

import paramiko
import pytest

from appliance_build.description import Description

from .container import Container, running
from .daemon import Daemon

GIVEN = "a token that I chose"


def test_log_says_where_to_go_and_what_opens_it(container: Container, description: Description):
    log_in = f"ssh -p {description.ports.ssh.host} {description.user.name}@127.0.0.1"
    container.password()
    assert log_in in container.log()
    address = f"http://127.0.0.1:{description.ports.jupyter.host}/?token="
    assert address + container.token() in container.log()


def test_jupyter_opens_with_the_token_and_with_nothing_else(container: Container):
    assert container.get("/api/contents", container.token()).ok
    assert container.get("/api/contents").status_code == 403
    assert container.get("/api/contents", "0" * 48).status_code == 403
    assert container.get("/lab").headers["Location"].startswith("/login")


def test_ssh_opens_with_the_password_and_with_nothing_else(
    container: Container, description: Description
):
    container.login(container.password()).close()
    for user, password in (
        (description.user.name, "wrong"),
        (description.user.name, ""),
        (description.user.name, description.user.password),
        ("root", container.password()),
    ):
        with pytest.raises(paramiko.AuthenticationException):
            container.login(password, user)


def test_nothing_runs_as_root(container: Container, description: Description):
    container.get("/api/contents", container.token())
    _, *lines = container.daemon.ok("top", container.name, "-eo", "pid,uid,comm").splitlines()
    running = [line.split(None, 2) for line in lines]
    assert {uid for _, uid, _ in running} == {str(description.user.uid)}
    assert {"tini", "supervisord", "sshd"} <= {name for _, _, name in running}
    assert container.sh("id -u").strip() == str(description.user.uid)


def test_theano_says_why_it_computes_on_the_cpu(container: Container):
    assert "no NVIDIA driver is visible here" in container.found(r"no GPU +(.*)\n")
    # And is the same for a login, for `docker exec`, and for a kernel.
    show = "/opt/jupyter/bin/python3 -c 'import theano; print(theano.config.device)'"
    assert container.sh(show).split()[-1] == "cpu"
    inside = container.daemon.ok("exec", container.name, "sh", "-c", show)
    assert inside.split()[-1] == "cpu"


def test_doctor_finds_all_well(container: Container):
    container.get("/api/contents", container.token())
    assert container.sh("appliance-check --only services ports lessons python --json -")


def test_it_stops_in_time_and_is_well_when_it_starts_again(
    daemon: Daemon, cpu: str, description: Description
):
    with running(daemon, cpu, description) as container:
        container.get("/api/contents", container.token())
        start = time.monotonic()
        daemon.ok("stop", "--time=30", container.name)
        assert time.monotonic() - start < 5
        assert daemon.ok("inspect", "--format={{.State.ExitCode}}", container.name) == "0"
        daemon.ok("start", container.name)
        assert container.get("/api").ok


def test_health_is_what_docker_says(daemon: Daemon, cpu: str, description: Description):
    with running(daemon, cpu, description, "--health-interval=1s") as container:
        while (state := health(container)) == "starting":
            pass
        assert state == "healthy"
        daemon.ok("exec", container.name, "pkill", "-STOP", "-f", "workshop-jupyter")
        while health(container) == "healthy":
            pass
        assert health(container) == "unhealthy"


def health(container: Container) -> str:
    return container.daemon.ok("inspect", "--format={{.State.Health.Status}}", container.name)


def test_credentials_of_ones_own(
    daemon: Daemon, cpu: str, description: Description, tmp_path: Path
):
    secret = tmp_path / "secret"
    secret.write_text("my own password\n")
    secret.chmod(0o644)
    options = [f"--env=JUPYTER_TOKEN={GIVEN}", "--env=SSH_PASSWORD_FILE=/secret"]
    options.append(f"--volume={secret}:/secret:ro")
    with running(daemon, cpu, description, *options) as container:
        assert container.get("/api/contents", GIVEN).ok
        container.login("my own password").close()
        assert GIVEN not in container.log() and "my own password" not in container.log()


@pytest.mark.parametrize(
    "option, said",
    [
        ("--env=JUPYTER_TOKEN=", "JUPYTER_TOKEN is empty"),
        ("--env=SSH_PASSWORD=password", "SSH_PASSWORD is too easy to guess"),
        ("--env=SSH_PASSWORD=aaaaaaaaaaaaaaa", "SSH_PASSWORD is too easy to guess"),
        ("--env=SSH_PASSWORD_FILE=/none", "/none, which cannot be read"),
        ("--user=0", "does not run as root"),
        ("--read-only", "add --tmpfs /tmp:exec"),
    ],
)
def test_what_cannot_work_is_refused_in_one_line(
    daemon: Daemon, cpu: str, description: Description, option: str, said: str
):
    done = daemon.run("run", "--rm", option, cpu)
    assert done.returncode == 1
    [line] = [line for line in done.stderr.splitlines() if line]
    assert line.startswith("workshop: error: ") and said in line


def test_read_only_with_one_place_to_write_to(daemon: Daemon, cpu: str, description: Description):
    with running(daemon, cpu, description, "--read-only", "--tmpfs=/tmp:exec") as container:
        assert container.get("/api/contents", container.token()).ok
        assert container.sh("pwd").strip() == "/tmp/home"
        assert computes(container)


def test_another_user_keeps_the_owner_of_the_mounted_folder(
    daemon: Daemon, cpu: str, description: Description, tmp_path: Path
):
    work = tmp_path / "work"
    work.mkdir()
    os.chown(work, 4321, 4322)
    options = ["--user=4321:4322", f"--volume={work}:/work"]
    with running(daemon, cpu, description, *options) as container:
        assert container.get("/api/contents/work", container.token()).ok
        container.sh("echo mine > ~/notebooks/work/file && whoami")
        status = (work / "file").stat()
        assert (status.st_uid, status.st_gid) == (4321, 4322)
        assert container.sh("whoami").strip() == description.user.name
        assert computes(container)


def test_mounted_folder_that_cannot_be_written_is_named(
    daemon: Daemon, cpu: str, description: Description, tmp_path: Path
):
    with running(daemon, cpu, description, f"--volume={tmp_path / 'new'}:/work") as container:
        assert "cannot be written by user" in container.found(r"(/work is user 0's.*)\n")


@pytest.mark.parametrize(
    "option, said",
    [("--memory=512m", "may use 512 MB"), ("--ipc=none", "/dev/shm is missing")],
)
def test_what_will_go_wrong_later_is_said_at_the_start(
    daemon: Daemon, cpu: str, description: Description, option: str, said: str
):
    with running(daemon, cpu, description, option) as container:
        assert said in container.found(rf"workshop: (.*{said}.*)\n")
        assert container.get("/api").ok


def test_kernel_that_was_killed_for_want_of_memory_is_explained(
    daemon: Daemon, cpu: str, description: Description
):
    with running(daemon, cpu, description, "--memory=512m") as container:
        container.get("/api")
        with container.jupyter() as browser, browser.kernel(60) as kernel:
            kernel.send("import numpy; numpy.ones(500_000_000)")
            assert "may use 512 MB" in container.found(r"(a kernel was killed .*)\n")


def test_a_command_runs_in_place_of_the_services(daemon: Daemon, cpu: str):
    done = daemon.run("run", "--rm", cpu, "sh", "-c", "id -un; exit 7")
    assert done.returncode == 7
    assert done.stdout.splitlines()[-1] == "user"


def computes(container: Container) -> bool:
    """Whether Theano compiles something new and gets it right."""
    program = (
        "import theano, theano.tensor as T; x = T.vector(); "
        "print(theano.function([x], T.tanh(x * 3.25).sum())([0, 0, 0]))"
    )
    return container.sh(f"/opt/jupyter/bin/python3 -c '{program}'").split()[-1] == "0.0"
