"""What is different in local mode: a token, other programs beside it, no systemd and no root."""

from dataclasses import replace

import pytest

from appliance_check import context as contexts
from appliance_check.checks.cpu import Cpu
from appliance_check.checks.memory import Memory
from appliance_check.checks.network import Network
from appliance_check.checks.ports import Ports
from appliance_check.commands import no_root
from appliance_check.programs import services, token
from appliance_check.repairs.repair import Refused
from appliance_check.repairs.services import RestartJupyter, RestartSsh
from appliance_check.result import Status
from appliance_check.support.parts import LOCAL_LOG, parts

from .repairing import failing
from .test_check_network import ANY4, LOOP4, connection, net  # noqa: F401


@pytest.fixture
def local(context):
    """Local mode, whose description names Jupyter's port alone."""
    ports = {"jupyter": context.description["ports"]["jupyter"]}
    return replace(context, profile="local", description=context.description | {"ports": ports})


@pytest.fixture
def port(local) -> int:
    return local.ports["jupyter"]


def test_the_profile_is_what_the_tree_says(tmp_path):
    (tmp_path / "profile").write_text("local\n")
    assert contexts.detect_profile(tmp_path) == "local"


def test_every_other_program_of_the_computer_may_listen(local, net, port):  # noqa: F811
    net(("tcp", LOOP4, port, "0A"), ("tcp", ANY4, 631, "0A"), owners=[(0, "python3")])
    result = Ports().run(local)
    assert result.status == Status.PASS
    assert result.message == f"{port} (jupyter), for this computer alone"


@pytest.mark.parametrize("address", [ANY4, "0F02000A"], ids=["everywhere", "on the network card"])
def test_jupyter_must_not_listen_to_the_room(local, net, port, address):  # noqa: F811
    net(("tcp", address, port, "0A"), owners=[(0, "python3")])
    result = Ports().run(local)
    assert result.status == Status.FAIL
    assert "(python3) listens beyond this computer" in result.message
    assert "make local-stop" in result.remedy


def test_nor_may_a_program_that_a_lesson_started(local, net, port):  # noqa: F811
    net(
        *(("tcp", LOOP4, port, "0A"), ("tcp", ANY4, 8000, "0A")),
        owners=[(0, "python3"), (1, "http")],
    )
    assert "port 8000 (http) listens beyond" in Ports().run(local).message


def test_another_programs_listener_is_not_jupyters(local, net, port):  # noqa: F811
    net(("tcp", LOOP4, port, "0A"))
    assert f"nothing here listens on tcp port {port}" in Ports().run(local).message


def test_connections_of_other_programs_are_not_its_own(local, net):  # noqa: F811
    net(connection(), owners=[])
    assert Network().run(local).status == Status.PASS
    net(connection(), owners=[(0, "curl")])
    assert Network().run(local).message == "curl talks to 8.8.8.8 port 443 (tcp)"


def test_jupyter_is_not_what_starts_it(local):
    words = {
        "1": [
            "bwrap",
            "--ro-bind",
            "/x",
            "/",
            "--",
            "python3",
            "/opt/jupyter/bin/workshop-jupyter",
        ],
        "2": ["python3", "/opt/jupyter/bin/workshop-jupyter"],
    }
    for number, line in words.items():
        (local.proc / number).mkdir(parents=True)
        (local.proc / number / "cmdline").write_text("\0".join(line) + "\0")
        (local.proc / number / "environ").write_text(f"JUPYTER_TOKEN=of {number}\0")
    assert [program.folder.name for program in services(local.proc)] == ["2"]
    assert token(local) == "of 2"


def test_nobody_is_sent_to_virtualbox_or_docker(local, write):
    write("proc/meminfo", "MemTotal: 1000000 kB\nMemAvailable: 900000 kB\n")
    write("proc/cpuinfo", "processor : 0\nflags : cx16 lahf_lm pni popcnt sse4_1 sse4_2 ssse3\n")
    write("proc/self/status", "Cpus_allowed_list:\t0\n")
    for check in (Memory(), Cpu()):
        result = check.run(local)
        assert result.status in (Status.FAIL, Status.WARN)
        assert result.remedy
        assert "VirtualBox" not in result.remedy and "container" not in result.remedy


def test_what_needs_root_or_systemd_is_refused_with_the_way_out(local):
    with pytest.raises(Refused, match="make local-stop"):
        RestartJupyter().plan(local, failing("pages"))
    assert RestartSsh().plan(local, failing("ports")) is None


def test_the_support_bundle_says_where_the_log_is(local):
    made = parts(local)
    assert LOCAL_LOG in made["services.txt"]()
    assert LOCAL_LOG in made["jupyter-log.txt"]()


def test_there_is_no_root(local, monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert no_root(local) == "it needs root, which nobody has in local mode"
