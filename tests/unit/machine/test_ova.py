"""A damaged OVA is refused in one sentence, and nothing of it stays."""

from pathlib import Path

import pytest

from appliance_build.errors import BuildError
from appliance_build.machine import ova as archive

from . import guests


def test_disk_comes_out_whole_once_the_digest_fits(tmp_path: Path):
    target = tmp_path / "out" / "disk.vmdk"
    archive.read(guests.ova(tmp_path / "a.ova", b"content")).extract_disk(target)
    assert target.read_bytes() == b"content"
    assert list(target.parent.iterdir()) == [target]


def test_other_disk_has_another_identity(tmp_path: Path):
    one = archive.read(guests.ova(tmp_path / "a.ova", b"one")).identity
    two = archive.read(guests.ova(tmp_path / "a.ova", b"two")).identity
    assert one != two
    assert one.startswith("a-")


def refuse(path: Path, target: Path) -> str:
    """The one sentence with which an OVA is refused, at the latest when its disk is taken out."""
    with pytest.raises(BuildError) as error:
        archive.read(path).extract_disk(target)
    message = str(error.value)
    assert "\n" not in message
    assert str(path) in message
    assert not target.exists()
    assert not target.parent.exists() or not list(target.parent.iterdir())
    return message


def test_changed_disk(tmp_path: Path):
    path = guests.ova(tmp_path / "a.ova", b"x" * 3000, vmdk=b"x" * 2999 + b"y")
    assert "SHA-256" in refuse(path, tmp_path / "out" / "disk")


def test_changed_descriptor(tmp_path: Path):
    path = guests.ova(tmp_path / "a.ova", ovf=b"<Other/>")
    assert "a.ovf is not the one" in refuse(path, tmp_path / "out" / "disk")


def test_manifest_without_the_disk(tmp_path: Path):
    path = guests.ova(tmp_path / "a.ova", mf=b"")
    assert "no SHA-256" in refuse(path, tmp_path / "out" / "disk")


@pytest.mark.parametrize("kept", [0, 100, 600, 1500, 4000, 20000])
def test_cut_short(tmp_path: Path, kept: int):
    path = guests.ova(tmp_path / "a.ova")
    path.write_bytes(path.read_bytes()[:kept])
    assert "is damaged" in refuse(path, tmp_path / "out" / "disk")


def test_no_archive(tmp_path: Path):
    path = tmp_path / "a.ova"
    path.write_text("<html>404</html>" * 100)
    assert "not a complete tar archive" in refuse(path, tmp_path / "out" / "disk")


def test_no_file(tmp_path: Path):
    assert "No such file" in refuse(tmp_path / "a.ova", tmp_path / "out" / "disk")


def test_build_folder_must_hold_one_ova(tmp_path: Path):
    with pytest.raises(BuildError, match="make ova"):
        archive.find(tmp_path)
    one = guests.ova(tmp_path / "a.ova")
    assert archive.find(tmp_path) == one
    guests.ova(tmp_path / "b.ova")
    with pytest.raises(BuildError, match=r"a\.ova, b\.ova"):
        archive.find(tmp_path)
