"""The `workshop` command gives lessons and solutions, and takes nobody's work away."""

import json
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

from appliance_build.paths import PROJECT

COMMAND = PROJECT / "ansible" / "roles" / "notebooks" / "files" / "workshop"
LESSONS = ["0-First", "1-Second", "2-Third", "10-Last"]


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The command, in a system with four lessons and a home folder that has them."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader = SourceFileLoader("workshop_command", str(COMMAND))
    module = module_from_spec(spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    module.PRISTINE, module.SOLUTIONS = tmp_path / "pristine", tmp_path / "solutions"
    for folder in (module.PRISTINE, module.SOLUTIONS, tmp_path / "notebooks"):
        folder.mkdir()
        kind = "solution" if folder is module.SOLUTIONS else "lesson"
        for name in LESSONS:
            (folder / f"{name}.ipynb").write_text(f"{kind} {name}")
    (tmp_path / "appliance.json").write_text(json.dumps({"lessons": LESSONS}))
    monkeypatch.setenv("HOME", str(tmp_path))
    return module


def call(workshop: ModuleType, monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
    monkeypatch.setattr(sys, "argv", ["workshop", *words])
    workshop.main()


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(folder.iterdir())}


@pytest.mark.parametrize("name", ["1", "1-Second", "1-Second.ipynb", "notebooks/1-Second.ipynb"])
def test_solution_is_laid_beside_the_lesson(workshop, tmp_path, monkeypatch, name):
    home = tmp_path / "notebooks"
    (home / "1-Second.ipynb").write_text("mine")
    before = contents(home)
    call(workshop, monkeypatch, "solution", name)
    assert contents(home) == before | {"1-Second.solution.ipynb": "solution 1-Second"}


@pytest.mark.parametrize(
    ("word", "file", "shipped"),
    [
        ("reset", "0-First.ipynb", "lesson 0-First"),
        ("solution", "0-First.solution.ipynb", "solution 0-First"),
    ],
)
def test_what_was_changed_is_kept_each_time(
    workshop, tmp_path, monkeypatch, capsys, word, file, shipped
):
    home = tmp_path / "notebooks"
    for mine in ("mine", "mine too"):
        (home / file).write_text(mine)
        call(workshop, monkeypatch, word, "0")
        assert (home / file).read_text() == shipped
    kept = {text for name, text in contents(home).items() if ".mine-" in name}
    assert kept == {"mine", "mine too"}
    assert capsys.readouterr().out.count("your version is now ") == 2


@pytest.mark.parametrize("word", ["reset", "solution"])
def test_what_is_as_shipped_is_not_kept_twice(workshop, tmp_path, monkeypatch, word):
    call(workshop, monkeypatch, word, "0", "1")
    before = contents(tmp_path / "notebooks")
    call(workshop, monkeypatch, word, "0", "1")
    assert contents(tmp_path / "notebooks") == before
    assert not [name for name in before if ".mine-" in name]


@pytest.mark.parametrize("word", ["reset", "solution"])
def test_unknown_lesson_is_one_sentence_and_changes_nothing(workshop, tmp_path, monkeypatch, word):
    before = contents(tmp_path / "notebooks")
    with pytest.raises(SystemExit) as stopped:
        call(workshop, monkeypatch, word, "0", "7")
    assert stopped.value.code == (
        "workshop: there is no lesson '7'; the lessons are: 0-First, 1-Second, 2-Third, 10-Last"
    )
    assert contents(tmp_path / "notebooks") == before


def test_list_names_the_lessons(workshop, monkeypatch, capsys):
    call(workshop, monkeypatch, "list")
    assert capsys.readouterr().out == "0-First\n1-Second\n2-Third\n10-Last\n"
