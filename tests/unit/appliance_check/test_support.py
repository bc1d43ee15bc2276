"""`--support-bundle`: all that helps is in it, and nothing of what was planted to be left out."""

import json
import os
import re
import socket
import time
import zipfile
from dataclasses import replace

import pytest

from appliance_check import support
from appliance_check.cli import main
from appliance_check.result import Result, Status
from appliance_check.support import bundle, parts
from appliance_check.support.redact import Redactor

from .repairing import Made, program

TOKEN = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a6978"
# What is planted in logs, settings and the report; none of it may be in the bundle.
SECRETS = {
    "user": "grethe",
    "host": "gretes-laptop",
    "IPv4": "192.168.178.23",
    "IPv6": "2001:db8:85a3::8a2e:370:7334",
    "link": "fe80::a00:27ff:fe4e:66a1",
    "MAC": "08:00:27:4e:66:a1",
    "MAC with dashes": "08-00-27-4E-66-A1",
    "token": TOKEN,
    "short token": "hunter2hunter",
    "container's password": "k7mq-x2fp-w9tz-b4hs",
    "given password": "Correct.Horse!",
    "e-mail": "grethe.muster@example.org",
    "stranger": "mallory",
    "machine id": "4c4c4544004d5a108052b9c04f4a3132",
    "disk": "3f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f0",
    "variable": "s3cr3t-in-a-variable",
    "hash": "$6$salt$abcdefghijklmnop",
    "public key": "AAAAC3NzaC1lZDI1NTE5AAAAIHUDYEJH",
    "private key": "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU",
    "fingerprint": "IyAnlL765YoH8T29p9mQZwlMZ2kYEzeVr1RDjLJ",
}
LOG = f"""\
[I 2026-11-24] http://127.0.0.1:8888/lab?token={TOKEN}&reset
[W] 403 GET /api/contents?token={SECRETS["short token"]} (192.168.178.23) referer=http://[fe80::a00:27ff:fe4e:66a1%eth0]/
    "token": "{SECRETS["short token"]}", 'JUPYTER_TOKEN': '{SECRETS["short token"]}'
bare {TOKEN} and a module m{"0" * 64}
Authorization: token {SECRETS["short token"]}
Cookie: _xsrf={SECRETS["short token"]}; username={SECRETS["short token"]}
workshop: password  {SECRETS["container's password"]}
again k7mq-x2fp-w9tz-b4hs
workshop: password  {SECRETS["given password"]}
SSH_PASSWORD={SECRETS["given password"]}
password: {SECRETS["given password"]}
https://me:{SECRETS["given password"]}@example.org/x
saving /home/grethe/notebooks/x.ipynb and /home/mallory/y, C:\\Users\\mallory\\z, /Users/mallory/q
gretes-laptop sshd[1]: Failed password for invalid user mallory from 192.168.178.23 port 5
session closed for user mallory
Listening on 2001:db8:85a3::8a2e:370:7334.
sshd[1]: Accepted password for mallory from 192.168.178.23 port 5 ssh2
sshd[1]: Connection closed by authenticating user mallory 192.168.178.23 port 5 [preauth]
pam_unix(sshd:session): session opened for user mallory(uid=1000) by (uid=0)
pam_unix(sshd:auth): authentication failure; logname= uid=0 ruser=mallory rhost=gretes-laptop.lan
e1000: eth0 08:00:27:4e:66:a1 or 08-00-27-4E-66-A1
by grethe.muster@example.org; Grethe said GRETES-LAPTOP
machine {SECRETS["machine id"]} root=UUID={SECRETS["disk"]}
env: s3cr3t-in-a-variable
user:$6$salt$abcdefghijklmnop:19000
ssh-ed25519 {SECRETS["public key"]} me@host
-----BEGIN OPENSSH PRIVATE KEY-----
{SECRETS["private key"]}
-----END OPENSSH PRIVATE KEY-----
ED25519 key SHA256:{SECRETS["fingerprint"]}
"""
# What helps, and must come through as it is.
HELPFUL = (
    f"m{'0' * 64}",
    "sha256 " + "ab" * 32,
    "127.0.0.1:5000",
    "0.0.0.0:22",
    "[::1]:631",
    "[::]:22",
    "at 12:34:56 std::vector<int> pci 0000:00:02.0",
    "Theano 1.0.5, Python 3.11.2-1+deb12u3, NVIDIA-SMI 535.104.05",
    "password authentication is on; the user does not matter",
    "user space, for user namespaces",
    "/usr/share/workshop/notebooks",
)


