"""One source gives exercise and solution, and the kit judges answers without ever stopping."""

import ast
import json
import re
import sys
from pathlib import Path

import form
import numpy as np
import pytest

from appliance_build import description
from appliance_build.errors import BuildError
from appliance_build.exercises import Unclear, split
from appliance_build.lessons import Variant, generate
from appliance_build.paths import NOTEBOOKS

sys.path.append(str(NOTEBOOKS))
from workshop import exercises
from workshop.exercises import Unsolved, Wrong, exercise, number, numbers

LESSONS = description.load().lessons

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


@pytest.mark.parametrize(
    ("line", "opened"),
    [
        ("x = 1 + 2  # SOLUTION", "x = ..."),
        ("    return x == 1  # SOLUTION", "    return ..."),
        ('taken["a"] = [b == c for b in d]  # SOLUTION', 'taken["a"] = ...'),
    ],
)
def test_one_line_is_opened_at_its_value(line, opened):
    assert split(line) == (opened, line.removesuffix("  # SOLUTION"))


@pytest.mark.parametrize(
    "line",
    [
        "print(3)  # SOLUTION",
        "x += 1  # SOLUTION",
        "if x == 1:  # SOLUTION",
        "# BEGIN SOLUTION of the second part",
        "y = 4  # SOLUTION: four",
    ],
)
def test_mark_that_would_show_attendees_the_solution_is_refused(line):
    with pytest.raises(Unclear, match="does not say what of it is the solution"):
        split(f"three = 1 + 2  # SOLUTION\n{line}")


def test_solution_in_a_cell_without_the_tag_is_refused(tmp_path):
    with pytest.raises(BuildError, match=r"'def double\(x\):' has a solution, but no tag"):
        lesson(tmp_path, LESSON.replace(' tags=["exercise"]', ""), Variant.STUDENT)


def test_exercise_without_solution_is_refused():
    with pytest.raises(Unclear, match="no solution is marked"):
        split("check.double(lambda x: 2 * x)")


def stub(x): ...


def broken(x):
    y = x / 0
    return y


def elsewhere(x):
    return json.loads("")


def talkative(x):
    raise ValueError("the first line.\nthe second line")


class Twice:
    """Not a function, but an answer that can be called, as Theano's functions are."""

    factor = 2

    def __call__(self, x):
        return self.factor * x


@pytest.mark.parametrize(
    ("answer", "state", "text"),
    [
        (lambda x: 2 * x, "Right", "y + y"),
        (lambda x: x * x, "Not yet", "that is the square"),
        (lambda x: x, "Not yet", "not twice as much"),
        (..., "Open", "three dots"),
        (stub, "Open", "`return`"),
        (lambda x: ..., "Open", "`return`"),
        (Twice(), "Right", "y + y"),
        (broken, "Not yet", "stopped in `y = x / 0` with ZeroDivisionError: division by zero"),
        (elsewhere, "Not yet", 'stopped in `return json.loads("")` with JSONDecodeError'),
        (7, "Not yet", "stopped with TypeError"),
    ],
)
def test_verdict(answer, state, text):
    verdict = double(answer)
    assert verdict.state == state
    assert text in verdict.text
    shown = verdict._repr_mimebundle_()
    assert shown["text/plain"] == f"{state}: {verdict.text}."
    assert 'role="status"' in shown["text/html"]


def test_error_in_an_answer_is_told_by_its_first_line():
    assert double(talkative).text.endswith("with ValueError: the first line")


def test_what_is_no_function_reaches_the_check_as_it_is():
    seen = []
    exercise(lambda answer: seen.append(answer) or "fine")(answer := Twice())
    assert seen == [answer]


@pytest.mark.parametrize(
    ("take", "sentence"),
    [
        (lambda: number([1, 2]), "one number is asked for, and these are 2"),
        (lambda: number("many"), "numbers are asked for, and this is a str"),
        (lambda: numbers([[1], [1, 2]], (2, 2)), "numbers are asked for, and this is a list"),
        (lambda: numbers([1, 2], (2, 1)), r"has the shape \(2,\); asked for is \(2, 1\)"),
    ],
)
def test_answer_that_is_not_the_numbers_asked_for_is_told_so(take, sentence):
    with pytest.raises(Wrong, match=sentence):
        take()


def test_numbers_of_every_kind_are_taken():
    assert number(3) == number(np.float32(3)) == number([[3]]) == 3
    assert numbers([[1, 2]], (1, 2)).tolist() == [[1, 2]]


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


@pytest.mark.parametrize("name", LESSONS)
def test_lesson_uses_each_check_of_its_own_once(name):
    checks = NOTEBOOKS / "workshop" / "exercises" / f"lesson{name.partition('-')[0]}.py"
    offered = [
        function.name
        for function in ast.parse(checks.read_text()).body
        if isinstance(function, ast.FunctionDef)
        and "exercise" in map(ast.unparse, function.decorator_list)
    ]
    notebook = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text())
    code = "\n".join(map(form.text, form.code(notebook)))
    assert re.findall(r"^check\.(\w+)\(", code, re.MULTILINE) == offered
