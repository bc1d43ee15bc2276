"""ports and network, with /proc made up."""

import socket
from dataclasses import replace
from pathlib import Path

import pytest

from appliance_check.checks.network import CALLERS, TIMERS, WANTED_BY, Network
from appliance_check.checks.ports import Ports
from appliance_check.result import Status
from appliance_check.sockets import CONNECTIONS, ESTABLISHED, SYN_SENT, TABLES, owners, sockets

ANY4, ANY6, LOOP4, LOOP6, ADDRESS = (
    "00000000",
    "0" * 32,
    "0100007F",
    "00000000000000000000000001000000",
    "0F02000A",  # 10.0.2.15
)

MAPPED4 = "0000000000000000FFFF0000" + LOOP4  # ::ffff:127.0.0.1


@pytest.fixture
def net(context):
    """Writes /proc/net tables; each socket is (table, address, port, state), or has its peer's
    address and port behind these."""

    def write(*sockets, owners=()):
        folder = context.proc / "net"
        folder.mkdir(parents=True, exist_ok=True)
        for table in TABLES:
            lines = ["  sl  local_address rem_address   st tx_queue rx_queue tr tm->when ..."]
            for number, (where, address, port, state, *peer) in enumerate(sockets):
                if where == table:
                    far, far_port = peer or ("0" * len(address), 0)
                    lines.append(
                        f"   {number}: {address}:{port:04X} {far}:{far_port:04X} {state} "
                        f"00000000:00000000 00:00000000 00000000  1000        0 {7000 + number} 1"
                    )
            (folder / table).write_text("\n".join(lines) + "\n")
        for pid, (number, name) in enumerate(owners, start=1):
            fd = context.proc / str(pid) / "fd"
            fd.mkdir(parents=True)
            (fd / "3").symlink_to(f"socket:[{7000 + number}]")
            (fd / "4").symlink_to("/dev/null")
            (fd.parent / "comm").write_text(name + "\n")

    return write


@pytest.fixture
def expected(context):
    """Sockets as the description wants them."""
    guests = [each["guest"] for each in context.description["ports"].values()]
    return [("tcp", ANY4, port, "0A") for port in guests]


def test_exactly_the_described_ports_pass(context, net, expected):
    net(
        *expected,
        ("tcp", LOOP4, 5555, "0A"),
        ("tcp6", LOOP6, 5555, "0A"),
        ("tcp6", MAPPED4, 5556, "0A"),
        ("tcp", ADDRESS, 40000, "01"),  # an established connection
        ("udp", ADDRESS, 68, "07"),  # the DHCP client
        ("udp", "3500007F", 53, "07"),  # 127.0.0.53, systemd-resolved
    )
    result = Ports().run(context)
    assert result.status == Status.PASS, result.message


@pytest.mark.parametrize(
    ("stranger", "words"),
    [
        (("tcp", ANY4, 631, "0A"), "tcp 0.0.0.0 port 631 (cupsd)"),
        (("tcp6", ANY6, 631, "0A"), "tcp :: port 631 (cupsd)"),
        (("udp", ADDRESS, 5353, "07"), "udp 10.0.2.15 port 5353 (cupsd)"),
    ],
)
def test_a_stranger_is_named_with_its_process(context, net, expected, stranger, words):
    net(stranger, *expected, owners=[(0, "cupsd")])
    result = Ports().run(context)
    assert result.status == Status.FAIL
    assert words in result.message


def test_a_port_that_nobody_listens_on_is_named_by_its_service(context, net, expected):
    net(expected[1])
    result = Ports().run(context)
    name, port = next(iter(context.description["ports"].items()))
    assert result.message == f"nothing listens on tcp port {port['guest']} ({name})"


def test_a_service_on_the_loopback_alone_does_not_count(context, net, expected):
    net(("tcp", LOOP4, expected[0][2], "0A"), expected[1])
    assert Ports().run(context).status == Status.FAIL