@pytest.fixture
def planted(context, monkeypatch):
    """A machine that belongs to somebody."""
    monkeypatch.setattr(socket, "gethostname", lambda: "gretes-laptop")
    monkeypatch.setenv("USER", "grethe")
    monkeypatch.setenv("MY_API_KEY", SECRETS["variable"])
    return context


def leaks(text: str) -> dict[str, str]:
    return {what: each for what, each in SECRETS.items() if each.lower() in text.lower()}


def test_planted_secrets_go(planted):
    assert leaks(LOG) == SECRETS, "all of them are in what the test begins with"
    assert leaks(Redactor(planted).text(LOG)) == {}


@pytest.mark.parametrize("line", LOG.splitlines())
def test_each_line_alone_is_clean(planted, line):
    # A key alone on its line is known by the lines around it.
    assert set(leaks(Redactor(planted).text(line))) <= {"private key"}


@pytest.mark.parametrize("line", HELPFUL)
def test_what_helps_stays(planted, line):
    assert Redactor(planted).text(line) == line


def test_home_is_a_tilde(planted):
    path = planted.home / "notebooks" / "x.ipynb"
    assert Redactor(planted).text(f"at {path}.") == "at ~/notebooks/x.ipynb."


def test_report_stays_json_and_is_clean_in_keys_and_values(planted):
    told = {
        "checks": [{"evidence": {"/home/grethe/x": ["192.168.178.23", 3, None, True]}}],
        "token": "anything at all",
        "n": {"password": {"deep": "hunter2hunter"}, "log": LOG},
    }
    found = Redactor(planted).value(told)
    text = json.dumps(found)
    assert set(leaks(text)) <= {"short token"}
    assert found["token"] == "<secret>"
    assert found["checks"][0]["evidence"] == {"/home/<user>/x": ["<ip>", 3, None, True]}


@pytest.fixture
def asked(planted, programs, monkeypatch, tmp_path):
    """The command, where systemd, kernel and driver say what was planted."""
    for name in ("journalctl", "dmesg", "nvidia-smi", "systemctl"):
        program(programs, name, f"#!/bin/sh\necho this is {name}\ncat {tmp_path}/log\n")
    (tmp_path / "log").write_text(LOG)
    (planted.home / ".theanorc").write_text("[global]\nfloatX = float32\n# grethe\n")
    planted.proc.mkdir()
    (planted.proc / "meminfo").write_text("MemTotal: 2048000 kB\n")
    check = Made("one", lambda: Result(Status.FAIL, "no page at 192.168.178.23", {"log": LOG}))

    def call(path, *more):
        folders = ["--share", str(planted.share), "--home", str(planted.home)]
        words = ["--profile", "vm", *folders, "--support-bundle", str(path), *more]
        monkeypatch.setattr("appliance_check.cli.Context", lambda **k: planted_as(k))
        return main(words, (check,))

    def planted_as(keywords):
        return replace(planted, profile=keywords["profile"], level=keywords["level"])

    return call


def contents(path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_the_bundle_has_all_parts_and_no_secret(asked, tmp_path, capsys, planted):
    path = tmp_path / "bundle.zip"
    assert asked(path) == 1, "the status is that of the checks"
    found = contents(path)
    assert list(found) == ["ABOUT.txt", "report.json", *parts.parts(planted)]
    assert {name: leaks(text) for name, text in found.items() if leaks(text)} == {}
    assert json.loads(found["report.json"])["checks"][0]["status"] == "FAIL"
    for name, words in {
        "jupyter-log.txt": "this is journalctl",
        "ssh-log.txt": "this is journalctl",
        "kernel-log.txt": "this is dmesg",
        "gpu.txt": "this is nvidia-smi",
        "services.txt": "this is systemctl",
        "theano.txt": "floatX = float32",
        "memory.txt": "MemTotal: 2048000 kB",
        "packages-python.txt": "pytest ",
        "versions.txt": planted.description["version"],
        "disk.txt": "Filesystem",
    }.items():
        assert words in found[name], name
    assert "could not be had: No such file" in found["machine.txt"], "cpuinfo is not there"
    out = capsys.readouterr().out
    for name in found:
        assert f"  {name} " in out
    assert "It stays on this machine: nothing was sent." in out and "organiser" in out
    assert f"scp -P {planted.description['ports']['ssh']['host']} " in out
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".bundle")] == []


