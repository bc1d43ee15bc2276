"""The lesson that a new repository begins with: its form, and its check, without Theano."""

import json
import runpy
import sys

import form
import jupytext
import pytest

from appliance_build.exercises import TAG, split
from appliance_build.lessons import Variant, documents
from appliance_build.new.repository import TEMPLATE
from appliance_build.paths import NOTEBOOKS

sys.path.append(str(NOTEBOOKS))
from workshop import exercises

LESSON = "10-Thermometer"

#: Rules for any lesson; how many exercises and questions it has, and its number, are ours alone.
RULES = [
    form.limits,
    form.parameters,
    form.declarations,
    form.expectations,
    form.beginning,
    form.offline,
    form.pictures,
    form.size,
]

#: What the tests of the new repository ask of the finished appliance, too.
MISTAKES = runpy.run_path(str(TEMPLATE / "tests" / "test_workshop.py"))["MISTAKES"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_form(rule):
    [text] = documents(TEMPLATE / "lessons", [LESSON], Variant.STUDENT).values()
    assert not list(rule(json.loads(text)))


def cells() -> tuple[str, str, str]:
    """The cell with the check; the exercise as attendees find it, and its solution."""
    notebook = jupytext.read(TEMPLATE / "lessons" / f"{LESSON}.py", fmt="py:percent")
    [check] = [cell.source for cell in notebook.cells if cell.source.startswith("@exercise")]
    [asked] = [cell.source for cell in notebook.cells if TAG in cell.metadata.get("tags", [])]
    return check, *split(asked)


def verdict(check: str, answer: str) -> exercises.Verdict:
    exercises.verdicts.clear()
    begin = "import numpy as np\nfrom workshop.exercises import Wrong, exercise, numbers\n"
    exec(f"{begin}{check}\n{answer}", {"__name__": "lesson"})
    [found] = exercises.verdicts.values()
    return found


def test_solution_is_right_and_no_answer_is_open():
    check, opened, solved = cells()
    assert verdict(check, solved).state == "Right"
    assert verdict(check, opened).state == "Open"


@pytest.mark.parametrize(("old", "new", "told"), MISTAKES)
def test_typical_mistake_is_told(old, new, told):
    check, _, solved = cells()
    assert solved.count(old) == 1
    found = verdict(check, solved.replace(old, new))
    assert found.state == "Not yet" and told in found.text
