"""Lessons in JupyterLab in a real Chromium."""

from .lab import Lab

LAST = "All is well."  # in the last cell, which prints it
SECONDS = 300  # for a lesson in its quick profile
WRONG = "weights_of_smaller = 784 * 100 + 100 * 10\ncheck.count_weights(weights_of_smaller)"
RIGHT = WRONG.replace("784", "785").replace("100 * 10", "101 * 10")


def test_lesson_1_runs_to_its_end(lab: Lab):
    lab.open("1-MNIST-MLP")
    lab.run_all(LAST, SECONDS)
    code = [cell for cell in lab.saved()["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    assert LAST in "".join(code[-1]["outputs"][-1]["text"])


def test_an_exercise_answers_back(lab: Lab):
    lab.open("1-MNIST-MLP")
    lab.run("exercises import lesson1 as check")
    answers = [lab.answer("weights_of_smaller", code) for code in (WRONG, RIGHT)]
    assert [answer.partition(":")[0] for answer in answers] == ["Not yet", "Right"]
    assert "bias" in answers[0]
