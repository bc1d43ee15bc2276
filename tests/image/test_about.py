"""What the appliance says it is made of, against what is in the booted machine."""

import json
from pathlib import Path

import pytest

from appliance_build.inputs.fetch import digest
from appliance_build.papers import about

from .guest import Guest

SBOM, PROVENANCE = (f"/{about.FOLDER}/{name}" for name in (about.SBOM, about.PROVENANCE))

#: The packages of the lessons' Python that are no part of a Debian package.
OWN_PYTHON = """
import json, re
from importlib.metadata import distributions
own = [d for d in distributions() if not str(d._path).startswith("/usr/lib/")]
print(json.dumps([[re.sub("[-_.]+", "-", d.name).lower(), d.version] for d in own]))
"""


@pytest.fixture(scope="module")
def bill(bios: Guest) -> dict:
    """The SBOM inside the machine."""
    return json.loads(bios.ok(f"cat {SBOM}"))


def packages(bill: dict, kind: str) -> set[tuple[str, str]]:
    """Name and version of the packages with one kind of purl."""
    return {
        (package["name"], package["versionInfo"])
        for package in bill["packages"]
        for reference in package.get("externalRefs", [])
        if reference["referenceLocator"].startswith(f"pkg:{kind}/")
    }


def test_debian_packages_are_exactly_those_installed(bios: Guest, bill: dict):
    listed = bios.ok("dpkg-query --show --showformat='${Package} ${Version}\\n'")
    assert packages(bill, "deb") == {tuple(line.split()) for line in listed.splitlines()}


def test_python_packages_are_exactly_those_installed(bios: Guest, bill: dict):
    command = f"/opt/jupyter/bin/python3 - <<'END'\n{OWN_PYTHON}\nEND"
    installed = {tuple(pair) for pair in json.loads(bios.ok(command))}
    assert packages(bill, "pypi") == installed


def test_the_same_bill_lies_beside_the_file(bios: Guest, bill: dict, ova: Path):
    assert json.loads(ova.with_name(f"{ova.name}.spdx.json").read_text()) == bill


def test_provenance_inside_names_the_layers_on_the_disk(bios: Guest):
    statement = json.loads(bios.ok(f"cat {PROVENANCE}"))
    hashes = {entry["name"]: entry["digest"]["sha256"] for entry in statement["subject"]}
    files = bios.ok("ls /run/layers/store").split()
    names = [name[3:] for name in files if name.endswith(".squashfs")]
    assert sorted(hashes) == sorted(set(names) - {"about.squashfs"})
    # The smallest one: to read them all takes long where the processor is emulated.
    listed = bios.ok("sha256sum /run/layers/store/*-content.squashfs")
    assert hashes["content.squashfs"] == listed.split()[0]


def test_provenance_beside_names_the_file(ova: Path):
    statement = json.loads(ova.with_name(f"{ova.name}.provenance.json").read_text())
    assert statement["subject"] == [{"name": ova.name, "digest": {"sha256": digest(ova)}}]
