"""Taken host ports are named before anything starts."""

import os
import socket

import psutil
import pytest

from appliance_build.description import Description
from appliance_build.errors import BuildError
from appliance_build.machine import ports


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])
def test_taken_port_is_reported_with_program_and_pid(description: Description, address: str):
    with socket.create_server((address, 0)) as listener:
        port = listener.getsockname()[1]
        jupyter = description.ports.jupyter.model_copy(update={"host": port})
        wanted = ports.elsewhere(description.ports).model_copy(update={"jupyter": jupyter})
        with pytest.raises(BuildError) as error:
            ports.require_free(wanted)
    assert str(error.value) == (
        f"port {port} on 127.0.0.1 is taken by {psutil.Process().name()} (pid {os.getpid()}); "
        "stop it, or change ports.jupyter.host in appliance.yml"
    )


def test_each_taken_port_has_its_line(description: Description):
    with (
        socket.create_server(("127.0.0.1", 0)) as one,
        socket.create_server(("127.0.0.1", 0)) as two,
    ):
        wanted = description.ports.model_copy(
            update={
                service: getattr(description.ports, service).model_copy(
                    update={"host": listener.getsockname()[1]}
                )
                for service, listener in (("jupyter", one), ("ssh", two))
            }
        )
        with pytest.raises(BuildError) as error:
            ports.require_free(wanted)
    first, second = str(error.value).splitlines()
    assert "ports.jupyter.host" in first
    assert "ports.ssh.host" in second


def test_free_ports_pass_and_guest_ports_stay(description: Description):
    moved = ports.elsewhere(description.ports)
    ports.require_free(moved)
    assert moved.jupyter.host != moved.ssh.host
    assert [port.guest for _, port in moved] == [port.guest for _, port in description.ports]
