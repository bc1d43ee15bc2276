"""Facts stand in one place: a port number nowhere but in appliance.yml.

Documents and slides may repeat it.
"""

import re
import subprocess

import pytest

from appliance_build import description
from appliance_build.paths import PROJECT

PORTS = description.load().ports
DOCUMENTS = ("*.md", "web/slides/parts/*.html")
OWN = {PORTS.jupyter.host, PORTS.jupyter.guest, PORTS.ssh.host}


def tracked(*patterns: str) -> list[str]:
    """Files of the project, as git knows them (new ones included)."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.splitlines() if (PROJECT / name).is_file()]


def test_no_code_names_a_port():
    texts = {*tracked(*DOCUMENTS)}
    names = [n for n in tracked() if not n.endswith((".lock", ".ipynb", ".patch"))]
    assert len(names) > 20
    number = re.compile(r"(?<![\w.])(" + "|".join(map(str, OWN)) + r")(?![\w])")
    found = [
        f"{name}:{line}"
        for name in names
        if name != "appliance.yml" and name not in texts
        for line, text in enumerate((PROJECT / name).read_text(errors="replace").splitlines(), 1)
        if number.search(text)
    ]
    assert not found, f"a port stands outside appliance.yml: {found}"


@pytest.mark.parametrize("name", [*tracked(*DOCUMENTS), "LICENSE"])
def test_documents_name_the_ports_of_the_description(name):
    text = (PROJECT / name).read_text()
    urls = {int(p) for p in re.findall(r"(?:localhost|127\.0\.0\.1):(\d+)\b(?!:)", text)}
    published = {int(p) for p in re.findall(r"127\.0\.0\.1:\w+:(\d+)", text)}
    logins = {int(p) for p in re.findall(r"ssh -p (\d+)", text)}
    assert published <= {PORTS.jupyter.host, PORTS.ssh.host}, f"{name} publishes another port"
    assert urls <= {PORTS.jupyter.host}, f"{name} sends its readers to another port: {urls}"
    assert logins <= {PORTS.ssh.host}, f"{name} logs in on another port: {logins}"
