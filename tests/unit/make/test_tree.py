"""A layer's file: what is in it, and that nothing of the builder's machine is."""

import os
import subprocess

import pytest

from appliance_build import tree
from appliance_build.store import digest

EPOCH = 1_700_000_000

CHANGE = """
mount -t overlay overlay -o lowerdir=below,upperdir=upper,workdir=work merged
echo more >> merged/etc/settings
mkdir merged/etc/new
rm -r merged/replaced
mkdir merged/replaced
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts an overlay and sees its marks")
def test_a_layer_keeps_of_its_mount_only_what_hides_a_folder_below(tmp_path):
    for folder in ("below/etc", "below/replaced", "upper", "work", "merged"):
        (tmp_path / folder).mkdir(parents=True)
    for file in ("below/etc/settings", "below/replaced/old"):
        (tmp_path / file).write_text("old\n")
    command = ["unshare", "--mount", "sh", "-ec", CHANGE]
    subprocess.run(command, cwd=tmp_path, check=True)
    upper = tmp_path / "upper"
    assert {tree.OPAQUE, "trusted.overlay.origin"} <= {name for _, name in marks(upper)}
    tree.forget_mount(upper, [tmp_path / "below"])
    assert marks(upper) == {("replaced", tree.OPAQUE)}


def marks(folder):
    return {
        (str(path.relative_to(folder)), name)
        for path in [folder, *folder.rglob("*")]
        for name in os.listxattr(path, follow_symlinks=False)
    }


def test_a_layer_depends_on_no_order_time_or_number_of_processors(tmp_path):
    files = []
    for number, names in enumerate(["abcdefgh", "hgfedcba"]):
        folder = tmp_path / str(number)
        folder.mkdir()
        for name in names:
            (folder / name).write_bytes(name.encode() * 300_000)
            os.utime(folder / name, (number, EPOCH + number))
        os.utime(folder, (number, EPOCH + number))
        files.append(tmp_path / f"{number}.squashfs")
        processors = os.sched_getaffinity(0)
        try:
            os.sched_setaffinity(0, list(processors)[: number + 1])
            tree.pack(folder, files[-1], EPOCH, tmp_path / "log", tree.QUICK)
        finally:
            os.sched_setaffinity(0, processors)
    assert digest(files[0]) == digest(files[1])
    os.utime(tmp_path / "1" / "a", (1, EPOCH - 1))
    tree.pack(tmp_path / "1", tmp_path / "older.squashfs", EPOCH, tmp_path / "log", tree.QUICK)
    assert digest(tmp_path / "older.squashfs") != digest(files[0]), "an older time must show"
