"""SHA256SUMS over what is handed out: other programs read it, and a key signs it or is refused."""

import hashlib
import re
import subprocess

import pytest

from appliance_build.errors import BuildError
from appliance_build.papers import sums

from ..keys import new_key, public

CONTENT = {"zebra.ova": b"striped", "a b.json": b"", "Ünïcode.txt": b"\0\r\n"}


@pytest.fixture
def folder(tmp_path):
    """Files to hand out."""
    folder = tmp_path / "build"
    folder.mkdir()
    for name, content in CONTENT.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture
def key(tmp_path):
    return new_key(tmp_path / "key")


@pytest.fixture
def agent(monkeypatch):
    """An ssh-agent of the test's own."""
    said = subprocess.run(["ssh-agent", "-s"], check=True, capture_output=True, text=True).stdout
    for name, value in re.findall(r"(SSH_\w+)=([^;]+);", said):
        monkeypatch.setenv(name, value)
    yield
    subprocess.run(["ssh-agent", "-k"], check=True, stdout=subprocess.DEVNULL)


def taken(folder):
    """What lies there beside the files themselves."""
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.name not in CONTENT}


def refused(monkeypatch, folder, key):
    """The sentence with which a key is refused, early and late; nothing is touched."""
    sums.write(folder, ["zebra.ova"], new_key(folder.parent / "earlier"))
    before = taken(folder)
    monkeypatch.setenv(sums.VARIABLE, str(key))
    with pytest.raises(BuildError) as early:
        sums.signing_key()
    with pytest.raises(BuildError) as late:
        sums.write(folder, list(CONTENT), key)
    assert taken(folder) == before
    assert str(early.value) == str(late.value)
    assert str(early.value).startswith(f"{sums.VARIABLE} names {key}, which ")
    return str(early.value)


def test_sha256sum_accepts_it(folder):
    sums.write(folder, list(CONTENT), None)
    command = ["sha256sum", "--check", "--strict", sums.SUMS]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [f"{name}: OK" for name in sorted(CONTENT)]
    assert list(taken(folder)) == [sums.SUMS]


def test_two_blanks_stand_before_the_name(folder):
    """macOS's shasum takes nothing less."""
    sums.write(folder, ["a b.json"], None)
    assert (folder / sums.SUMS).read_text() == f"{hashlib.sha256(b'').hexdigest()}  a b.json\n"


def test_the_order_of_the_names_does_not_matter(folder):
    sums.write(folder, list(CONTENT), None)
    first = taken(folder)
    sums.write(folder, list(CONTENT)[::-1], None)
    assert taken(folder) == first


def test_ssh_keygen_accepts_the_signature(folder, key):
    sums.write(folder, list(CONTENT), key)
    allowed = folder.parent / "allowed"
    allowed.write_text(f"me {public(key).read_text()}")
    command = "ssh-keygen -Y verify -n file -I me -f".split()
    done = subprocess.run(
        [*command, allowed, "-s", folder / f"{sums.SUMS}.sig"],
        input=(folder / sums.SUMS).read_bytes(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_same_files_give_the_same_signature(folder, key):
    sums.write(folder, list(CONTENT), key)
    first = taken(folder)
    assert set(first) == {sums.SUMS, f"{sums.SUMS}.sig"}
    sums.write(folder, list(CONTENT), key)
    assert taken(folder) == first


def test_without_a_key_no_earlier_signature_stays(folder, key):
    sums.write(folder, list(CONTENT), key)
    sums.write(folder, list(CONTENT), None)
    assert list(taken(folder)) == [sums.SUMS]


@pytest.mark.parametrize("value", [None, ""])
def test_signing_is_off_unless_asked_for(monkeypatch, value):
    monkeypatch.delenv(sums.VARIABLE, raising=False)
    if value is not None:
        monkeypatch.setenv(sums.VARIABLE, value)
    assert sums.signing_key() is None


def test_the_variable_names_the_key(monkeypatch, key):
    monkeypatch.setenv("HOME", str(key.parent))
    monkeypatch.setenv(sums.VARIABLE, f"~/{key.name}")
    assert sums.signing_key() == key


def test_a_key_that_is_not_there_is_refused(monkeypatch, folder):
    sentence = refused(monkeypatch, folder, folder.parent / "nowhere")
    assert "cannot be read (No such file or directory); correct the path" in sentence


def test_a_folder_is_no_key(monkeypatch, folder):
    assert "cannot be read (Is a directory)" in refused(monkeypatch, folder, folder.parent)


def test_a_key_that_others_can_read_is_refused(monkeypatch, folder, key):
    key.chmod(0o644)
    assert "chmod 600" in refused(monkeypatch, folder, key)


def test_a_key_with_a_passphrase_is_refused_without_asking(monkeypatch, folder, tmp_path):
    asked = tmp_path / "asked"
    ask = tmp_path / "ask"
    ask.write_text(f"#!/bin/sh\ntouch {asked}\necho secret\n")
    ask.chmod(0o755)
    monkeypatch.setenv("SSH_ASKPASS", str(ask))
    monkeypatch.setenv("SSH_ASKPASS_REQUIRE", "force")
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    sentence = refused(monkeypatch, folder, new_key(tmp_path / "locked", "secret"))
    assert not asked.exists()
    assert "incorrect passphrase" in sentence and "without a passphrase" in sentence


def test_a_key_with_a_passphrase_signs_through_the_agent(folder, key, agent):
    sums.write(folder, list(CONTENT), key)
    first = taken(folder)
    subprocess.run(["ssh-add", "-q", key], check=True)
    lock = ["ssh-keygen", "-q", "-p", "-P", "", "-N", "secret", "-f", key]
    subprocess.run(lock, check=True, stdout=subprocess.DEVNULL)
    sums.write(folder, list(CONTENT), key)
    assert taken(folder) == first


def test_what_is_no_key_is_refused(monkeypatch, folder, tmp_path):
    (tmp_path / "text").write_text("no key\n")
    (tmp_path / "text").chmod(0o600)
    assert "which cannot sign (" in refused(monkeypatch, folder, tmp_path / "text")


def test_a_missing_ssh_keygen_is_named(monkeypatch, key):
    monkeypatch.setenv(sums.VARIABLE, str(key))
    monkeypatch.setenv("PATH", str(key.parent))
    with pytest.raises(BuildError, match="ssh-keygen is missing; install it: apt-get install"):
        sums.signing_key()
