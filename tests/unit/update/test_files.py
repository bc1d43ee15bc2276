"""What becomes of the attendee's files: the six cases of nbgitpuller's documentation, and more.

https://nbgitpuller.readthedocs.io/en/latest/topic/automatic-merging.html
"""

import os
from pathlib import Path

import pytest

from appliance_update import files

from .laptops import notebook, sources, texts, write

MOMENT, VERSION = "20270101-120000", "2.0.0"
KEPT, SHIPPED = f"mine-{MOMENT}", f"shipped-{VERSION}"


class Folders:
    """A folder as it shipped before, as it ships now, and the attendee's."""

    def __init__(self, folder: Path) -> None:
        self.mine, self.plan = folder / "mine", folder / "plan"
        self.old: dict[str, str] = {}
        self.new: dict[str, str] = {}
        self.mine.mkdir()

    def have(self, name: str, old: str | None, new: str | None, mine: str | None) -> None:
        """One file in all three; None: not there. Where nobody changed it, mine is `new`."""
        for folder, text in ((self.old, old), (self.new, new)):
            if text is not None:
                folder[name] = text
        if mine is not None:
            write(self.mine, {name: mine})

    def update(self) -> dict[str, str]:
        """Carry it out; what the attendee is told, by file."""
        old, new = ({n: t.encode() for n, t in each.items()} for each in (self.old, self.new))
        files.compare("", old, new, self.mine, VERSION, MOMENT).save(self.plan)
        _, changes = files.load(self.plan)
        files.carry_out(changes, self.plan / files.BLOBS, self.mine)
        return {change.path: change.said for change in changes}

    def undo(self) -> list[str]:
        _, changes = files.load(self.plan)
        return files.undo(changes, self.plan / files.BLOBS, self.mine)


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path)


def test_case_1_only_the_organiser_changed_it(folders: Folders):
    folders.have("shown.ipynb", notebook("a"), notebook("b"), notebook("b"))
    folders.have("copied.ipynb", notebook("a"), notebook("b"), notebook("a"))
    folders.have("new.ipynb", None, notebook("b"), notebook("b"))
    said = folders.update()
    assert said == {
        "shown.ipynb": "was renewed",
        "copied.ipynb": "was renewed",
        "new.ipynb": "is new",
    }
    assert texts(folders.mine) == dict.fromkeys(said, notebook("b"))


def test_case_1_a_notebook_that_was_only_opened_and_saved_was_not_changed(folders: Folders):
    opened = notebook("a").replace('"metadata": {}, "nbformat"', '"metadata": {"x": 1}, "nbformat"')
    assert opened != notebook("a")
    folders.have("lesson.ipynb", notebook("a"), notebook("b"), opened)
    assert folders.update() == {"lesson.ipynb": "was renewed"}
    assert texts(folders.mine) == {"lesson.ipynb": notebook("b")}


def test_case_2_both_changed_other_places(folders: Folders):
    mine = notebook("a, mine", "b", "c", "d", ran=True)
    folders.have("lesson.ipynb", notebook("a", "b", "c", "d"), notebook("a", "b", "c", "D"), mine)
    folders.have("notes.txt", "one\ntwo\nthree\n", "one\ntwo\nTHREE\n", "One\ntwo\nthree\n")
    said = folders.update()
    assert "what is new was added to yours" in said["lesson.ipynb"]
    found = texts(folders.mine)
    assert sources(found.pop("lesson.ipynb")) == ["a, mine", "b", "c", "D"]
    assert found == {
        "notes.txt": "One\ntwo\nTHREE\n",
        f"lesson.{KEPT}.ipynb": mine,
        f"notes.{KEPT}.txt": "One\ntwo\nthree\n",
    }
    assert all(f".{KEPT}." in each for each in said.values())


def test_case_2_what_was_run_keeps_its_results(folders: Folders):
    old, mine = notebook("a", "b"), notebook("a", "b", ran=True)
    folders.have("lesson.ipynb", old, notebook("a", "B"), mine)
    folders.update()
    merged = files.json.loads(texts(folders.mine)["lesson.ipynb"])["cells"]
    assert [len(cell["outputs"]) for cell in merged] == [1, 0]


