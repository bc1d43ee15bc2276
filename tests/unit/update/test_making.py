"""`make update`: the file that it writes, the key, and what it refuses."""

import json
import os
import re
import subprocess
import tarfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from appliance_build import description as schema
from appliance_build.errors import BuildError
from appliance_build.paths import DESCRIPTION, PROJECT
from appliance_build.update import key as keys
from appliance_build.update import making, release
from appliance_update.package import HEADER, LAYER, SIGNATURE, Package

from ..make import packing
from .laptops import APPLIANCE, made_key, stream, write

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="layers are unpacked by root")


def packed(tree: Path) -> Path:
    """A layer of a tree."""
    squashfs = tree.with_suffix(".squashfs")
    subprocess.run(
        ["mksquashfs", tree, squashfs, *"-quiet -no-progress -all-time 0 -mkfs-time 0".split()],
        check=True,
    )
    return squashfs


def built(folder: Path, key: str, text: str, **changed: str) -> Path:
    """A small OVA of two layers; `text` is in a notebook of it."""
    about = {"name": "tiny", "version": "1.0.0", "date": "2027-01-01", "update_key": key} | changed
    files = {APPLIANCE: json.dumps(about), "home/somebody/notebooks/a.txt": text}
    content = write(folder / "content", files)
    last = write(folder / "about", {"usr/share/workshop/provenance.json": text})
    layers = {"system": packed(write(folder / "system", {"etc/motd": "x"}))}
    layers |= {"content": packed(content), "about": packed(last)}
    boot = packing.tiny_boot(folder / "boot")
    return packing.package(PROJECT, folder / "work", layers, boot)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A build folder, a cache, and the organiser's folder of keys, with a key."""
    found = SimpleNamespace(build=tmp_path / "build", keys=tmp_path / "keys", folder=tmp_path)
    found.build.mkdir()
    monkeypatch.setattr(making, "BUILD", found.build)
    monkeypatch.setattr(making, "PROJECT", tmp_path)
    monkeypatch.setenv("APPLIANCE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("APPLIANCE_SIGNING_KEY", raising=False)
    _, found.public = made_key(found.keys, keys.NAME)
    return found


def update(place: SimpleNamespace, old: Path, new: Path) -> Path:
    new.rename(place.build / "new.ova")
    return making.make(schema.load(), old, place.keys)


@needs_root
def test_the_file_has_what_changed_and_is_signed(place: SimpleNamespace, capfd):
    old = built(place.folder / "old", place.public, "old")
    new = built(place.folder / "new", place.public, "new", version="1.1.0", date="2027-02-01")
    made = update(place, old, new)
    assert made == place.build / "tiny-1.0.0-to-1.1.0.update"
    with tarfile.open(made) as archive:
        assert archive.getnames() == [HEADER, SIGNATURE, LAYER]
    package = Package(stream(made.read_bytes()), place.public)
    layer = place.folder / "layer"
    layer.write_bytes(b"".join(package.layer()))
    shown = subprocess.run(["unsquashfs", "-ls", layer], capture_output=True, text=True, check=True)
    files = [line for line in shown.stdout.splitlines() if re.search(r"\.\w+$", line)]
    assert [Path(line).name for line in files] == ["a.txt", "appliance.json", "provenance.json"]
    header = package.header
    assert (header.version, header.date, header.kernel_stays) == ("1.1.0", "2027-02-01", False)
    assert f"{made.stat().st_size:,} bytes" in capfd.readouterr().err


@needs_root
def test_the_same_releases_give_the_same_bytes(place: SimpleNamespace):
    old = built(place.folder / "old", place.public, "old")
    new = built(place.folder / "new", place.public, "new", version="1.1.0")
    first = update(place, old, new).read_bytes()
    assert making.make(schema.load(), old.parent, place.keys).read_bytes() == first


@needs_root
def test_what_the_new_release_lacks_is_in_the_name(place: SimpleNamespace):
    old = built(place.folder / "old", place.public, "old")
    new = built(place.folder / "new", place.public, "new", version="1.1.0")
    marked = new.rename(place.build / "tiny-1.1.0-amd64-standins.ova")
    made = making.make(schema.load(), old, place.keys)
    assert made.name == "tiny-1.0.0-to-1.1.0-standins.update"
    assert marked.exists()


def test_without_an_older_release_nothing_is_built():
    words = ["make", "--no-print-directory", "update"]  # CI runs this within make
    done = subprocess.run(words, cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("error: name the older release")
    assert done.stdout == ""


@needs_root
def test_the_machine_knows_the_release_by_what_the_header_says(place: SimpleNamespace):
    old = built(place.folder / "old", place.public, "old")
    new = built(place.folder / "new", place.public, "new", version="1.1.0")
    header = Package(stream(update(place, old, new).read_bytes()), place.public).header
    last = place.folder / "old" / "about.squashfs"
    assert header.base == release.digest(last)


@needs_root
def test_another_kernel_is_told(place: SimpleNamespace, capfd, monkeypatch):
    old = built(place.folder / "old", place.public, "old")
    boot = packing.tiny_boot

    def other(folder: Path) -> Path:
        made = boot(folder)
        (made / "vmlinuz").write_bytes(b"another")
        return made

    monkeypatch.setattr(packing, "tiny_boot", other)
    new = built(place.folder / "new", place.public, "new", version="1.1.0")
    header = Package(stream(update(place, old, new).read_bytes()), place.public).header
    assert header.kernel_stays
    assert "machines keep those of the older release" in capfd.readouterr().err


@needs_root
@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ({}, {}, "there is nothing to update"),
        ({"key": ""}, {"text": "new"}, "built without update_key"),
        ({"key": "ssh-ed25519 AAAAother"}, {"text": "new"}, "this key alone: ssh-ed25519 AAAAo"),
        ({"name": "other"}, {"text": "new"}, "is other, and what was built is tiny"),
    ],
)
def test_what_makes_no_sense_is_refused(
    place: SimpleNamespace, old: dict[str, str], new: dict[str, str], sentence: str
):
    same = {"key": place.public, "text": "same"}
    files = [
        built(place.folder / name, **same | each) for name, each in (("old", old), ("new", new))
    ]
    with pytest.raises(BuildError, match=sentence):
        update(place, *files)
    assert not [*place.build.glob("*.update")]


