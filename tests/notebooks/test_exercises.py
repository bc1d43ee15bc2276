"""One source gives exercise and solution, and the kit judges answers without ever stopping."""

import json
import sys
from pathlib import Path

import pytest

from appliance_build.errors import BuildError
from appliance_build.exercises import Unclear, split
from appliance_build.lessons import Variant, generate
from appliance_build.paths import NOTEBOOKS

sys.path.append(str(NOTEBOOKS))
from workshop import exercises
from workshop.exercises import Unsolved, Wrong, exercise

SOLVED = """\
def double(x):
    # BEGIN SOLUTION
    y = x
    return y + y
    # END SOLUTION


three = 1 + 2  # SOLUTION
check.double(double)"""
OPEN = """\
def double(x):
    ...


three = ...
check.double(double)"""
LESSON = f"""\
# ---
# jupyter:
#   workshop: {{}}
# ---

# %% tags=["exercise"]
{SOLVED}

# %%
print(three)
"""


@exercise
def double(answer):
    if answer(3) == 9:
        raise Wrong("that is the square")
    if answer(3) != 6:
        raise Wrong("not twice as much")
    return "y + y"


@pytest.fixture(autouse=True)
def forgotten():
    exercises.verdicts.clear()


def sources(path: Path) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(path.read_text())["cells"]]


def lesson(folder: Path, text: str, variant: Variant) -> list[str]:
    (folder / "a.py").write_text(text)
    (path,) = generate(folder, folder / "out", ["a"], variant)
    return sources(path)


def test_attendees_get_the_exercise_with_its_solution_folded_away(tmp_path):
    opened, folded, other = lesson(tmp_path, LESSON, Variant.STUDENT)
    assert opened == OPEN
    assert folded.startswith("<details><summary>Solution</summary>")
    assert "    return y + y" in folded and "SOLUTION" not in folded
    assert other == "print(three)"


@pytest.mark.parametrize("variant", [Variant.SOLUTION, Variant.CODE])
def test_solution_runs_to_a_cell_that_asks_for_every_exercise(tmp_path, variant):
    solved, other, last = lesson(tmp_path, LESSON, variant)
    assert "    return y + y" in solved and "three = 1 + 2\n" in solved and "..." not in solved
    assert other == "print(three)"
    assert last.endswith("everything_solved()")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("# END SOLUTION", "", "'# BEGIN SOLUTION' without '# END SOLUTION'"),
        ("# BEGIN SOLUTION", "", "'# END SOLUTION' stands where its counterpart"),
        ("# END", "# BEGIN", "'# BEGIN SOLUTION' stands where its counterpart"),
    ],
)
def test_unclear_marks_are_one_sentence(tmp_path, old, new, sentence):
    with pytest.raises(BuildError, match=r"\A[^\n]*\Z") as error:
        lesson(tmp_path, LESSON.replace(old, new), Variant.STUDENT)
    assert sentence in str(error.value)
    assert f"{tmp_path / 'a.py'}, exercise 'def double(x):'" in str(error.value)


def test_exercise_without_solution_is_refused():
    with pytest.raises(Unclear, match="no solution is marked"):
        split("check.double(lambda x: 2 * x)")


def stub(x): ...


def broken(x):
    return x / 0


@pytest.mark.parametrize(
    ("answer", "state", "text"),
    [
        (lambda x: 2 * x, "Right", "y + y"),
        (lambda x: x * x, "Not yet", "that is the square"),
        (lambda x: x, "Not yet", "not twice as much"),
        (..., "Open", "three dots"),
        (stub, "Open", "`return`"),
        (broken, "Not yet", "ZeroDivisionError: division by zero"),
        (7, "Not yet", "TypeError"),
    ],
)
def test_verdict(answer, state, text):
    verdict = double(answer)
    assert verdict.state == state
    assert text in verdict.text
    shown = verdict._repr_mimebundle_()
    assert shown["text/plain"] == f"{state}: {verdict.text}."
    assert 'role="status"' in shown["text/html"]


def test_what_an_answer_says_cannot_become_markup():
    def answer(x):
        raise ValueError("<script>")

    assert "<script>" not in double(answer)._repr_mimebundle_()["text/html"]


def test_last_cell_of_a_solution_asks_for_every_exercise(capsys):
    with pytest.raises(Unsolved, match="no exercise was checked"):
        exercises.everything_solved()
    double(lambda x: x)
    with pytest.raises(Unsolved, match="double: Not yet: not twice"):
        exercises.everything_solved()
    double(lambda x: 2 * x)
    exercises.everything_solved()
    assert capsys.readouterr().out == "all 1 exercises are solved\n"