def test_case_3_both_changed_the_same_place(folders: Folders):
    mine = notebook("a", "mine", "c")
    folders.have("lesson.ipynb", notebook("a", "b", "c"), notebook("a", "B", "c"), mine)
    folders.have("notes.txt", "one\n", "two\n", "three\n")
    folders.have("picture.png", "\0old", "\0new", "\0mine")
    said = folders.update()
    assert texts(folders.mine) == {
        "lesson.ipynb": mine,
        f"lesson.{SHIPPED}.ipynb": notebook("a", "B", "c"),
        "notes.txt": "three\n",
        f"notes.{SHIPPED}.txt": "two\n",
        "picture.png": "\0mine",
        f"picture.{SHIPPED}.png": "\0new",
    }
    assert said["lesson.ipynb"] == f"yours is kept; the new one is lesson.{SHIPPED}.ipynb"


def test_case_3_in_one_place_and_not_in_another(folders: Folders):
    old, new = notebook("a", "b", "c", "d"), notebook("a", "B", "c", "D")
    mine = notebook("a", "mine", "c", "d")
    folders.have("lesson.ipynb", old, new, mine)
    said = folders.update()
    found = texts(folders.mine)
    assert sources(found["lesson.ipynb"]) == ["a", "mine", "c", "D"]
    assert found[f"lesson.{KEPT}.ipynb"] == mine
    assert found[f"lesson.{SHIPPED}.ipynb"] == new
    assert SHIPPED in said["lesson.ipynb"] and KEPT in said["lesson.ipynb"]


def test_case_4_what_was_deleted_comes_back_only_if_it_is_new(folders: Folders):
    folders.have("changed.ipynb", notebook("a"), notebook("b"), None)
    folders.have("same.ipynb", notebook("a"), notebook("a"), None)
    said = folders.update()
    assert said == {"changed.ipynb": "you had deleted it; the new one is here"}
    assert texts(folders.mine) == {"changed.ipynb": notebook("b")}


def test_case_5_a_new_file_has_the_name_of_one_of_the_attendees(folders: Folders):
    folders.have("Untitled.ipynb", None, notebook("new"), notebook("mine"))
    said = folders.update()
    assert texts(folders.mine) == {
        "Untitled.ipynb": notebook("new"),
        f"Untitled.{KEPT}.ipynb": notebook("mine"),
    }
    assert said["Untitled.ipynb"] == f"is new; yours of this name is now Untitled.{KEPT}.ipynb"


def test_case_6_what_cannot_be_merged_is_set_aside(folders: Folders):
    folders.have("lesson.ipynb", notebook("a"), notebook("b"), notebook("a")[:30])
    folders.update()
    assert texts(folders.mine) == {
        "lesson.ipynb": notebook("b"),
        f"lesson.{KEPT}.ipynb": notebook("a")[:30],
    }


def test_what_ships_no_longer_goes_unless_it_was_changed(folders: Folders):
    folders.have("kept.ipynb", notebook("a"), None, notebook("mine"))
    folders.have("copied.ipynb", notebook("a"), None, notebook("a"))
    folders.have("hidden.ipynb", notebook("a"), None, None)
    said = folders.update()
    assert texts(folders.mine) == {"kept.ipynb": notebook("mine")}
    assert said["kept.ipynb"] == "yours is kept, though it ships no longer"


def test_what_is_the_attendees_alone_is_not_touched(folders: Folders):
    own = {"my-photos/cat.jpg": "cat", "Untitled.ipynb": notebook("mine"), "a.txt": ""}
    write(folders.mine, own)
    folders.have("lesson.ipynb", notebook("a"), notebook("a"), notebook("mine"))
    assert folders.update() == {}
    assert texts(folders.mine) == own | {"lesson.ipynb": notebook("mine")}


