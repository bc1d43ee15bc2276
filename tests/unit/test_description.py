"""appliance.yml: what is wrong is said in one sentence with file, line and key."""

import pytest

from appliance_build import description
from appliance_build.errors import BuildError
from appliance_build.paths import DESCRIPTION


@pytest.fixture
def changed(tmp_path):
    """Returns a function that loads appliance.yml with one text replaced by another."""

    def load(old: str, new: str) -> description.Description:
        text = DESCRIPTION.read_text()
        assert text.count(old) >= 1, f"{old!r} is not in appliance.yml"
        path = tmp_path / "appliance.yml"
        path.write_text(text.replace(old, new, 1))
        return description.load(path)

    return load


def test_the_projects_own_description_is_valid():
    loaded = description.load()
    assert loaded.ports.jupyter.host != loaded.ports.ssh.host
    assert loaded.epoch % 86400 == 0


@pytest.mark.parametrize(
    ("old", "new", "key", "words"),
    [
        ("cpus: ", "cores: ", "machine.cores", "unknown key"),
        ("cpus: ", "cores: ", "machine.cpus", "missing"),
        ("memory_mb: 2048", "memory_mb: lots", "machine.memory_mb", "valid integer"),
        ("memory_mb: 2048", "memory_mb: 12", "machine.memory_mb", "1024"),
        ("version: ", "version: v", "version", "pattern"),
        ("suite: bookworm", "suite: sid", "debian.suite", "bookworm"),
        ("uid: 1000", "uid: 0", "user.uid", "1000"),
        ("- less", "- 'Less; rm -rf /'", "debian.packages.system", "pattern"),
        ("date: 2026", "date: someday", "date", "date"),
    ],
)
def test_a_wrong_value_is_named_with_line_and_key(changed, old, new, key, words):
    with pytest.raises(BuildError) as error:
        changed(old, new)
    message = str(error.value)
    line = next(
        number for number, text in enumerate(DESCRIPTION.read_text().splitlines(), 1) if old in text
    )
    lines = [entry for entry in message.splitlines() if f": {key}" in entry]
    assert lines and words in lines[0], message
    missing = "missing" in lines[0]
    assert missing or lines[0].startswith(f"appliance.yml:{line}: "), message


def test_a_port_out_of_range_is_refused(changed):
    port = description.load().ports.jupyter.host
    with pytest.raises(BuildError, match=r"ports\.jupyter\.host: .*65535 \(found 70000\)"):
        changed(f"host: {port}", "host: 70000")


def test_a_port_used_twice_is_refused(changed):
    ports = description.load().ports
    with pytest.raises(BuildError, match=f"both use host port {ports.jupyter.host}"):
        changed(f"host: {ports.ssh.host}", f"host: {ports.jupyter.host}")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("name: [unclosed", r"appliance\.yml:\d+: not valid YAML"),
        ("name: x\nname: y\n", r"appliance\.yml:2: not valid YAML"),
        ("- a\n- b\n", r"appliance\.yml:1: expected `key: value` lines"),
        ("", r"appliance\.yml:1: expected `key: value` lines"),
    ],
)
def test_what_is_not_a_description_is_refused(tmp_path, text, sentence):
    path = tmp_path / "appliance.yml"
    path.write_text(text)
    with pytest.raises(BuildError, match=sentence):
        description.load(path)


def test_a_missing_file_says_how_to_get_it_back(tmp_path):
    with pytest.raises(BuildError, match=r"is missing; restore it with `git checkout"):
        description.load(tmp_path / "appliance.yml")
