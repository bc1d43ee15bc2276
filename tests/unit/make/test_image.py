"""From layers to an image's file: the same bytes twice, and what other programs read in it.

Needs root: layers have devices and owners.
"""

import json
import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from appliance_build import description as descriptions
from appliance_build import tree
from appliance_build.image import archive, blob, config
from appliance_build.store import digest

from ...images import Image

EPOCH = 1_700_000_000


def layer(folder: Path, name: str, fill) -> Path:
    """A layer of what `fill` writes into its root."""
    root = folder / name
    root.mkdir(parents=True)
    fill(root)
    for path in [root, *root.rglob("*")]:
        os.utime(path, (EPOCH, EPOCH), follow_symlinks=False)
    squashfs = folder / f"{name}.squashfs"
    tree.pack(root, squashfs, EPOCH, folder / "log", tree.QUICK)
    return squashfs


def lower(root: Path) -> None:
    (root / "kept").write_text("kept\n")
    (root / "gone").write_text("gone\n")
    (root / "hidden").mkdir()
    (root / "hidden" / "below").write_text("below\n")
    (root / "one").write_text("twice\n")
    os.link(root / "one", root / "two")
    (root / "link").symlink_to("kept")
    os.chown(root / "kept", 1000, 1001)
    (root / "kept").chmod(0o4755)


def upper(root: Path) -> None:
    os.mknod(root / "gone", 0o000 | 0o020000, os.makedev(0, 0))
    (root / "hidden").mkdir()
    os.setxattr(root / "hidden", tree.OPAQUE, b"y")
    (root / "hidden" / "above").write_text("above\n")


@pytest.fixture
def blobs(tmp_path: Path) -> list[Path]:
    """A layer and one on top of it, as blobs."""
    made = []
    for name, fill in (("lower", lower), ("upper", upper)):
        folder = tmp_path / f"{name}-blob"
        folder.mkdir()
        blob.make([layer(tmp_path, name, fill)], folder, tmp_path / "log")
        made.append(folder)
    return made


def image(path: Path, blobs: list[Path]) -> Path:
    """The file of an image with these layers."""
    ids = [(folder / blob.DIFF_ID).read_text().strip() for folder in blobs]
    text = config.config(descriptions.load(), "cuda", ["lower", "upper"], ids)
    archive.write(path, text, blobs, "some:tag", EPOCH)
    return path


def test_the_same_layer_gives_the_same_blob(blobs: list[Path], tmp_path: Path):
    again = tmp_path / "again"
    again.mkdir()
    blob.make([layer(tmp_path / "elsewhere", "lower", lower)], again, tmp_path / "log")
    assert digest(again / blob.BLOB) == digest(blobs[0] / blob.BLOB)
    assert digest(image(tmp_path / "a", blobs)) == digest(image(tmp_path / "b", blobs))


def test_what_an_upper_layer_hides_is_marked_as_oci_has_it(blobs: list[Path]):
    with tarfile.open(blobs[1] / blob.BLOB) as tar:
        names = tar.getnames()
    assert names == [".wh.gone", "hidden", "hidden/.wh..wh..opq", "hidden/above"]


def test_owners_modes_and_links_stay(blobs: list[Path], tmp_path: Path):
    root = Image(image(tmp_path / "image", blobs)).unpack(tmp_path / "root")
    assert sorted(path.name for path in root.iterdir()) == ["hidden", "kept", "link", "one", "two"]
    assert [path.name for path in (root / "hidden").iterdir()] == ["above"]
    status = (root / "kept").stat()
    assert (status.st_uid, status.st_gid, status.st_mode & 0o7777) == (1000, 1001, 0o4755)
    assert (root / "one").samefile(root / "two")
    assert (root / "link").readlink() == Path("kept")


def test_skopeo_reads_it_as_an_oci_image(blobs: list[Path], tmp_path: Path):
    file = image(tmp_path / "image.tar", blobs)
    words = ["skopeo", "inspect", f"oci-archive:{file}"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    assert shown["Architecture"] == "amd64" and shown["Os"] == "linux"
    assert shown["Labels"]["org.opencontainers.image.version"] == descriptions.load().version
    assert len(shown["Layers"]) == 2
    target = tmp_path / "copied"
    words = ["skopeo", "copy", "--quiet", f"oci-archive:{file}", f"oci:{target}:some"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr  # it checks every hash
