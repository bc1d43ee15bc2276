"""What the organiser is told to hand on."""

import re
import socket
from types import SimpleNamespace

import psutil
import pytest

from appliance_build.board import __main__ as program
from appliance_build.board import addresses, limits, seats, server
from appliance_build.machine.ports import LOOPBACK
from appliance_build.paths import PROJECT

PORT, TOKEN = 1234, "a-token"


@pytest.fixture
def network(monkeypatch):
    """A computer with some interfaces; (name, address, up), and the way out."""

    def lay_out(*interfaces: tuple[str, str, bool], way_out: str = LOOPBACK) -> None:
        given = {
            name: [SimpleNamespace(family=socket.AF_INET, address=address)]
            for name, address, _ in interfaces
        }
        stats = {name: SimpleNamespace(isup=up) for name, _, up in interfaces}
        monkeypatch.setattr(psutil, "net_if_addrs", lambda: given)
        monkeypatch.setattr(psutil, "net_if_stats", lambda: stats)
        monkeypatch.setattr(addresses, "_way_out", lambda: way_out)

    return lay_out


def greeting(public: bool) -> str:
    return "\n".join(program._greeting(PORT, public, TOKEN, 0))


def test_the_address_of_the_way_out_comes_first(network):
    network(
        ("lo", LOOPBACK, True),
        ("docker0", "172.17.0.1", True),
        ("eth0", "169.254.7.7", True),
        ("eth1", "10.1.1.1", False),
        ("wlan0", "192.168.1.20", True),
        way_out="192.168.1.20",
    )
    assert addresses.of_this_computer() == ["192.168.1.20", "172.17.0.1"]
    said = greeting(public=True)
    assert f"appliance-check --post http://192.168.1.20:{PORT}/results/{TOKEN}\n" in said
    assert "(other addresses of this computer: 172.17.0.1)" in said
    assert "Only this computer" not in said


def test_without_public_no_address_of_the_network_is_named(network):
    network(("wlan0", "192.168.1.20", True), way_out="192.168.1.20")
    said = greeting(public=False)
    assert "192.168.1.20" not in said and "make board ARGS=--public" in said
    assert f"http://{addresses.NAT}:{PORT}/results/{TOKEN}" in said
    assert f"The board: http://{LOOPBACK}:{PORT}/ " in said


def test_without_a_network_it_says_so(network):
    network(("lo", LOOPBACK, True))
    assert "This computer is in no network" in greeting(public=True)


def test_the_way_out_is_an_address_of_this_computer():
    own = {
        each.address
        for interface in psutil.net_if_addrs().values()
        for each in interface
        if each.family == socket.AF_INET
    }
    assert addresses._way_out() in own


@pytest.mark.parametrize(("public", "address"), [(False, LOOPBACK), (True, "")])
def test_all_interfaces_only_when_the_organiser_says_so(monkeypatch, public, address):
    asked = []
    monkeypatch.setattr(program, "bind_sockets", lambda port, where: asked.append((port, where)))
    program.listen(PORT, public)
    assert asked == [(PORT, address)]


def test_the_document_has_the_same_numbers():
    said = (PROJECT / "docs" / "board.md").read_text()
    assert {*re.findall(r"(?::|allow )(\d{4})\b", said)} == {str(program.PORT)}
    table = dict(re.findall(r"(?m)^\| (\d+)(?: MiB)? \| (.+) \|$", said))
    assert table == {
        str(seats.MOST_SEATS): "names",
        str(server.LARGEST // 1024**2): "for a report",
        str(limits.BURST): "posts at once from one address, then one a second",
        str(server.PAGES): "open pages",
    }
    assert limits.PER_SECOND == 1
