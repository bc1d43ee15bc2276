"""Jupyter from the host: its page, its guards, its files (kernels: tests/both)."""

import re
from collections.abc import Iterator

import pytest
import websocket

from appliance_build.description import Description

from .guest import Guest
from .jupyter import Jupyter

STRANGER = "http://stranger.example"


@pytest.fixture(scope="module")
def jupyter(bios: Guest) -> Iterator[Jupyter]:
    with bios.jupyter() as browser:
        yield browser


def test_page_opens_without_a_login(jupyter: Jupyter):
    assert jupyter.page.status_code == 200
    assert "login" not in jupyter.page.url
    assert "JupyterLab" in jupyter.page.text


def test_api_answers(jupyter: Jupyter):
    assert re.match(r"\d+\.\d+", jupyter.get("/api").json()["version"])
    kernels = jupyter.get("/api/kernelspecs").json()
    assert kernels["default"] == "python3"


def test_files_are_exactly_the_lessons(jupyter: Jupyter, description: Description):
    listed = jupyter.get("/api/contents").json()["content"]
    assert sorted(each["name"] for each in listed) == [f"{n}.ipynb" for n in description.lessons]
    assert all(each["writable"] for each in listed)


@pytest.mark.parametrize("host", ["stranger.example", "localhost.stranger.example", "10.0.2.15"])
def test_request_under_another_name_is_refused(jupyter: Jupyter, host: str):
    """So a name in the DNS that points at the loopback address opens nothing."""
    assert jupyter.get("/api/contents", headers={"Host": host}).status_code == 403


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_request_under_the_machines_own_names_is_served(jupyter: Jupyter, host: str):
    port = jupyter.address.rpartition(":")[2]
    assert jupyter.get("/api/contents", headers={"Host": f"{host}:{port}"}).status_code == 200


def test_another_sites_page_can_neither_read_nor_write(jupyter: Jupyter):
    origin = {"Origin": STRANGER}
    assert jupyter.get("/api/contents", headers=origin).status_code in (403, 404)
    new = {"json": {"type": "notebook"}}
    assert jupyter.post("/api/contents", headers=origin, **new).status_code in (403, 404)
    stolen = origin | jupyter.token
    assert jupyter.post("/api/contents", headers=stolen, **new).status_code in (403, 404)
    with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
        websocket.create_connection(
            f"ws://{jupyter.address}/api/events/subscribe", origin=STRANGER, timeout=jupyter.seconds
        )


def test_write_without_the_pages_token_is_refused(jupyter: Jupyter):
    refused = jupyter.post("/api/contents", json={"type": "notebook"})
    assert refused.status_code == 403
    assert "_xsrf" in refused.json()["message"]


@pytest.fixture
def own_notebook(bios: Guest, jupyter: Jupyter) -> Iterator[str]:
    """A new notebook's address in the API; it goes even where Jupyter does not delete it."""
    made = jupyter.post("/api/contents", json={"type": "notebook"}, headers=jupyter.token)
    assert made.status_code == 201, made.text
    yield f"/api/contents/{made.json()['path']}"
    bios.ok(f"rm -rf notebooks/{made.json()['path']} notebooks/.ipynb_checkpoints")


def test_notebook_is_saved_and_deleted(
    jupyter: Jupyter, own_notebook: str, description: Description
):
    cell = {"cell_type": "markdown", "metadata": {}, "source": "mine", "id": "mine"}
    content = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    body = {"type": "notebook", "content": content}
    assert jupyter.put(own_notebook, json=body, headers=jupyter.token).status_code == 200
    assert jupyter.get(own_notebook).json()["content"]["cells"][0]["source"] == "mine"
    deleted = jupyter.delete(own_notebook, headers=jupyter.token)
    assert deleted.status_code == 204, deleted.text
    test_files_are_exactly_the_lessons(jupyter, description)
