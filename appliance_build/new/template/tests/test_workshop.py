"""What this workshop promises its attendees, asked of the finished appliance.

The engine's docs/own-repository.md explains `lesson`, `lessons` and `tree`.
"""

import pytest

#: What stands in the solution, a typical mistake in its place, and what the check says of it.
MISTAKES = [
    ("2 * np.mean(error * x), 2 * np", "np.mean(error * x), np", "a factor of two"),
    ("bias - y", "bias + y", "changes the error by another amount"),
    ("error = weight * x + bias - y", "error = y - weight * x - bias", "the way down"),
    ("2 * np.mean(error * x), 2 * np.mean(error)", "1.0", "the shape ()"),
]


def test_each_lesson_runs_as_attendees_get_it(lesson):
    outcome = lesson.opened()
    assert not outcome.errors
    assert outcome.verdicts
    assert all(verdict.startswith("Open:") for verdict in outcome.verdicts)


def test_each_solution_is_right(lesson):
    outcome = lesson.solved()
    assert not outcome.errors
    assert outcome.verdicts
    assert all(verdict.startswith("Right:") for verdict in outcome.verdicts)


@pytest.mark.parametrize(("old", "new", "told"), MISTAKES)
def test_a_typical_mistake_is_told(lessons, old, new, told):
    [verdict] = lessons["10-Thermometer"].solved(old, new).verdicts
    assert verdict.startswith("Not yet:")
    assert told in verdict


def test_what_the_lesson_needs_is_inside(tree):
    assert tree.ok("units --terse 'tempC(100)' tempF").strip() == "212"
    tree.ok("/opt/jupyter/bin/python3 -c 'import tabulate'")


def test_the_page_and_the_logo_are_inside(tree):
    own = "/usr/share/workshop/own"
    assert "<title>Timetable</title>" in tree.ok(f"cat {own}/pages/timetable/index.html")
    assert tree.ok(f"cat {own}/logo.svg").startswith("<svg")
