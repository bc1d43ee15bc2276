"""The attendee's files in local mode: given, kept, told apart, saved."""

from pathlib import Path

import pytest

from appliance_build.errors import BuildError
from appliance_build.local import work

from .conftest import LESSON

SECOND = "1-Second.ipynb"


def given(folder) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(folder.notebooks.iterdir())}


def test_lessons_and_settings_are_given(folder, user):
    work.give(folder, user)
    assert given(folder) == {LESSON: "first edition"}
    assert (folder.home / ".theanorc").read_text() == "settings"
    assert (folder.home / ".theano/compiled/module").read_text() == "first"
    assert not any((folder.home / "notebooks").iterdir()), "they are in a folder of their own"
    assert work.changed(folder) == []


def test_a_start_that_was_stopped_half_way_is_made_good(folder, user, monkeypatch):
    def full(*paths, **options):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(work.shutil, "copyfile", full)
        with pytest.raises(OSError):
            work.give(folder, user)
    work.give(folder, user)
    assert given(folder) == {LESSON: "first edition"}


def test_the_same_system_changes_nothing(folder, user):
    work.give(folder, user)
    (folder.home / ".theano/compiled/module").write_text("compiled by the attendee")
    (folder.notebooks / LESSON).unlink()
    work.give(folder, user)
    assert given(folder) == {}
    assert (folder.home / ".theano/compiled/module").read_text() == "compiled by the attendee"


@pytest.mark.parametrize(
    ("mine", "then"),
    [
        ("first edition", {LESSON: "second edition", SECOND: "new"}),
        ("mine", {LESSON: "mine", SECOND: "new"}),
        (None, {SECOND: "new"}),
    ],
    ids=["untouched", "changed", "removed"],
)
def test_a_newer_system_leaves_the_attendees_lessons(folder, user, newer, mine, then):
    work.give(folder, user)
    lesson = folder.notebooks / LESSON
    lesson.write_text(mine) if mine else lesson.unlink()
    (folder.home / ".theanorc").write_text("my settings")
    newer("second", {LESSON: "second edition", SECOND: "new"})
    work.give(folder, user)
    assert given(folder) == then
    assert (folder.home / ".theanorc").read_text() == "my settings"
    assert (folder.home / ".theano/compiled/module").read_text() == "second", "fits this system"


def test_what_would_be_lost_is_what_people_call_theirs(folder, user):
    work.give(folder, user)
    for name in ("notebooks/sub/own.py", "home/beside.txt", "home/.bash_history"):
        path = folder.path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    (folder.notebooks / ".ipynb_checkpoints").mkdir()
    (folder.notebooks / ".ipynb_checkpoints" / "copy.ipynb").write_text("x")
    (folder.notebooks / "link").symlink_to("/etc/hostname")
    (folder.notebooks / LESSON).write_text("solved")
    found = {str(path.relative_to(folder.path)) for path in work.changed(folder)}
    own = {f"notebooks/{LESSON}", "notebooks/link", "notebooks/sub/own.py", "home/beside.txt"}
    assert found == own


def test_work_is_saved_whole_and_links_as_links(folder, user, tmp_path):
    work.give(folder, user)
    (folder.notebooks / "sub").mkdir()
    (folder.notebooks / "sub" / "own.py").write_text("my work")
    (folder.notebooks / "link").symlink_to("/etc/hostname")
    target = tmp_path / "not" / "there"
    work.save(folder, work.changed(folder), target)
    assert (target / "notebooks/sub/own.py").read_text() == "my work"
    assert (target / "notebooks/link").readlink() == Path("/etc/hostname")
    assert [path.name for path in target.parent.iterdir()] == ["there"]


def test_nothing_is_saved_over_something_nor_into_what_goes(folder, user, tmp_path):
    work.give(folder, user)
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "file").touch()
    with pytest.raises(BuildError, match="has something in it"):
        work.save(folder, [], taken)
    with pytest.raises(BuildError, match="would be removed, too"):
        work.save(folder, [], folder.notebooks / "saved")
