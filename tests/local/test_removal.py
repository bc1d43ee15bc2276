"""The last tests of this local mode: stopped, started again, saved, removed; nothing is left."""

import shutil

import requests

from .conftest import Started
from .place import SECONDS, Local, files, leftovers


def test_work_is_kept_over_a_stop_and_saved_before_it_all_goes(started: Started):
    local = started.local
    mine, hidden = (local.folder / "notebooks" / name for name in ("mine.txt", ".hidden"))
    mine.write_text("my work")
    hidden.write_text("Jupyter's")
    assert "your work is in" in local.ok("local-stop")
    assert _ended(local)
    assert local.ok("local-stop").strip() == "Local mode does not run."
    said = local.up()
    assert mine.read_text() == "my work"
    assert local.token(said) == started.token, "an address that was kept goes on working"
    refused = local.refusal("local-clean")
    assert "1 file: notebooks/mine.txt" in refused and "SAVE=" in refused and "FORCE=1" in refused
    inside = local.refusal("local-clean", f"SAVE={local.folder / 'notebooks'}")
    assert "would be removed, too" in inside
    assert mine.exists()
    saved = local.home / "saved"
    local.ok("local-clean", f"SAVE={saved}")
    assert [path.name for path in saved.rglob("*") if path.is_file()] == [mine.name]
    assert (saved / "notebooks" / mine.name).read_text() == "my work"
    shutil.rmtree(saved)
    assert _ended(local)
    left = files(local.folder.parent)
    lock = str(local.cache / "lock")  # of the build, which makes it in every cache
    assert left.keys() - {lock, f"{local.cache / 'work'}"} == started.before.keys()
    assert {path: left[path] for path in started.before} == started.before


def _ended(local: Local) -> bool:
    """Nothing runs, nothing is mounted, and nobody answers."""
    try:
        requests.get(f"http://127.0.0.1:{local.port}/api", timeout=SECONDS)
    except requests.ConnectionError:
        return leftovers(local.folder) == []
    return False
