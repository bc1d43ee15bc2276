"""A stick is filled, filled again, updated and repaired; whatever else is on it stays."""

import os
import subprocess
import sys

import pytest

from appliance_build.errors import BuildError
from appliance_build.paths import PROJECT
from appliance_build.stick import copying
from appliance_build.stick.filling import SIGNATURE, fill
from appliance_build.stick.pace import Pace
from appliance_build.stick.reading import BLOCK

from ..keys import new_key
from .goods import OUTDATED, SIZE, Goods, on


def bring(medium, goods, pace=None):
    return fill(medium, goods.items, OUTDATED, pace or Pace())


def verify(root, status=0):
    """The lines of the program that travels on the stick."""
    command = [sys.executable, PROJECT / "verify.py", root]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout.splitlines()


def test_written_twice_it_is_verified(medium, goods):
    names = [item.name for item in goods.items]
    first = bring(medium, goods)
    assert (first.written, first.kept, first.removed) == (names, [], [])
    assert on(medium.root) == goods.content()
    assert verify(medium.root)[-1] == "All 4 files are whole."
    times = {path: path.stat().st_mtime_ns for path in medium.root.rglob("*")}
    pace = Pace()
    second = bring(medium, goods, pace)
    assert (second.written, second.kept, second.removed) == ([], names, [])
    assert {path: path.stat().st_mtime_ns for path in medium.root.rglob("*")} == times
    assert pace.writing.done == 0 and pace.reading.done == sum(i.size for i in goods.items)


@pytest.mark.parametrize("place", [0, 1, SIZE // 2, SIZE - 1])
def test_a_flipped_byte_is_named_by_verify_and_mended_by_the_next_run(medium, goods, place):
    bring(medium, goods)
    file = medium.root / goods.ova
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)
    assert f"{goods.ova}: CHANGED" in verify(medium.root, status=1)
    assert bring(medium, goods).written == [goods.ova]
    assert on(medium.root) == goods.content() and verify(medium.root)


def test_what_is_missing_comes_back_alone(medium, goods):
    bring(medium, goods)
    (medium.root / "empty").unlink()
    assert "empty: MISSING" in verify(medium.root, status=1)
    assert bring(medium, goods).written == ["empty"]


def test_files_of_others_stay(medium, goods):
    foreign = {"my photo.jpg": b"1", "workshop.ova": b"2", "papers/notes.part": b"3"}
    for name, content in foreign.items():
        (medium.root / name).parent.mkdir(exist_ok=True)
        (medium.root / name).write_bytes(content)
    bring(medium, goods)
    assert on(medium.root) == goods.content() | foreign
    assert "my photo.jpg: unknown, SHA256SUMS does not list it" in verify(medium.root)


def test_an_update_removes_the_old_version_and_what_was_begun_of_it(medium, goods, tmp_path):
    bring(medium, goods)
    (medium.root / "workshop-0.ova.part").write_bytes(b"begun long ago")
    newer = Goods(tmp_path / "newer", version=2)
    done = bring(medium, newer)
    assert done.removed == ["workshop-0.ova.part", goods.ova, "papers/workshop-1.json"]
    assert done.kept == ["empty"]
    assert on(medium.root) == newer.content()
    assert verify(medium.root)[-1] == "All 4 files are whole."


def test_the_old_version_stays_where_the_new_one_is_not_right(medium, goods, tmp_path, monkeypatch):
    """A stick that takes what it is given and gives back something else."""
    bring(medium, goods)
    newer = Goods(tmp_path / "newer", version=2)
    real = copying.sha256

    def lying(path, tick):
        return "0" * 64 if path.name == f"{newer.ova}.part" else real(path, tick)

    monkeypatch.setattr(copying, "sha256", lying)
    with pytest.raises(BuildError, match=r"gave back other bytes of workshop-2.ova than were writ"):
        bring(medium, newer)
    assert on(medium.root) == goods.content()


@pytest.mark.parametrize(
    ("begun", "kept"),
    [
        (lambda whole: whole[: 2 * BLOCK], 2 * BLOCK),
        (lambda whole: whole[: 2 * BLOCK + 7], 2 * BLOCK),
        (lambda whole: whole, SIZE),
        (lambda whole: whole + b"more", 3 * BLOCK),
        (lambda whole: bytes(len(whole)), 0),
        (lambda whole: whole[: 3 * BLOCK - 1] + b"\0" + whole[3 * BLOCK :], 2 * BLOCK),
        (lambda whole: b"", 0),
    ],
    ids=["blocks", "odd", "whole", "too long", "zeros of the right size", "a wrong byte", "empty"],
)
def test_what_was_begun_goes_on_after_its_last_right_block(medium, goods, begun, kept):
    whole = (goods.folder / goods.ova).read_bytes()
    (medium.root / f"{goods.ova}.part").write_bytes(begun(whole))
    pace = Pace()
    bring(medium, goods, pace)
    assert on(medium.root) == goods.content()
    assert pace.writing.measured == sum(item.size for item in goods.items) - kept


def test_a_source_that_changes_meanwhile_is_told(medium, goods):
    os.truncate(goods.folder / goods.ova, SIZE - 1)
    with pytest.raises(BuildError, match=rf"{goods.ova} has changed meanwhile; repeat the command"):
        bring(medium, goods)
    with (goods.folder / goods.ova).open("r+b") as file:
        file.truncate(SIZE)
    with pytest.raises(BuildError, match=rf"{goods.ova} has changed meanwhile; repeat the command"):
        bring(medium, goods)
    assert goods.ova not in on(medium.root) and "SHA256SUMS" not in on(medium.root)


def test_a_list_is_never_beside_the_signature_of_another(medium, goods, tmp_path, monkeypatch):
    goods.sign(new_key(tmp_path / "key"))
    bring(medium, goods)
    assert SIGNATURE in on(medium.root)
    newer = Goods(tmp_path / "newer", version=2)
    bring(medium, newer)
    assert on(medium.root) == newer.content()
    bring(medium, goods)
    (medium.root / "SHA256SUMS").write_bytes(b"damaged")
    assert bring(medium, goods).written == ["SHA256SUMS"]
    assert on(medium.root) == goods.content()
