"""Layers over each other, as overlayfs shows them."""

import os

import pytest

from appliance_build.local import system
from appliance_build.tree import OPAQUE

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0, reason="whiteouts are device nodes, which root alone makes"
)


def write(root, **files) -> None:
    for name, text in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def shown(root) -> dict[str, str]:
    """All that is no folder; a device would show as an error."""
    return {
        str(path.relative_to(root)): path.read_text()
        for path in root.rglob("*")
        if not path.is_dir()
    }


@pytest.fixture
def trees(tmp_path):
    root, layer = tmp_path / "root", tmp_path / "layer"
    write(root, etc__keep="below", etc__change="below", gone="below", etc__old__file="below")
    layer.mkdir()
    return root, layer


def test_a_layer_adds_changes_and_removes(trees):
    root, layer = trees
    write(layer, etc__change="above", etc__new="above")
    os.mknod(layer / "gone", 0o20000, os.makedev(0, 0))
    os.mknod(layer / "etc" / "old", 0o20000, os.makedev(0, 0))
    (layer / "etc").chmod(0o750)
    os.chown(layer / "etc", 12, 34)
    system.lay(layer, root)
    assert shown(root) == {"etc/keep": "below", "etc/change": "above", "etc/new": "above"}
    status = (root / "etc").stat()
    assert (status.st_mode & 0o7777, status.st_uid, status.st_gid) == (0o750, 12, 34)


def test_an_opaque_folder_hides_the_one_below(trees):
    root, layer = trees
    write(layer, etc__only="above")
    os.setxattr(layer / "etc", OPAQUE, b"y")
    system.lay(layer, root)
    assert shown(root) == {"etc/only": "above", "gone": "below"}


def test_a_link_takes_a_folders_place_and_is_not_followed(trees):
    root, layer = trees
    (layer / "etc").symlink_to("elsewhere")
    system.lay(layer, root)
    assert str((root / "etc").readlink()) == "elsewhere"


def test_nothing_in_it_has_another_users_rights(trees):
    root, _ = trees
    (root / "gone").chmod(0o6755)
    (root / "usr/share/workshop").mkdir(parents=True)
    system._complete(root, "the key")
    assert (root / "gone").stat().st_mode & 0o7777 == 0o755
    assert (root / system.PROFILE).read_text() == "local\n"
    assert (root / system.KEY).read_text() == "the key"
    assert "JUPYTER_TOKEN" in (root / "etc/jupyter/jupyter_server_config.py").read_text()
