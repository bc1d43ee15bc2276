"""From power-on to Jupyter: what the machine sends, and what an early browser gets."""

from appliance_build.description import Description

from . import capture
from .conftest import Booted
from .guest import Guest


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
    refusals = [each for each in capture.sent(booted.capture) if each.kind == "refusal"]
    assert description.ports.jupyter.guest not in {each.port for each in refusals}


def test_a_request_while_jupyter_is_down_waits_for_it_to_start(bios: Guest):
    bios.root("systemctl stop jupyter.service")
    assert bios.host.run("systemctl is-active jupyter.service").stdout.strip() == "inactive"
    page = bios.jupyter().page
    assert page.status_code == 200
    assert bios.host.service("jupyter.service").is_running