def test_the_same_findings_make_the_same_names_in_the_same_order(asked, tmp_path):
    names = []
    for name in ("a.zip", "b.zip"):
        asked(tmp_path / name)
        with zipfile.ZipFile(tmp_path / name) as archive:
            names.append([(e.filename, e.date_time, e.external_attr) for e in archive.infolist()])
    assert names[0] == names[1]
    assert {time for _, time, _ in names[0]} == {(1980, 1, 1, 0, 0, 0)}


def test_what_is_there_is_not_overwritten(asked, tmp_path, capsys):
    path = tmp_path / "bundle.zip"
    path.write_text("mine")
    assert asked(path) == 2
    out, err = capsys.readouterr()
    assert f"{path} is there already" in err and len(err.splitlines()) == 1
    assert out == "", "no check has run"
    assert path.read_text() == "mine"


def test_what_comes_there_meanwhile_is_not_overwritten(asked, tmp_path, capsys, monkeypatch):
    path = tmp_path / "bundle.zip"
    monkeypatch.setattr(support.bundle, "parts", lambda context: path.write_text("mine") and {})
    assert asked(path) == 1
    assert "come there meanwhile" in capsys.readouterr().err
    assert path.read_text() == "mine"
    assert not list(tmp_path.glob(".bundle*"))


def test_folder_that_is_not_there(asked, tmp_path, capsys):
    assert asked(tmp_path / "no" / "bundle.zip") == 2
    assert "not a folder that can be written to" in capsys.readouterr().err


def test_a_part_that_is_too_long_keeps_its_end(asked, tmp_path, programs):
    program(programs, "dmesg", "#!/bin/sh\nseq 100000\n")
    asked(tmp_path / "bundle.zip")
    text = contents(tmp_path / "bundle.zip")["kernel-log.txt"]
    assert len(text) <= bundle.MOST_BYTES + 100
    (
        first,
        second,
        *_,
    ) = text.splitlines()
    assert re.fullmatch(r"\(the first \d+ bytes are left out\)", first)
    assert second.isdigit()
    assert "\n100000\n" in text


def test_a_program_that_hangs_or_is_missing_is_said(asked, tmp_path, programs, monkeypatch):
    monkeypatch.setattr(parts, "SECONDS", 1)
    program(programs, "dmesg", "#!/bin/sh\nexec sleep 600\n")
    (programs / "nvidia-smi").unlink()
    program(programs, "journalctl", "#!/bin/sh\necho no journal >&2\nexit 4\n")
    started = time.monotonic()
    asked(tmp_path / "bundle.zip")
    assert time.monotonic() - started < 60
    found = contents(tmp_path / "bundle.zip")
    assert "could not be had: no end after 1 s" in found["kernel-log.txt"]
    assert "== nvidia-smi\ncould not be had: No such file" in found["gpu.txt"]
    assert "no journal\nended with status 4" in found["ssh-log.txt"]


def test_a_part_that_crashes_does_not_take_the_others_along(asked, tmp_path, monkeypatch, planted):
    made = parts.parts(planted) | {"versions.txt": lambda: 1 / 0}
    monkeypatch.setattr(support.bundle, "parts", lambda context: made)
    asked(tmp_path / "bundle.zip")
    found = contents(tmp_path / "bundle.zip")
    assert found["versions.txt"] == "could not be had: ZeroDivisionError: division by zero"
    assert "this is dmesg" in found["kernel-log.txt"]


def test_full_disk_leaves_nothing_half(asked, tmp_path, monkeypatch, capsys):
    def full(*arguments, **keywords):
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    assert asked(tmp_path / "bundle.zip") == 1
    assert "No space left on device" in capsys.readouterr().err
    assert not list(tmp_path.glob("*bundle*"))


def test_in_a_container_its_log_is_pointed_to(planted):
    container = parts.parts(replace(planted, profile="cuda"))
    assert "docker logs" in container["jupyter-log.txt"]()
    assert "supervisorctl" in container["services.txt"]()
