"""From power-on to Jupyter: what the machine sends, and what an early browser gets."""

import pytest
import requests

from appliance_build.description import Description

from ..conftest import Booted
from . import capture

ROUTER = "10.0.2.2"  # of QEMU's user network


def test_a_browser_that_came_before_jupyter_was_ready_got_its_page(booted: Booted):
    assert booted.first_page.status_code == 200
    assert "JupyterLab" in booted.first_page.text


def test_nothing_was_sent_at_boot_but_address_requests_and_answers(
    booted: Booted, description: Description
):
    sent = capture.sent(booted.capture)
    assert [each.text for each in sent if each.kind == "own"] == []
    assert {"arp", "dhcp", "answer"} <= {each.kind for each in sent}
    answering = {each.port for each in sent if each.kind == "answer"}
    assert answering == {port.guest for _, port in description.ports}


def test_jupyters_port_refused_nobody_from_power_on(booted: Booted, description: Description):
    assert description.ports.jupyter.guest not in refusing_ports(booted)


def test_what_the_machine_begins_itself_would_have_been_seen(booted: Booted):
    booted.guest.ok(f"echo hello > /dev/udp/{ROUTER}/9")
    assert any(each.kind == "own" for each in capture.sent(booted.capture))


def test_a_request_waits_for_jupyter_to_start_as_long_as_its_socket_is_there(
    booted: Booted, description: Description
):
    guest = booted.guest
    guest.root("systemctl stop jupyter.socket jupyter.service")
    with pytest.raises(requests.ConnectionError):
        guest.jupyter()
    assert description.ports.jupyter.guest in refusing_ports(booted)

    guest.root("systemctl start jupyter.socket")
    assert not guest.host.service("jupyter.service").is_running
    assert guest.jupyter().page.status_code == 200
    assert guest.host.service("jupyter.service").is_running


def refusing_ports(booted: Booted) -> set[int]:
    """Where the machine has turned a connection away since its start."""
    return {each.port for each in capture.sent(booted.capture) if each.kind == "refusal"}
