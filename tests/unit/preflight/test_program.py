"""preflight.py as people run it, on this computer: real ports, a real full disk, broken OVAs."""

import hashlib
import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from appliance_build.paths import PROJECT

PROGRAM = PROJECT / "preflight.py"
OVA = "workshop.ova"

#: As Oracle's and Debian's packages answer; {machines} and {vms} are the test's.
VBOXMANAGE = """#!/bin/sh
case "$*" in
    --version) echo 7.1.12r169651 ;;
    "list systemproperties") echo "Default machine folder:          {machines}" ;;
    "list vms") echo '{vms}' ;;
    *) echo "unexpected: $*" >&2; exit 1 ;;
esac
"""


@pytest.fixture
def path(tmp_path):
    """A PATH on which there is nothing yet."""
    folder = tmp_path / "programs"
    folder.mkdir()
    return folder


@pytest.fixture
def machines(tmp_path):
    folder = tmp_path / "VirtualBox VMs"
    folder.mkdir()
    return folder


@pytest.fixture
def virtualbox(path, machines):
    """Puts a VBoxManage on the PATH, which lists these machines."""

    def install(vms="", folder=machines):
        file = path / "VBoxManage"
        file.write_text(VBOXMANAGE.format(machines=folder, vms=vms))
        file.chmod(0o755)

    install()
    return install


@pytest.fixture
def preflight(stick, path):
    """Runs the program beside the OVA; returns its report, once that fits what people read."""

    def run(*words, program=PROGRAM, cwd=stick, **changes):
        report = stick.parent / "report.json"
        done = call(*words, "--json", report, program=program, cwd=cwd, path=path, **changes)
        assert done.stderr == "", done.stderr
        read = json.loads(report.read_text())
        lines = done.stdout.splitlines()
        assert lines[0].startswith("Checking this computer for the workshop (Linux, ")
        assert lines[-1] == read["summary"]
        for outcome in read["checks"]:
            assert any(outcome["id"] in line.split()[:3] for line in lines), outcome
        assert done.returncode == (0 if read["ready"] else 1)
        return {outcome["id"]: outcome for outcome in read["checks"]}

    return run


