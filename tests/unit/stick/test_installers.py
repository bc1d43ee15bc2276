"""VirtualBox's installers are held against the list that VirtualBox publishes; nothing else is."""

import hashlib

import pytest

from appliance_build.errors import BuildError
from appliance_build.stick import installers

WINDOWS = "VirtualBox-7.2.4-170995-Win.exe"
MAC = "VirtualBox-7.2.4-170995-OSX.dmg"
ARM = "VirtualBox-7.2.4-170995-macOSArm64.dmg"
LINUX = "VirtualBox-7.2.4-170995-Linux_amd64.run"


def listed(*names):
    """As VirtualBox writes it: a star before each name."""
    return "".join(f"{hashlib.sha256(name.encode()).hexdigest()} *{name}\n" for name in names)


@pytest.fixture
def folder(tmp_path):
    """Two installers, whose bytes are their names, and a list of four."""
    folder = tmp_path / "virtualbox"
    folder.mkdir()
    (folder / "SHA256SUMS").write_text(listed(WINDOWS, MAC, ARM, LINUX))
    for name in (WINDOWS, LINUX):
        (folder / name).write_text(name)
    return folder


def look(folder):
    return installers.look(folder, installers.published(folder / "SHA256SUMS"))


def test_whole_ones_are_found_with_what_was_published(folder):
    found = look(folder)
    assert found.whole == {n: hashlib.sha256(n.encode()).hexdigest() for n in (WINDOWS, LINUX)}
    assert not found.damaged and not found.unknown
    assert installers.by_system(found.whole) == {"Windows": WINDOWS, "Linux": LINUX}


def test_a_flipped_byte_is_found(folder):
    (folder / WINDOWS).write_text(WINDOWS.replace("Win", "win"))
    found = look(folder)
    assert found.damaged == [WINDOWS] and list(found.whole) == [LINUX]


def test_what_the_list_does_not_know_is_named(folder):
    (folder / "setup.exe").write_text("?")
    (folder / "README.txt").write_text("ours")
    (folder / "._junk").write_text("a Mac's")
    assert look(folder).unknown == ["setup.exe"]
    (folder / "SHA256SUMS").unlink()
    found = look(folder)
    assert found.unknown == [LINUX, WINDOWS, "setup.exe"] and not found.whole


def test_no_folder_has_no_installers(tmp_path):
    assert look(tmp_path / "none") == installers.Found()


def test_the_newest_of_several_is_taken(folder):
    newer = WINDOWS.replace("7.2.4", "7.10.0")
    assert installers.by_system([newer, WINDOWS])["Windows"] == newer
    assert installers.by_system([WINDOWS, newer])["Windows"] == newer


@pytest.mark.parametrize(
    ("name", "system"),
    [
        (WINDOWS, "Windows"),
        (MAC, "macOS (Intel)"),
        (LINUX, "Linux"),
        ("virtualbox-7.2_7.2.4-170995~Debian~bookworm_amd64.deb", "Linux"),
        ("VirtualBox-7.2-7.2.4_170995_el9-1.x86_64.rpm", "Linux"),
        (ARM, None),  # of no use: the appliance is for Intel and AMD
        ("VirtualBox-7.2.4-170995-SunOS.tar.gz", None),
        ("Oracle_VirtualBox_Extension_Pack-7.2.4.vbox-extpack", None),
    ],
)
def test_names_are_those_of_virtualbox(name, system):
    assert installers.by_system([name]) == ({system: name} if system else {})


def test_an_organisers_folder_is_copied_with_its_list(folder):
    items = installers.collected(folder)
    assert [item.name for item in items] == [
        f"virtualbox/{name}" for name in (LINUX, WINDOWS, "SHA256SUMS")
    ]


def test_an_organisers_folder_with_a_damaged_installer_or_no_list_is_refused(folder, tmp_path):
    (folder / WINDOWS).write_text("cut off")
    with pytest.raises(BuildError, match=rf"{WINDOWS} is not as VirtualBox published it; downl"):
        installers.collected(folder)
    (folder / "SHA256SUMS").unlink()
    with pytest.raises(BuildError, match=r"virtualbox has no SHA256SUMS; put the one there that"):
        installers.collected(folder)
    with pytest.raises(BuildError, match=r"INSTALLERS names .*none, which is no folder"):
        installers.collected(tmp_path / "none")


@pytest.mark.parametrize("content", [b"", b"<html>", b"\xff\xfe", b"abc *file\n"])
def test_a_list_that_is_none_is_refused(folder, content):
    (folder / "SHA256SUMS").write_bytes(content)
    with pytest.raises(BuildError, match=r"SHA256SUMS is damaged: not each line is a SHA-256"):
        look(folder)
