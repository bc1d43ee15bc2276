"""What the shipped layers must not hold: anything of one machine, of the build, of its host."""

import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance_build import paths
from appliance_build.description import Description
from appliance_build.inputs import archive

# Folders that a running system fills, and that ship empty.
EMPTY = [
    *("dev", "proc", "run", "sys", "tmp", "var/tmp", "var/log", "var/lib/apt/lists"),
    *("var/cache/apt", "root/.cache", "root/.ansible", "root/.ssh"),
]
# Files that make one machine what it is; each makes its own at its first boot.
OF_ONE_MACHINE = ["etc/ssh/ssh_host_*", "var/lib/dbus/machine-id", "var/lib/systemd/random-seed"]
HOME = {".bash_logout", ".bashrc", ".profile", ".theano", ".theanorc", "notebooks"}


def entries(folder: Path) -> Iterator[os.DirEntry]:
    """Everything below a folder; links are not followed."""
    for entry in os.scandir(folder):
        yield entry
        if entry.is_dir(follow_symlinks=False):
            yield from entries(Path(entry.path))


def found(layers: dict[str, Path], pattern: str) -> list[str]:
    """What matches a pattern, whiteouts aside, as `layer: path`."""
    return [
        f"{name}: {path.relative_to(tree)}"
        for name, tree in layers.items()
        for path in tree.glob(pattern)
        if not path.is_char_device()
    ]


def test_layers_are_those_of_the_build_in_its_order(layers: dict[str, Path]):
    assert list(layers) == ["system", "science", "web", "compiled", "content", "vm", "about"]


@pytest.mark.parametrize("folder", EMPTY)
def test_folder_of_a_running_system_ships_empty(layers: dict[str, Path], folder: str):
    assert not found(layers, f"{folder}/*")


@pytest.mark.parametrize("pattern", OF_ONE_MACHINE)
def test_nothing_of_one_machine_ships(layers: dict[str, Path], pattern: str):
    assert not found(layers, pattern)


def test_machine_id_is_there_and_empty(layers: dict[str, Path]):
    """Empty means: the first boot makes one (machine-id(5)); missing would not be writable."""
    assert found(layers, "etc/machine-id") == ["system: etc/machine-id"]
    assert (layers["system"] / "etc/machine-id").read_text() == ""


def test_home_holds_what_the_attendee_needs_and_nothing_of_the_build(
    layers: dict[str, Path], description: Description
):
    homes = [tree / "home" / description.user.name for tree in layers.values()]
    held = {path.name for home in homes if home.is_dir() for path in home.iterdir()}
    assert held == HOME


def test_nobody_but_its_owner_can_write_to_a_shipped_file(layers: dict[str, Path]):
    open_to_all = []
    for tree in layers.values():
        for entry in entries(tree):
            mode = entry.stat(follow_symlinks=False).st_mode
            shared = stat.S_ISDIR(mode) and mode & stat.S_ISVTX
            plain = stat.S_ISREG(mode) or stat.S_ISDIR(mode)
            if plain and mode & stat.S_IWOTH and not shared:
                open_to_all.append(entry.path)
    assert not open_to_all


def test_names_are_the_appliances_own(layers: dict[str, Path], description: Description):
    etc = layers["system"] / "etc"
    assert (etc / "hostname").read_text() == f"{description.name}\n"
    named = {word for line in (etc / "hosts").read_text().splitlines() for word in line.split()[1:]}
    assert named == {"localhost", "ip6-localhost", description.name}


def test_more_packages_come_from_debians_own_servers(
    layers: dict[str, Path], description: Description
):
    """The sources that mmdebstrap writes by itself, not a mirror that only the build knows."""
    files = [path for tree in layers.values() for path in tree.glob("etc/apt/sources.list*")]
    text = "".join(path.read_text() for path in files if path.is_file())
    assert text == archive.sources(description.debian.suite)


def test_no_path_of_the_build_machine_is_in_any_file(layers: dict[str, Path]):
    for path in (paths.PROJECT, paths.cache()):
        search = ["grep", "-rlaF", "--", f"{path}/", *layers.values()]
        assert subprocess.run(search, capture_output=True, text=True).stdout == ""


def test_passwords_open_the_attendees_account_and_no_other(
    layers: dict[str, Path], description: Description
):
    lines = (layers["system"] / "etc/shadow").read_text().splitlines()
    hashes = {line.split(":")[0]: line.split(":")[1] for line in lines}
    usable = [name for name, digest in hashes.items() if not digest.startswith(("*", "!"))]
    assert usable == [description.user.name]
