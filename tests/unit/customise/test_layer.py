"""What was changed becomes a layer, and with the others an OVA: on a disk in small."""

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from appliance_build.customise.pack import layer
from appliance_build.customise.parts import CUSTOMISED, take
from appliance_build.description import Description
from appliance_build.errors import BuildError
from appliance_build.machine import ova as archive
from appliance_build.paths import PROJECT
from appliance_check.checks.leftovers import CHOSEN, LEFT

from . import finished

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="making device files needs root")
OPAQUE, ORIGIN = "trusted.overlay.opaque", "trusted.overlay.origin"


@pytest.fixture
def upper(tmp_path: Path) -> Path:
    """The upper folder of an overlay: something added, removed, replaced, and of one machine."""
    folder = tmp_path / "upper"
    (folder / "etc/ssh").mkdir(parents=True)
    (folder / "etc/added").write_text("added\n")
    os.chown(folder / "etc/added", 1000, 1000)
    os.mknod(folder / "etc/removed", 0o020000, os.makedev(0, 0))
    (folder / "etc/replaced").mkdir()
    os.setxattr(folder / "etc/replaced", OPAQUE, b"y")
    os.setxattr(folder / "etc/replaced", ORIGIN, b"inode of this machine")
    (folder / "etc/machine-id").write_text("0123456789abcdef0123456789abcdef\n")
    (folder / "etc/ssh/ssh_host_ed25519_key").write_text("secret\n")
    return folder


@pytest.fixture
def customised(tmp_path: Path, upper: Path, description: Description) -> tuple[Path, Path]:
    """The OVA that changes were made in, and the one with them."""
    old = finished.ova(tmp_path / "old", description)
    work = tmp_path / "work"
    work.mkdir()
    parts = take(archive.read(old), work, tmp_path / "log")
    job = {
        "description": parts.description.model_dump(mode="json"),
        "layers": {name: str(path) for name, path in parts.layers.items()},
        "boot": str(parts.boot),
        "changes": str(finished.changes(upper, work / "changes.tar")),
        "target": str(tmp_path / "new.ova"),
    }
    (work / "job.json").write_text(json.dumps(job))
    words = [sys.executable, "-m", "appliance_build.customise.pack", work / "job.json"]
    subprocess.run(words, cwd=PROJECT, check=True)
    return old, tmp_path / "new.ova"


def test_what_was_changed_lies_above_the_layers_that_were_there(
    customised: tuple[Path, Path], tmp_path: Path
):
    old, new = customised
    before = _taken(old, tmp_path / "before")
    # `take` refuses an OVA that was customised: so ask the disk.
    after = tmp_path / "after"
    after.mkdir()
    with pytest.raises(BuildError, match="was customised already"):
        take(archive.read(new), after, tmp_path / "log")
    names = [*before.layers, CUSTOMISED]
    files = {path.name: path for path in after.glob("*.squashfs")}
    assert sorted(files) == [f"{n}0-{name}.squashfs" for n, name in enumerate(names, start=1)]
    for file, path in zip(sorted(files)[:-1], before.layers.values(), strict=True):
        assert files[file].read_bytes() == path.read_bytes()
    tree = tmp_path / "tree"
    subprocess.run(["unsquashfs", "-q", "-n", "-d", tree, files[sorted(files)[-1]]], check=True)
    assert {str(p.relative_to(tree)) for p in tree.rglob("*")} == {
        *("etc", "etc/added", "etc/removed", "etc/replaced", "etc/ssh"),
    }
    added, removed = (tree / "etc/added").stat(), (tree / "etc/removed").lstat()
    assert (added.st_uid, added.st_gid) == (1000, 1000)
    assert (removed.st_mode & 0o170000, removed.st_rdev) == (0o020000, 0)
    assert os.listxattr(tree / "etc/replaced") == [OPAQUE]
    assert tree.stat().st_mode & 0o777 == 0o755


def test_the_new_ova_is_the_same_machine_with_a_disk_of_its_own(customised: tuple[Path, Path]):
    texts = []
    for ova in customised:
        with tarfile.open(ova) as tar:
            name = next(name for name in tar.getnames() if name.endswith(".ovf"))
            texts.append(tar.extractfile(name).read().decode().splitlines())
    differ = [(a, b) for a, b in zip(*texts, strict=True) if a != b]
    forwards = [line for line in texts[1] if "Forwarding " in line]
    assert len(forwards) == 2 and all('hostip="127.0.0.1"' in line for line in forwards)
    own = ("<File ", "<Disk ", "<vbox:Machine ", "MACAddress", "<Image ")
    assert {word for line, _ in differ for word in own if word in line} == set(own)
    assert all(any(word in line for word in own) for line, _ in differ)


def test_all_that_the_doctor_would_find_left_over_stays_out(tmp_path: Path):
    upper, kept = tmp_path / "upper", "home/user/notebooks/kept.txt"
    named = [pattern for pattern in LEFT if not any(name in pattern for name in CHOSEN)]
    for pattern in named:
        file = upper / pattern.replace("home/*", "home/user").replace("**/", "deep/") / ""
        path = Path(str(file).rstrip("/").replace("*", "x"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("left over")
    (upper / kept).parent.mkdir(parents=True)
    (upper / kept).write_text("kept")
    packed = finished.members(finished.changes(upper, tmp_path / "changes.tar"))
    assert {name for name in packed if (upper / name).is_file()} == {kept}


def test_a_kernel_is_refused(tmp_path: Path):
    (tmp_path / "upper/boot").mkdir(parents=True)
    (tmp_path / "upper/boot/vmlinuz-6.1.0-99-amd64").write_text("kernel")
    changes = finished.changes(tmp_path / "upper", tmp_path / "changes.tar")
    with pytest.raises(BuildError, match=r"the kernel 6\.1\.0-99-amd64, which only a build"):
        layer(changes, tmp_path / "layer.squashfs", tmp_path / "log")
    assert not (tmp_path / "layer.squashfs").exists()


def _taken(ova: Path, work: Path):
    work.mkdir()
    return take(archive.read(ova), work, work / "log")
