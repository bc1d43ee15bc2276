"""VMDK and OVA: what importers insist on, and the same bytes from the same input."""

import hashlib
import os
import random
import re
import shutil
import subprocess
import sys
import tarfile
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest

from appliance_build import description, vmdk
from appliance_build.store import digest

from . import packing
from .copies import copy_project, replace

TITLE = 'Deep & "deeper" <learning>'
OVF = {"o": "http://schemas.dmtf.org/ovf/envelope/1", "v": "http://www.virtualbox.org/ovf/machine"}
OVF_ = f"{{{OVF['o']}}}"


def compare(raw, packed):
    words = ["qemu-img", "compare", "-f", "raw", "-F", "vmdk", raw, packed]
    return subprocess.run(words, check=False, stdout=subprocess.DEVNULL).returncode


@pytest.mark.parametrize("end", ["random", "zeros"])
def test_a_vmdk_is_the_raw_disk_with_our_id_and_an_end(tmp_path, end):
    raw, log = tmp_path / "disk.raw", tmp_path / "log"
    data = random.Random(1).randbytes(2**20)  # no grain compresses, the last one neither
    raw.write_bytes(bytes(2**20) + data if end == "random" else data + bytes(2**20))
    files = [tmp_path / "one" / "disk.vmdk", tmp_path / "two" / "disk.vmdk"]
    for file in files:
        file.parent.mkdir()
        vmdk.convert(raw, file, "0badcafe", log)
    assert compare(raw, files[0]) == 0
    content = files[0].read_bytes()
    assert content == files[1].read_bytes()
    assert re.findall(rb"(?m)^CID=(\w+)$", content) == [b"0badcafe"]
    assert content[-512:] == bytes(512), "VirtualBox reports VERR_EOF without the end marker"
    raw.write_bytes(raw.read_bytes()[:-1] + b"x")
    assert compare(raw, files[0]) == 1, "the comparison must see one changed byte"


#: One conversion in sixteen, as of qemu 7.2: an id of seven digits, and no end of the last line.
SHORT_ID = """#!{python}
import re, subprocess, sys
done = subprocess.run(["{qemu_img}", *sys.argv[1:]])
if sys.argv[1] == "convert":
    with open(sys.argv[-1], "r+b") as file:
        data = file.read(1024)
        text = re.sub(rb"(?m)^CID=[0-9a-f]+$", b"CID=1234567", data[512:].rstrip(b"\\0\\n"))
        file.seek(512)
        file.write(text.ljust(512, b"\\0"))
sys.exit(done.returncode)
"""


def test_a_short_random_id_makes_no_difference(tmp_path, monkeypatch):
    raw, log = tmp_path / "disk.raw", tmp_path / "log"
    raw.write_bytes(b"data" * 2**18)
    usual, short = tmp_path / "usual" / "disk.vmdk", tmp_path / "short" / "disk.vmdk"
    for file in (usual, short):
        file.parent.mkdir()
    vmdk.convert(raw, usual, "0badcafe", log)
    program = tmp_path / "bin" / "qemu-img"
    program.parent.mkdir()
    program.write_text(SHORT_ID.format(python=sys.executable, qemu_img=shutil.which("qemu-img")))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    vmdk.convert(raw, short, "0badcafe", log)
    assert usual.read_bytes() == short.read_bytes()


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    """An OVA of a description whose title needs escaping, made twice, in two places."""
    folder = tmp_path_factory.mktemp("packed")
    project = copy_project(folder / "project")
    title = description.load().title
    replace(project / "appliance.yml", f"title: {title}", f"title: '{TITLE}'")
    layers = packing.tiny_layers(folder / "layers")
    boot = packing.tiny_boot(folder / "boot")
    ovas = [packing.package(project, folder / name, layers, boot) for name in ("one", "another")]
    with tarfile.open(ovas[0]) as archive:
        members = archive.getmembers()
        files = {member.name: archive.extractfile(member).read() for member in members}
    loaded = description.load(project / "appliance.yml")
    return SimpleNamespace(ovas=ovas, members=members, files=files, description=loaded)


def test_the_same_layers_give_the_same_ova(packed):
    assert digest(packed.ovas[0]) == digest(packed.ovas[1])


def test_the_archive_is_what_importers_read(packed):
    name = packed.description.name
    assert [m.name for m in packed.members] == [f"{name}.ovf", f"{name}.mf", f"{name}-disk1.vmdk"]
    with packed.ovas[0].open("rb") as file:
        assert file.read(265)[257:] == b"ustar\x0000"
    for member in packed.members:
        assert (member.uid, member.gid, member.uname, member.gname) == (0, 0, "", "")
        assert (member.mode, member.mtime) == (0o644, packed.description.epoch)


def test_the_manifest_has_the_digests_of_the_others(packed):
    ovf, manifest, disk = packed.files
    lines = packed.files[manifest].decode().splitlines()
    expected = [hashlib.sha256(packed.files[name]).hexdigest() for name in (ovf, disk)]
    found = [re.fullmatch(r"SHA256 \((.+)\) = ([0-9a-f]{64})", line).groups() for line in lines]
    assert found == [(ovf, expected[0]), (disk, expected[1])]


def test_the_ovf_says_what_the_description_says(packed):
    ovf, _, disk = packed.files
    told, envelope = packed.description, ElementTree.fromstring(packed.files[ovf])
    assert envelope.findtext(".//o:Product", namespaces=OVF) == TITLE
    assert envelope.findtext(".//o:ProductSection/o:Version", namespaces=OVF) == told.version
    file = envelope.find("./o:References/o:File", OVF)
    assert file.get(f"{OVF_}href") == disk
    assert int(file.get(f"{OVF_}size")) == len(packed.files[disk])
    capacity = envelope.find("./o:DiskSection/o:Disk", OVF).get(f"{OVF_}capacity")
    assert int(capacity) == told.machine.disk_gb * 1024**3
    machine = envelope.find(".//v:Machine", OVF)
    assert machine.find(".//o:CPU", OVF).get("count") == str(told.machine.cpus)
    assert machine.find(".//o:Memory", OVF).get("RAMSize") == str(told.machine.memory_mb)
    forwards = {
        rule.get("name"): (
            rule.get("hostip"),
            int(rule.get("hostport")),
            int(rule.get("guestport")),
        )
        for rule in machine.iter(f"{OVF_}Forwarding")
    }
    assert forwards == {
        name: ("127.0.0.1", port.host, port.guest) for name, port in dict(told.ports).items()
    }
