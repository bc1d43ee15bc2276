"""The cache: entries are whole or absent, and damage is noticed."""

import multiprocessing
import os
import signal

import pytest

from appliance_build.errors import BuildError
from appliance_build.store import KEPT_PER_NAME, Store, fingerprint, locked

KEY = "0123456789abcdef0123"


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("APPLIANCE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def fill(store: Store, key: str, text: str = "bytes") -> None:
    with store.make("layer", key) as folder:
        (folder / "layer.squashfs").write_text(text)


def test_an_entry_is_found_again():
    store = Store("layers")
    assert store.find("layer", KEY) is None
    fill(store, KEY)
    assert (store.find("layer", KEY) / "layer.squashfs").read_text() == "bytes"


def test_a_failed_build_leaves_nothing(cache):
    store = Store("layers")
    with pytest.raises(RuntimeError), store.make("layer", KEY) as folder:
        (folder / "layer.squashfs").write_text("half")
        raise RuntimeError
    assert store.find("layer", KEY) is None
    assert not list((cache / "work").iterdir())


def _killed_in_the_middle() -> None:
    with locked(), Store("layers").make("layer", KEY) as folder:
        (folder / "layer.squashfs").write_text("half")
        os.kill(os.getpid(), signal.SIGKILL)


def test_a_killed_build_leaves_nothing_that_is_trusted(cache):
    process = multiprocessing.get_context("fork").Process(target=_killed_in_the_middle)
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert list((cache / "work").iterdir()), "the killed build should have left its work"
    with locked():
        assert Store("layers").find("layer", KEY) is None
        assert not (cache / "work").exists()


@pytest.mark.parametrize("damage", ["flip", "truncate", "remove"])
def test_a_damaged_entry_is_made_again(damage, capsys):
    store = Store("layers")
    fill(store, KEY)
    file = store.path("layer", KEY) / "layer.squashfs"
    if damage == "flip":
        file.write_text("Bytes")
    elif damage == "truncate":
        file.write_text("byt")
    else:
        file.unlink()
    assert store.find("layer", KEY) is None
    assert "changed or damaged" in " ".join(capsys.readouterr().err.split())
    fill(store, KEY)
    assert store.find("layer", KEY)


def test_old_entries_go():
    store = Store("layers")
    for number in range(KEPT_PER_NAME + 2):
        fill(store, f"{number:016}")
        os.utime(store.path("layer", f"{number:016}"), (number, number))
    assert len(list(store.root.iterdir())) <= KEPT_PER_NAME + 1


def test_a_cache_that_cannot_be_written_is_one_sentence(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("APPLIANCE_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(BuildError, match="set APPLIANCE_CACHE to another folder"), locked():
        pass


def test_the_fingerprint_sees_names_bytes_and_modes(tmp_path):
    folder = tmp_path / "role"
    folder.mkdir()
    file = folder / "main.yml"
    file.write_text("a")
    seen = {fingerprint(1, files=[folder]), fingerprint(2, files=[folder])}
    file.write_text("b")
    seen.add(fingerprint(1, files=[folder]))
    file.chmod(0o755)
    seen.add(fingerprint(1, files=[folder]))
    file.rename(folder / "other.yml")
    seen.add(fingerprint(1, files=[folder]))
    assert len(seen) == 5
    os.utime(folder / "other.yml", (1, 1))
    assert fingerprint(1, files=[folder]) in seen, "times must not matter"