def test_a_folder_or_link_of_the_attendees_stays_in_its_place(folders: Folders, tmp_path: Path):
    write(tmp_path, {"secret": "not to be read", "elsewhere/x": ""})
    (folders.mine / "link.txt").symlink_to(tmp_path / "secret")
    (folders.mine / "photos").symlink_to(tmp_path / "elsewhere")
    write(folders.mine, {"lesson.ipynb/notes": "mine", "data": "mine"})
    for name in ("link.txt", "photos/x.jpg", "lesson.ipynb", "data/x.csv"):
        folders.have(name, None, "new", None)
    folders.update()
    assert (folders.mine / "link.txt").is_symlink()
    assert texts(tmp_path / "elsewhere") == {"x": ""}
    assert (tmp_path / "secret").read_text() == "not to be read"
    found = texts(folders.mine)
    assert found["lesson.ipynb/notes"] == found["data"] == "mine"
    new = sorted(name for name, text in found.items() if text == "new")
    assert new == [
        f"data.{SHIPPED}/x.csv",
        f"lesson.{SHIPPED}.ipynb",
        f"link.{SHIPPED}.txt",
        f"photos.{SHIPPED}/x.jpg",
    ]


def test_names_that_are_taken_get_a_number(folders: Folders):
    write(folders.mine, {f"a.{KEPT}.ipynb": "earlier"})
    folders.have("a.ipynb", None, notebook("new"), notebook("mine"))
    folders.update()
    assert texts(folders.mine) == {
        "a.ipynb": notebook("new"),
        f"a.{KEPT}.ipynb": "earlier",
        f"a.{KEPT}.2.ipynb": notebook("mine"),
    }


def every_case(folders: Folders) -> None:
    """One file of each kind."""
    folders.have("1.ipynb", notebook("a"), notebook("b"), notebook("a"))
    folders.have("2.ipynb", notebook("a", "b"), notebook("a", "B"), notebook("A", "b"))
    folders.have("3.ipynb", notebook("a"), notebook("b"), notebook("mine"))
    folders.have("4.ipynb", notebook("a"), notebook("b"), None)
    folders.have("5.ipynb", None, notebook("b"), notebook("mine"))
    folders.have("6.ipynb", notebook("a"), notebook("b"), "{")
    folders.have("gone.ipynb", notebook("a"), None, notebook("a"))
    folders.have("sub/new.txt", None, "new", None)


def test_all_is_undone(folders: Folders):
    every_case(folders)
    before = texts(folders.mine)
    folders.update()
    assert texts(folders.mine) != before
    assert folders.undo() == []
    assert texts(folders.mine) == before


def test_what_was_edited_since_is_not_undone(folders: Folders):
    every_case(folders)
    folders.update()
    for name in ("2.ipynb", "4.ipynb"):
        write(folders.mine, {name: "edited"})
    after = texts(folders.mine)
    assert folders.undo() == ["2.ipynb", "4.ipynb"]
    found = texts(folders.mine)
    for name in ("2.ipynb", f"2.{KEPT}.ipynb", "4.ipynb"):
        assert found[name] == after[name]
    assert found["6.ipynb"] == "{"


def test_what_was_edited_meanwhile_is_not_overwritten(folders: Folders):
    """The disk was full when the update was to be finished, and the attendee went on."""
    every_case(folders)
    old, new = ({n: t.encode() for n, t in each.items()} for each in (folders.old, folders.new))
    files.compare("", old, new, folders.mine, VERSION, MOMENT).save(folders.plan)
    write(folders.mine, {"1.ipynb": "edited"})
    files.carry_out(files.load(folders.plan)[1], folders.plan / files.BLOBS, folders.mine)
    assert (folders.mine / "1.ipynb").read_text() == "edited"


def test_what_is_new_belongs_to_whom_it_is_for(folders: Folders):
    folders.have("sub/new.ipynb", None, notebook("b"), None)
    folders.update()
    assert oct((folders.mine / "sub/new.ipynb").stat().st_mode)[-3:] == "644"
    assert (folders.mine / "sub/new.ipynb").stat().st_uid == os.geteuid()
