"""Both variants of a lesson: as attendees get it, exercises open, and with its solutions."""

import pytest

from appliance_build.lessons import Variant, generate
from appliance_build.paths import PROJECT

SOURCE = """# ---
# jupyter:
#   workshop:
#     seconds: {{quick: 60, full: 60}}
#     memory_mb: 500
# ---

# %%
from workshop.exercises import Wrong, exercise, number


@exercise
def double(answer):
    if number(answer(3)) != 6:
        raise Wrong(f"twice 3 is not {{answer(3)}}")
    return "adding is all it takes"


# %% tags=["exercise"]
def twice(x):
    # BEGIN SOLUTION
    return {solution}
    # END SOLUTION


double(twice)

# %% tags=["expect"]
assert number(1) == 1, "one is one"

# %% workshop={{"expect": {{"text": "^2$"}}, "seconds": 30}}
print(1 + 1)
"""


@pytest.fixture
def verdicts(run_notebooks, tmp_path, monkeypatch):
    """What the doctor says of a lesson's two variants, by the solution in its source."""
    monkeypatch.setenv("PYTHONPATH", str(PROJECT / "notebooks"))

    def run(solution: str) -> dict[str, str | None]:
        (tmp_path / "source").mkdir(exist_ok=True)
        for variant in (Variant.STUDENT, Variant.SOLUTION):
            name = variant.name.lower()
            text = SOURCE.format(solution=solution)
            (tmp_path / "source" / f"{name}.py").write_text(text)
            generate(tmp_path / "source", tmp_path / "given", [name], variant)
        reports, _ = run_notebooks({})
        return {name: report["problem"] for name, report in reports.items()}

    return run


def test_open_exercises_and_solutions_pass(verdicts):
    assert verdicts("x + x") == {"student": None, "solution": None}


def test_wrong_solution_fails_in_the_solution_alone(verdicts):
    problems = verdicts("x * x")
    assert problems["student"] is None
    assert "double" in problems["solution"] and "everything_solved" in problems["solution"]