def call(*words, program=PROGRAM, cwd=None, path=None, **changes):
    environment = os.environ | {"PATH": str(path), "PYTHONIOENCODING": "utf-8"} | changes
    done = subprocess.run(
        [sys.executable, program, *words],
        cwd=cwd,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return done


def wrong_use(*words, **changes):
    """The error sentence."""
    done = call(*words, **changes)
    assert done.returncode == 2 and done.stderr.startswith("error: "), done.stderr
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_a_whole_ova_and_free_ports_are_found_so(preflight, virtualbox, description):
    found = preflight()
    for id in ("virtualbox", "disk", "ports", "ova", "hash", "ovf", "leftovers"):
        assert found[id]["status"] == "PASS", found[id]
    machine, ports = description.machine, description.ports
    assert f"{ports.jupyter.host} and {ports.ssh.host}" in found["ports"]["message"]
    assert f"{machine.memory_mb:,}" in found["memory"]["message"]


def test_architecture_and_memory_are_this_computers(preflight):
    found = preflight()
    assert os.uname().machine in found["architecture"]["message"]
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1024**2
    assert f"of {total:,} MB" in found["memory"]["message"]


def test_virtualisation_is_what_the_kernel_says(preflight):
    flags = Path("/proc/cpuinfo").read_text().split()
    offered = "vmx" in flags or "svm" in flags
    assert preflight()["virtualisation"]["status"] == ("PASS" if offered else "FAIL")


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0", "::"])
def test_a_taken_port_has_its_holders_name(preflight, address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.create_server((address, 0), family=family, dualstack_ipv6=":" in address) as held:
        port = held.getsockname()[1]
        found = preflight("--port", str(port))["ports"]
    name = Path("/proc/self/comm").read_text().strip()
    assert found["status"] == "FAIL"
    assert found["message"] == f"Port {port} is taken by {name} (PID {os.getpid()})."
    assert "Stop that program" in found["remedy"]


def test_each_taken_port_is_named(preflight):
    with (
        socket.create_server(("127.0.0.1", 0)) as one,
        socket.create_server(("127.0.0.1", 0)) as two,
    ):
        taken = [str(held.getsockname()[1]) for held in (one, two)]
        message = preflight("--port", taken[0], "--port", taken[1])["ports"]["message"]
    assert all(f"Port {port} is taken" in message for port in taken)


def test_a_port_taken_on_ipv6_alone_is_a_warning(preflight):
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as held:
        port = held.getsockname()[1]
        found = preflight("--port", str(port))["ports"]
    assert found["status"] == "WARN" and f"(PID {os.getpid()})" in found["message"]


def test_a_port_that_a_closed_connection_still_holds_is_free(preflight):
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as far:
            near, _ = held.accept()
            near.close()  # who closes first waits
            assert far.recv(1) == b""
    assert preflight("--port", str(port))["ports"]["status"] == "PASS"


def test_a_full_disk_is_found(preflight, virtualbox, stick, tmp_path):
    """A real file system of the least size, with less room than 2.5 times the OVA."""
    small = tmp_path / "small"
    small.mkdir()
    size = int(2.4 * (stick / OVA).stat().st_size) // 4096 * 4096
    virtualbox(folder=small / "not there yet")
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", small], check=True)
    try:
        found = preflight()["disk"]
    finally:
        subprocess.run(["umount", small], check=True)
    assert found["status"] == "FAIL" and f"free for {small}" in found["message"]
    assert "Default Machine Folder" in found["remedy"]
    assert preflight()["disk"]["status"] == "PASS"


def test_virtualbox_that_is_not_there_is_told(preflight):
    found = preflight()
    assert found["virtualbox"]["message"] == "VirtualBox is not installed."
    assert found["leftovers"]["status"] == found["driver"]["status"] == "SKIP"


def test_a_vboxmanage_that_fails_is_told_with_its_words(preflight, path):
    (path / "VBoxManage").write_text("#!/bin/sh\necho 'COM is broken' >&2\nexit 1\n")
    (path / "VBoxManage").chmod(0o755)
    found = preflight()
    assert found["virtualbox"]["status"] == found["leftovers"]["status"] == "SKIP"
    assert "COM is broken" in found["virtualbox"]["message"]


def test_a_folder_that_a_broken_import_left_is_found(preflight, virtualbox, machines, description):
    folder = machines / description.name
    folder.mkdir()
    assert preflight()["leftovers"]["status"] == "PASS"  # an empty one is in nobody's way
    (folder / "disk.vdi").write_bytes(b"half")
    found = preflight()["leftovers"]
    assert found["status"] == "FAIL" and str(folder) in found["message"]
    virtualbox(vms=f'"{description.name}" {{0}}')
    assert "imported already" in preflight()["leftovers"]["message"]


def test_machines_of_other_names_are_nobodys_leftovers(preflight, virtualbox, description):
    virtualbox(vms=f'"{description.name}-old" {{0}}')
    assert preflight()["leftovers"]["status"] == "PASS"
    virtualbox(vms='"<inaccessible>" {0}')
    assert preflight()["leftovers"]["status"] == "WARN"


def ova_and_hash(found):
    return found["ova"]["status"], found["hash"]["status"]


@pytest.mark.parametrize("left", [0.98, 0.5, 0.001])
def test_an_ova_cut_short_is_told_from_one_that_changed(preflight, stick, left):
    size = (stick / OVA).stat().st_size
    os.truncate(stick / OVA, int(size * left))
    found = preflight()
    assert ova_and_hash(found) == ("FAIL", "SKIP")
    assert "cut short" in found["ova"]["message"]
    assert found["ova"]["remedy"].startswith("Copy or download it again")


def test_an_ova_that_lacks_its_last_blocks_is_cut_short(preflight, stick):
    """All parts are there, the end of the tar is not."""
    with tarfile.open(stick / OVA) as archive:
        last = archive.getmembers()[-1]
    os.truncate(
        stick / OVA, last.offset_data + -(-last.size // tarfile.BLOCKSIZE) * tarfile.BLOCKSIZE
    )
    assert "cut short" in preflight()["ova"]["message"]


def test_a_flipped_byte_is_found_and_its_part_named(preflight, stick):
    with (stick / OVA).open("r+b") as file:
        file.seek(500_000)
        [byte] = file.read(1)
        file.seek(-1, 1)
        file.write(bytes([byte ^ 1]))
    found = preflight()
    assert ova_and_hash(found) == ("PASS", "FAIL")
    assert "damaged: disk.vmdk in it has changed" in found["hash"]["message"]
    (stick / f"{OVA}.sha256").unlink()
    assert preflight()["hash"]["status"] == "FAIL"


def test_the_hash_of_another_version_is_told_from_damage(preflight, stick):
    (stick / f"{OVA}.sha256").write_text(f"{'0' * 64}\t{OVA}\n")
    found = preflight()["hash"]
    assert found["status"] == "FAIL"
    assert "whole, but another file than workshop.ova.sha256 is about" in found["message"]


def test_a_missing_hash_is_a_warning(preflight, stick):
    (stick / f"{OVA}.sha256").unlink()
    found = preflight()["hash"]
    assert found["status"] == "WARN" and f"Put {OVA}.sha256" in found["remedy"]


def test_the_hash_may_stand_in_sha256sums(preflight, stick):
    digest = hashlib.sha256((stick / OVA).read_bytes()).hexdigest()
    (stick / f"{OVA}.sha256").unlink()
    (stick / "SHA256SUMS").write_text(f"{'1' * 64}  other.ova\n{digest.upper()} *{OVA}\r\n")
    found = preflight()["hash"]
    assert found["status"] == "PASS" and "SHA256SUMS" in found["message"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\n<!DOCTYPE html><title>Log in</title>", "web page"),
        (b"PK\x03\x04" + bytes(2000), "no OVA"),
        (bytes(10240), "no OVA"),
    ],
)
def test_what_is_no_ova_is_told(preflight, stick, content, said):
    (stick / OVA).write_bytes(content)
    found = preflight()
    assert ova_and_hash(found) == ("FAIL", "SKIP") and said in found["ova"]["message"]


def repacked(stick, change=lambda text: text, leave=()):
    """The OVA with another description, or without some parts; its hashes are right."""
    parts = {}
    with tarfile.open(stick / OVA) as archive:
        for member in archive:
            parts[member.name] = archive.extractfile(member).read()
    text = {n: change(c.decode()).encode() if n.endswith(".ovf") else c for n, c in parts.items()}
    lines = [
        f"SHA256 ({n}) = {hashlib.sha256(c).hexdigest()}"
        for n, c in text.items()
        if n[-3:] != ".mf"
    ]
    with tarfile.open(stick / OVA, "w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in text.items():
            content = "\n".join(lines).encode() if name.endswith(".mf") else content
            if not name.endswith(leave or "-"):
                member = tarfile.TarInfo(name)
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
    digest = hashlib.sha256((stick / OVA).read_bytes()).hexdigest()
    (stick / f"{OVA}.sha256").write_text(f"{digest}\t{OVA}\n")


@pytest.mark.parametrize("leave", [".ovf", ".vmdk"])
def test_a_missing_part_is_found(preflight, stick, leave):
    repacked(stick, leave=leave)
    assert "one description and a disk" in preflight()["ova"]["message"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("<rasd:Connection>NAT<", "<rasd:Connection>HostOnly<", "a network other than NAT"),
        ("</NAT>", '</NAT><HostOnlyInterface name="vboxnet0"/>', "a network other than NAT"),
        ('hostip="127.0.0.1"', 'hostip=""', "open beyond 127.0.0.1"),
        ("<RTC", '<USB><Controllers><Controller type="EHCI"/></Controllers></USB><RTC', "USB 2"),
        ("</BIOS>", '<NVRAM path="x.nvram"/></BIOS>', "memory of a UEFI"),
        ('<Image uuid="{', '<Image uuid="{0', "a disk that it does not hold"),
        ('<RTC localOrUTC="UTC"/>', "", "a clock in local time"),
    ],
)
def test_what_plain_virtualbox_lacks_is_found(preflight, stick, old, new, said):
    def change(text):
        assert old in text
        return text.replace(old, new)

    repacked(stick, change)
    found = preflight()
    assert ova_and_hash(found) == ("PASS", "PASS")
    assert found["ovf"]["status"] == "FAIL" and said in found["ovf"]["message"]


def test_a_description_that_is_no_xml_is_found(preflight, stick):
    repacked(stick, lambda text: text.replace("</Envelope>", ""))
    assert "no XML" in preflight()["ova"]["message"]


def test_without_an_ova_arguments_say_what_the_machine_asks_for(preflight, virtualbox, stick):
    (stick / OVA).unlink()
    found = preflight()
    asks = {"memory", "disk", "ports", "ova", "hash", "ovf", "leftovers"}
    assert {i for i in asks if found[i]["status"] == "SKIP"} == asks
    assert "no .ova file here, and --port is not given" in found["ports"]["message"]
    with socket.create_server(("127.0.0.1", 0)) as held:
        free = str(held.getsockname()[1])
    found = preflight("--name", "some", "--memory", "16", "--port", free)
    assert {i for i in asks if found[i]["status"] == "SKIP"} == asks - {
        "memory",
        "ports",
        "leftovers",
    }


def test_an_ova_for_other_ports_than_asked_for_is_a_warning(preflight, description):
    with socket.create_server(("127.0.0.1", 0)) as held:
        free = held.getsockname()[1]
    found = preflight("--port", str(free))["ova"]
    assert found["status"] == "WARN" and str(description.ports.ssh.host) in found["message"]


def test_a_download_that_has_not_ended_is_named(preflight, stick):
    (stick / OVA).rename(stick / f"{OVA}.crdownload")
    assert f"{OVA}.crdownload is a download that has not ended" in preflight()["ova"]["message"]


def test_it_looks_where_it_lies_then_where_you_are(preflight, stick, tmp_path):
    beside = Path(shutil.copy(PROGRAM, stick))
    (stick / f"._{OVA}").write_bytes(b"\0what a Mac leaves on a stick")
    assert preflight(program=beside, cwd=tmp_path)["ova"]["status"] == "PASS"
    assert preflight(stick / OVA, cwd=tmp_path)["ova"]["status"] == "PASS"


def test_wrong_use_is_told(stick, tmp_path, path):
    assert "none.ova cannot be read: No such file" in wrong_use("none.ova", cwd=stick, path=path)
    assert "cannot be read: Is a directory" in wrong_use(tmp_path, cwd=stick, path=path)
    error = wrong_use("--json", "nowhere/report", cwd=stick, path=path)
    assert error == "error: --json nowhere/report: there is no such folder\n"
    assert "there are: architecture, " in wrong_use("--explain", "none")
    shutil.copy(stick / OVA, stick / "second.ova")
    error = wrong_use(cwd=stick, path=path)
    assert "several .ova files (second.ova, workshop.ova): say which one" in error


@pytest.mark.parametrize("words", [["--nonsense"], ["--port", "0"], ["--memory", "much"]])
def test_options_that_make_no_sense_are_wrong_use(words):
    assert call(*words).returncode == 2


def test_json_can_be_all_that_standard_output_has(stick, path):
    done = call("--json", "-", cwd=stick, path=path)
    report = json.loads(done.stdout)
    assert report["schema"] == 1 and report["system"] == "Linux"
    assert report["summary"] == done.stderr.splitlines()[-1]
    keys = {"id", "title", "status", "seconds", "message", "remedy"}
    assert all(set(outcome) == keys for outcome in report["checks"])


def test_a_console_without_the_marks_gets_plain_ones(stick, path):
    (stick / OVA).rename(stick / "übung.ova")
    done = call(cwd=stick, path=path, PYTHONIOENCODING="ascii")
    assert "+ PASS" in done.stdout and "\\xfcbung.ova is complete" in done.stdout
    assert done.stdout.isascii()


def test_the_first_line_comes_before_the_first_check(stick, path):
    """VBoxManage waits here until that line was read."""
    gate = path / "gate"
    os.mkfifo(gate)
    (path / "VBoxManage").write_text(f"#!/bin/sh\nread line < {gate}\necho 7.1.12\n")
    (path / "VBoxManage").chmod(0o755)
    command = [sys.executable, PROGRAM]
    settings = os.environ | {"PATH": str(path)}
    with subprocess.Popen(command, cwd=stick, env=settings, stdout=subprocess.PIPE) as running:
        assert running.stdout.readline().startswith(b"Checking this computer")
        running.send_signal(signal.SIGINT)
        rest = running.stdout.read()
        assert running.wait(30) == 130
    assert b"Traceback" not in rest


def test_a_check_that_breaks_does_not_stop_the_others(stick, path, tmp_path):
    """Whatever an odd computer answers: here a size that is no number."""
    broken = tmp_path / "broken.py"
    text = PROGRAM.read_text(encoding="utf-8")
    assert "return shutil.disk_usage(folder).free" in text
    broken.write_text(text.replace("shutil.disk_usage(folder).free", "int('much')"))
    done = call("--json", tmp_path / "report", program=broken, cwd=stick, path=path)
    assert done.returncode == 1
    found = {o["id"]: o for o in json.loads((tmp_path / "report").read_text())["checks"]}
    assert found["disk"]["status"] == "ERROR" and "ValueError" in found["disk"]["message"]
    assert found["ova"]["status"] == "PASS"


def test_wsl_is_told_to_be_the_wrong_place(tmp_path, stick, path):
    elsewhere = tmp_path / "wsl.py"
    version = tmp_path / "version"
    version.write_text("Linux version 5.15.153.1-microsoft-standard-WSL2\n")
    text = PROGRAM.read_text(encoding="utf-8")
    assert '"/proc/version"' in text
    elsewhere.write_text(text.replace('"/proc/version"', repr(str(version))))
    assert "this is WSL" in wrong_use(program=elsewhere, cwd=stick, path=path)