@needs_root
def test_what_was_changed_by_hand_is_refused(place: SimpleNamespace):
    layer = packed(write(place.folder / "customised", {"etc/motd": "by hand"}))
    boot = packing.tiny_boot(place.folder / "boot")
    old = packing.package(PROJECT, place.folder / "work", {"customised": layer}, boot)
    new = built(place.folder / "new", place.public, "new")
    with pytest.raises(BuildError, match="customised by hand; name the OVA"):
        update(place, old, new)


def test_a_place_without_a_release_is_refused(place: SimpleNamespace):
    for path in (place.folder / "none", place.keys):
        with pytest.raises(BuildError, match=r"is not there|there is no OVA in"):
            release.find(path)


def test_without_a_key_it_says_how_to_make_one(place: SimpleNamespace):
    with pytest.raises(BuildError, match="`make update-key` makes one"):
        keys.private(place.folder)


def test_the_key_that_signs_releases_signs_updates(place: SimpleNamespace, monkeypatch):
    other, _ = made_key(place.folder / "other")
    monkeypatch.setenv("APPLIANCE_SIGNING_KEY", str(other))
    assert keys.private(place.keys) == other


def test_a_key_is_made_once(tmp_path: Path, capfd):
    described = schema.load()
    keys.make(tmp_path / "own", described)
    said = capfd.readouterr().err
    private = tmp_path / "own" / keys.NAME
    public = keys.public_of(private)
    assert f'update_key: "{public}"' in said
    assert oct(private.stat().st_mode)[-3:] == "600"
    before = private.read_bytes()
    keys.make(tmp_path / "own", described.model_copy(update={"update_key": public}))
    assert private.read_bytes() == before
    assert "appliance.yml has its public half" in capfd.readouterr().err


def test_the_public_half_can_stand_in_the_description(tmp_path: Path):
    _, public = made_key(tmp_path / "own")
    text = DESCRIPTION.read_text()
    for given, fine in ((public, True), (f"{public} me@home", True), ("AAAA", False)):
        changed = tmp_path / "appliance.yml"
        changed.write_text(re.sub(r'update_key: ".*"', f'update_key: "{given}"', text))
        if fine:
            assert schema.load(changed).update_key == given
        else:
            with pytest.raises(BuildError, match="update_key"):
                schema.load(changed)
