"""Lessons, pages and logo of an organiser: found, listed; what cannot be right is refused."""

import json
import re
import shutil
from pathlib import Path

import pytest

from appliance_build import description, lessons, own
from appliance_build.errors import BuildError
from appliance_build.paths import DESCRIPTION, PROJECT

SAMPLE = PROJECT / "tests" / "workshop"
TEXT = "extra:\n  lessons: [lessons]\n  pages: [pages/timetable]\n  logo: logo.svg\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An organiser's folder with a lesson, a page and a logo."""
    shutil.copytree(SAMPLE, tmp_path / "ours")
    (tmp_path / "ours" / "appliance.yml").write_text(TEXT)
    return tmp_path / "ours"


def load(folder: Path) -> description.Description:
    return description.load(DESCRIPTION, folder / "appliance.yml")


def add(folder: Path, name: str) -> Path:
    """Another lesson, with the same text."""
    source = folder / "lessons" / "10-Averages.py"
    return shutil.copy(source, folder / "lessons" / name)


def test_own_lessons_follow_in_the_order_of_their_numbers(folder):
    add(folder, "100-Last.py")
    add(folder, "11-Second.py")
    ours = description.load().lessons
    assert load(folder).lessons == [*ours, "10-Averages", "11-Second", "100-Last"]


def test_a_list_of_lessons_may_name_them_in_another_order(folder):
    add(folder, "11-Second.py")
    (folder / "appliance.yml").write_text(f"{TEXT}lessons: [11-Second, 0-TheanoBasics]\n")
    assert load(folder).lessons == ["11-Second", "0-TheanoBasics", "10-Averages"]


def test_a_lesson_takes_the_number_of_one_that_is_left_out(folder):
    (folder / "lessons" / "10-Averages.py").rename(folder / "lessons" / "1-Averages.py")
    (folder / "appliance.yml").write_text(f"{TEXT}lessons: [0-TheanoBasics]\n")
    assert load(folder).lessons == ["0-TheanoBasics", "1-Averages"]


def test_what_is_no_lesson_is_passed_over(folder):
    (folder / "lessons" / "README.md").write_text("ours")
    (folder / "lessons" / "helpers.py").write_text("")
    assert list(own.lessons(load(folder).extra, folder)) == ["10-Averages"]


def test_a_notebook_that_jupyter_saved_is_a_lesson(folder, tmp_path):
    cells = [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# 11 - Saved"},
        {
            "cell_type": "code",
            "id": "b",
            "metadata": {"tags": ["expect"]},
            "source": "assert 1 + 1 == 2",
            "execution_count": 7,
            "outputs": [{"output_type": "stream", "name": "stdout", "text": "old"}],
        },
    ]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path = folder / "lessons" / "11-Saved.ipynb"
    path.write_text(json.dumps(notebook))
    mine = own.lessons(load(folder).extra, folder)
    (made,) = lessons.generate(own.OURS, tmp_path / "made", ["11-Saved"], elsewhere=mine)
    written = json.loads(made.read_text())
    assert "old" not in made.read_text() and written["cells"][1]["execution_count"] is None
    assert written["metadata"]["workshop"] == lessons.LIMITS
    path.write_text("{")
    with pytest.raises(BuildError, match=rf"{path} is no notebook; save it anew"):
        lessons.generate(own.OURS, tmp_path / "made", ["11-Saved"], elsewhere=mine)


def rename(old: str, new: str):
    return lambda folder: (folder / old).rename(folder / new)


FAULTS = {
    "no folder of lessons": (
        rename("lessons", "elsewhere"),
        2,
        "extra.lessons.0: {folder}/lessons is no folder",
    ),
    "no lesson": (
        rename("lessons/10-Averages.py", "lessons/Averages.py"),
        2,
        "extra.lessons.0: {folder}/lessons has no lesson, such as 10-My-Lesson.py",
    ),
    "a number that is taken": (
        rename("lessons/10-Averages.py", "lessons/3-Averages.py"),
        2,
        "extra.lessons.0: {folder}/lessons/3-Averages.py has the number of 3-ImageNet-googlenet",
    ),
    "a name that is taken": (
        rename("lessons/10-Averages.py", "lessons/1-MNIST-MLP.py"),
        2,
        "extra.lessons.0: {folder}/lessons/1-MNIST-MLP.py has the name of",
    ),
    "the same number twice": (
        lambda folder: add(folder, "10-Other.py"),
        2,
        "extra.lessons.0: {folder}/lessons/10-Other.py has the number of 10-Averages",
    ),
    "no page": (
        rename("pages/timetable/index.html", "pages/timetable/home.html"),
        3,
        "extra.pages.0: {folder}/pages/timetable has no index.html",
    ),
    "no logo": (rename("logo.svg", "other.svg"), 4, "extra.logo: there is no file {folder}/logo"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_not_there_or_in_the_way_is_named_with_its_line(folder, name):
    change, line, sentence = FAULTS[name]
    change(folder)
    with pytest.raises(BuildError) as error:
        load(folder)
    first = str(error.value).splitlines()[0]
    expected = f"{folder / 'appliance.yml'}:{line}: {sentence.format(folder=folder)}"
    assert first.startswith(expected), first


@pytest.mark.parametrize(
    "name", ["painting", "slides", "lab", "api", "workshop", "assets", "trees", "x.y"]
)
def test_a_page_hides_nothing_of_the_workshop(folder, name):
    (folder / "pages" / "timetable").rename(folder / "pages" / name)
    (folder / "appliance.yml").write_text(TEXT.replace("timetable", name))
    message = "would be a part of an address" if name == "x.y" else "is an address of .* already"
    with pytest.raises(BuildError, match=rf"extra\.pages\.0: /?{re.escape(name)} {message}"):
        load(folder)


def test_two_pages_of_one_name_are_refused(folder):
    shutil.copytree(folder / "pages" / "timetable", folder / "other" / "timetable")
    text = TEXT.replace("[pages/timetable]", "[pages/timetable, other/timetable]")
    (folder / "appliance.yml").write_text(text)
    with pytest.raises(BuildError, match="/timetable is an address of another page already"):
        load(folder)
