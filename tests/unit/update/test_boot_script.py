"""The boot script stacks an update that is whole, and boots the release when it is not."""

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

from appliance_build.paths import PROJECT

SCRIPT = PROJECT / "ansible" / "roles" / "vm" / "files" / "layers"

#: In place of what only a starting machine can do; mounts are written down.
STUBS = """
resolve_device() { echo "/dev/$1"; }
losetup() { [ "$1" = -f ] && echo /dev/loop7 || echo "$3" >> $here/loops; }
mount() { echo "$*" >> $here/mounts; case "$*" in *$refused) return 1 ;; esac; }
panic() { echo "panic: $*"; exit 9; }
"""


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """What is mounted when a machine starts, as folders."""
    for name in ("store", "state/update/abc"):
        (tmp_path / "layers" / name).mkdir(parents=True)
    for name in ("10-system", "70-about"):
        (tmp_path / "layers" / "store" / f"{name}.squashfs").write_text(name)
    return tmp_path


def install(disk: Path, content: bytes = b"layer") -> Path:
    """Put an update there, as `appliance_update` does; the layer's file."""
    folder = disk / "layers" / "state" / "update"
    layer = folder / "abc" / "layer.squashfs"
    layer.write_bytes(content)
    sha = hashlib.sha256(content).hexdigest()
    (folder / "current").write_text(f"{sha}  abc/layer.squashfs\n")
    return layer


def start(disk: Path, refused: str = "nothing") -> subprocess.CompletedProcess[str]:
    """Run `mountroot`."""
    text = SCRIPT.read_text().replace("stack=/run/layers", f"stack={disk}/layers")
    assert f"{disk}/layers" in text
    script = disk / "script"
    setup = f"here={disk} refused={refused} ROOT=store state=tmpfs rootmnt=/root"
    script.write_text(f"{setup}\n{text}\n{STUBS}\nmountroot\n")
    for name in ("loops", "mounts"):
        (disk / name).unlink(missing_ok=True)
    # As strict as the shell of the initial RAM file system; with that, see tests/image.
    return subprocess.run(["dash", script], capture_output=True, text=True)


def stacked(disk: Path) -> list[str]:
    """The layers of the root file system, the highest first."""
    [line] = [each for each in (disk / "mounts").read_text().splitlines() if "lowerdir" in each]
    folders = line.partition("lowerdir=")[2].partition(",")[0].split(":")
    return [Path(folder).name for folder in folders]


def test_without_an_update_the_release_is_stacked(disk: Path):
    assert start(disk).returncode == 0
    assert stacked(disk) == ["70-about", "10-system"]
    assert not (disk / "layers" / "running").exists()


def test_an_update_is_stacked_above_it(disk: Path):
    layer = install(disk)
    done = start(disk)
    assert (done.returncode, done.stdout) == (0, "")
    assert stacked(disk) == ["99-update", "70-about", "10-system"]
    assert (disk / "loops").read_text().splitlines()[-1] == str(layer)
    current = (disk / "layers" / "state" / "update" / "current").read_text()
    assert (disk / "layers" / "running").read_text() == current


@pytest.mark.parametrize(
    "damage",
    [
        lambda layer: layer.write_bytes(b"laxer"),
        lambda layer: layer.write_bytes(b""),
        lambda layer: layer.unlink(),
        lambda layer: (layer.parents[1] / "current").write_text(""),
        lambda layer: (layer.parents[1] / "current").write_text("nonsense\n"),
        lambda layer: shutil.rmtree(layer.parent),
    ],
)
def test_a_damaged_update_leaves_the_release_and_is_told(disk: Path, damage):
    damage(install(disk))
    done = start(disk)
    assert done.returncode == 0
    assert "update on this disk is damaged" in done.stdout
    assert stacked(disk) == ["70-about", "10-system"]
    assert (disk / "layers" / "damaged").exists()
    assert not (disk / "layers" / "running").exists()


def test_an_update_that_does_not_mount_leaves_the_release(disk: Path):
    install(disk)
    done = start(disk, refused="99-update")
    assert done.returncode == 0
    assert stacked(disk) == ["70-about", "10-system"]
    assert (disk / "layers" / "damaged").exists()


def test_a_layer_of_the_release_that_does_not_mount_stops_the_start(disk: Path):
    done = start(disk, refused="70-about")
    assert done.returncode == 9
    assert "70-about.squashfs does not mount" in done.stdout