def test_real_sockets_of_this_process_are_found():
    proc = Path("/proc")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client:
            mine = client.getsockname()[1]
            found = {(each.port, each.peer_port): each for each in sockets(proc)}
            names = owners(proc)
    waiting, connected = found[port, 0], found[mine, port]
    assert waiting.waits and not connected.waits
    assert connected.state == ESTABLISHED
    assert [str(each.address) for each in (waiting, connected)] == ["127.0.0.1"] * 2
    assert names[waiting.inode] == Path("/proc/self/comm").read_text().strip()


OUTSIDE = "08080808"
OUTSIDE6 = "B80D0120000000000000000001000000"  # 2001:db8::1
HOST = "0202000A"  # 10.0.2.2, as which VirtualBox's NAT shows the attendee's computer


def connection(port=40000, peer=OUTSIDE, peer_port=443, table="tcp", state=ESTABLISHED):
    return (table, ADDRESS, port, state, peer, peer_port)


def test_nothing_but_visitors_passes(vm, net, expected):
    jupyter, ssh = (port for _, _, port, _ in expected)
    net(
        *expected,
        connection(jupyter, HOST, 50000),
        connection(ssh, HOST, 50001),
        (
            "tcp6",
            "0000000000000000FFFF00000F02000A",
            jupyter,
            "01",
            "0" * 16 + "FFFF0000" + HOST,
            9,
        ),
        ("tcp", LOOP4, 40000, "01", LOOP4, jupyter),  # a kernel's
        ("tcp6", MAPPED4, 40002, "01", MAPPED4, jupyter),
        ("tcp", ADDRESS, 40001, "01", ADDRESS, jupyter),  # to itself by its own address
        ("udp", ADDRESS, 68, "01", HOST, 67),  # asks for an address again
        ("udp", ADDRESS, 68, "07"),
    )
    result = Network().run(vm)
    assert result.status == Status.PASS, result.message


@pytest.mark.parametrize("state", sorted(CONNECTIONS))
def test_a_connection_in_any_state_is_named_with_its_program(vm, net, expected, state):
    net(connection(state=state), *expected, owners=[(0, "curl")])
    result = Network().run(vm)
    assert result.status == Status.FAIL
    verb = "tries to reach" if state == SYN_SENT else "talks to"
    assert result.message == f"curl {verb} 8.8.8.8 port 443 (tcp)"


@pytest.mark.parametrize(
    ("stranger", "words"),
    [
        (connection(peer_port=53, table="udp"), "8.8.8.8 port 53 (udp)"),
        (connection(peer_port=123, table="udp"), "8.8.8.8 port 123 (udp)"),
        (("tcp6", ANY6[:-1] + "1", 4, "02", OUTSIDE6, 80), "2001:db8::1 port 80 (tcp)"),
        (connection(peer=HOST, peer_port=3128), "10.0.2.2 port 3128"),  # a proxy is a way out
    ],
)
def test_every_way_out_is_found(vm, net, expected, stranger, words):
    net(stranger, *expected)
    assert words in Network().run(vm).message


def test_connections_of_a_containers_host_are_not_its_own(context, net):
    container = replace(context, profile="cpu")
    net(connection(), connection(peer_port=80), owners=[])
    assert Network().run(container).status == Status.PASS
    net(connection(), connection(peer_port=80), owners=[(1, "wget")])
    assert Network().run(container).message == "wget talks to 8.8.8.8 port 80 (tcp)"


@pytest.mark.parametrize("name", CALLERS)
def test_a_program_that_calls_out_by_itself_is_named(vm, context, net, expected, name):
    net(*expected)
    (context.proc / "9").mkdir()
    (context.proc / "9" / "cmdline").write_bytes(f"/usr/sbin/{name}\0-d\0".encode())
    result = Network().run(vm)
    assert result.status == Status.FAIL
    assert name in result.remedy
    # With --pid host a container sees those of its host.
    assert Network().run(replace(context, profile="cuda")).status == Status.PASS


@pytest.mark.parametrize("name", TIMERS)
def test_a_timer_that_calls_out_is_named(vm, net, expected, name):
    net(*expected)
    link = vm.at(f"{WANTED_BY}/{name}")
    link.parent.mkdir(parents=True)
    link.symlink_to(f"/lib/systemd/system/{name}")
    result = Network().run(vm)
    assert result.status == Status.FAIL
    assert name in result.message
