"""Assets: cache, mirrors, URLs, stand-ins; nothing but the right bytes is ever used."""

import hashlib
import threading
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from appliance_build.errors import BuildError
from appliance_build.inputs import assets

BYTES = b"the right bytes"


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("APPLIANCE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("APPLIANCE_MIRROR", raising=False)
    return tmp_path / "cache"


@pytest.fixture
def server(tmp_path):
    """A web server on loopback; returns its folder and address."""
    folder = tmp_path / "www"
    (folder / "mnist").mkdir(parents=True)
    handler = partial(SimpleHTTPRequestHandler, directory=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield folder, f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


def asset(*urls: str) -> assets.Asset:
    sha = hashlib.sha256(BYTES).hexdigest()
    return assets.Asset("mnist/digits.gz", list(urls), len(BYTES), sha, "CC0", "here", "small ones")


def mirror(tmp_path, name: str, content: bytes):
    file = tmp_path / name / "mnist" / "digits.gz"
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    return tmp_path / name


def test_the_lock_is_complete():
    entries = assets.locked_assets()
    assert len({entry.path for entry in entries}) == len(entries) >= 4
    for entry in entries:
        assert len(entry.sha256) == (8 if entry.sha256_is_start else 64) and entry.size > 0
        assert all(url.startswith("https://") for url in entry.urls) and entry.urls
        assert entry.licence and entry.source and entry.standin


def test_a_mirror_folder_serves_and_the_cache_keeps(tmp_path, monkeypatch, cache):
    folder = mirror(tmp_path, "good", BYTES)
    monkeypatch.setenv("APPLIANCE_MIRROR", str(folder))
    found, missing = assets.fetch_all([asset()])
    assert found["mnist/digits.gz"].read_bytes() == BYTES and not missing
    monkeypatch.delenv("APPLIANCE_MIRROR")
    found, missing = assets.fetch_all([asset()])
    assert found and not missing, "the second time it comes from the cache"


def test_a_lying_mirror_is_refused_by_name_and_the_next_asked(tmp_path, monkeypatch, capsys):
    lying, good = mirror(tmp_path, "lying", b"other bytes"), mirror(tmp_path, "good", BYTES)
    monkeypatch.setenv("APPLIANCE_MIRROR", f"{lying} {good}")
    found, _ = assets.fetch_all([asset()])
    assert found["mnist/digits.gz"].read_bytes() == BYTES
    message = capsys.readouterr().err.replace("\n", "")
    assert "lying/mnist/digits.gz" in message and "refused" in message


def test_a_web_mirror_serves(server, monkeypatch):
    folder, address = server
    (folder / "mnist" / "digits.gz").write_bytes(BYTES)
    monkeypatch.setenv("APPLIANCE_MIRROR", address)
    found, missing = assets.fetch_all([asset()])
    assert found["mnist/digits.gz"].read_bytes() == BYTES and not missing


def test_wrong_bytes_from_the_url_are_never_used(server, cache):
    folder, address = server
    (folder / "mnist" / "digits.gz").write_bytes(b"other bytes")
    found, missing = assets.fetch_all([asset(f"{address}/mnist/digits.gz")])
    assert not found
    assert "other bytes than the lock says" in missing[0]["reason"]
    # All that is kept is that the file was missed.
    assert {path.suffix for path in cache.rglob("*") if path.is_file()} <= {".missed"}


def test_a_dead_link_gives_a_stand_in_with_the_reason(server):
    _, address = server
    _, missing = assets.fetch_all([asset(f"{address}/mnist/digits.gz")])
    assert missing[0]["standin"] == "small ones"
    assert "404" in missing[0]["reason"]


def test_a_silent_host_gives_a_stand_in_with_the_reason():
    _, missing = assets.fetch_all([asset("http://127.0.0.1:9/digits.gz")])
    assert "127.0.0.1:9 does not answer" in missing[0]["reason"]


def test_a_damaged_cache_is_fetched_again(tmp_path, monkeypatch, cache, capsys):
    monkeypatch.setenv("APPLIANCE_MIRROR", str(mirror(tmp_path, "good", BYTES)))
    assets.fetch_all([asset()])
    (cache / "assets" / "mnist" / "digits.gz").write_bytes(b"rotten")
    found, _ = assets.fetch_all([asset()])
    assert found["mnist/digits.gz"].read_bytes() == BYTES
    assert "damaged" in capsys.readouterr().err


def test_a_mirror_that_is_none_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("APPLIANCE_MIRROR", str(tmp_path / "nowhere"))
    with pytest.raises(BuildError, match=r"APPLIANCE_MIRROR names .*nowhere, which is neither"):
        assets.fetch_all([asset()])


def started(*urls: str) -> assets.Asset:
    """The same asset, of whose hash only the start is known."""
    return replace(asset(*urls), sha256=asset().sha256[:8], sha256_is_start=True)


def test_one_asset_of_the_lock_has_but_the_start_of_a_hash():
    known = [entry.path for entry in assets.locked_assets() if entry.sha256_is_start]
    assert known == ["inception-v3/inception_v3_google-0cc3c7bd.pth"]


def test_the_start_of_a_hash_serves_from_a_mirror_a_server_and_the_cache(
    tmp_path, monkeypatch, server, cache
):
    folder, address = server
    (folder / "mnist" / "digits.gz").write_bytes(BYTES)
    found, missing = assets.fetch_all([started(f"{address}/mnist/digits.gz")])
    assert found["mnist/digits.gz"].read_bytes() == BYTES and not missing
    assert assets.fetch_all([started()])[0], "the second time it comes from the cache"
    found["mnist/digits.gz"].unlink()
    monkeypatch.setenv("APPLIANCE_MIRROR", str(mirror(tmp_path, "good", BYTES)))
    assert assets.fetch_all([started()])[0]


@pytest.mark.parametrize("change", [{"sha256": "0" * 8}, {"size": len(BYTES) - 1}], ids=str)
def test_another_start_or_size_is_refused_wherever_it_comes_from(
    tmp_path, monkeypatch, server, capsys, change
):
    folder, address = server
    (folder / "mnist" / "digits.gz").write_bytes(BYTES)
    monkeypatch.setenv("APPLIANCE_MIRROR", str(mirror(tmp_path, "lying", BYTES)))
    found, missing = assets.fetch_all([replace(started(f"{address}/mnist/digits.gz"), **change)])
    assert not found and missing[0]["reason"].count("other bytes than the lock says") == 2
    assert capsys.readouterr().err.count("is refused: its SHA-256 is") == 2


def test_a_damaged_lock_is_one_sentence(tmp_path):
    lock = tmp_path / "assets.lock"
    lock.write_text("[[asset]]\npath = ")
    with pytest.raises(BuildError, match=r"assets\.lock is damaged"):
        assets.locked_assets(lock)
