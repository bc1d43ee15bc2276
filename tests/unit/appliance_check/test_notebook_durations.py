"""Lessons beside their records: a slow machine is no fault, a lesson far behind the others is."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from appliance_build import description
from appliance_build.paths import PROJECT
from appliance_check import durations
from appliance_check.checks import notebooks
from appliance_check.result import Status

RECORDS = {name: 10.0 * (place + 1) for place, name in enumerate("abcdef")}


def run(factor: float = 1, **seconds: tuple[float, float]) -> dict[str, dict]:
    """Reports of a machine so much slower, but for those given as seconds, seconds of CPU."""
    took = {name: (factor * each, factor * each) for name, each in RECORDS.items()} | seconds
    return {name: {"seconds": s, "cpu_seconds": cpu} for name, (s, cpu) in took.items()}


@pytest.mark.parametrize("factor", [0.2, 1, 4, 30])
def test_machine_of_any_speed_makes_no_lesson_slow(factor):
    found = durations.slowness(run(factor), RECORDS)
    assert found.keys() == RECORDS.keys()
    assert max(found.values()) <= 1


def test_lesson_behind_the_others_is_found_on_any_machine():
    assert durations.slowness(run(1, c=(300, 300)), RECORDS)["c"] == 10
    assert durations.slowness(run(4, c=(1200, 1200)), RECORDS)["c"] == 10
    # Where a GPU makes the others quicker, one that keeps to its record is none.
    assert durations.slowness(run(0.1, c=(30, 30)), RECORDS)["c"] == 1


def test_waiting_is_no_fault_of_a_lesson():
    assert durations.slowness(run(1, c=(300, 20)), RECORDS)["c"] < 1
    assert durations.slowness(run(1, c=(30, 300)), RECORDS)["c"] == 1, "more threads"


def test_few_lessons_say_nothing_about_the_machine():
    reports = run()
    del reports["a"], reports["b"]
    assert durations.slowness(reports, RECORDS) == {}
    assert durations.slowness(run(), {}) == {}


@pytest.fixture
def judge(context, monkeypatch):
    """The check's result for given seconds of each lesson."""

    def result(factor: float = 1, slow: float = 1, **changes):
        names = context.description["lessons"]
        records = dict.fromkeys(names, 10.0)
        monkeypatch.setattr(durations, "recorded", lambda profile: records)
        took = iter([slow, *[1] * len(names)])

        def execute(path, profile, context):
            seconds = 10 * factor * next(took)
            return {
                "problem": None,
                "compiler_runs": 0,
                "executed": 2,
                "seconds": seconds,
                "cpu_seconds": seconds,
            }

        monkeypatch.setattr(notebooks, "_execute", execute)
        return notebooks.Notebooks().run(replace(context, **changes))

    return result


def test_slow_lesson_is_a_warning_and_a_slow_machine_none(judge, lesson):
    assert judge(factor=20).status == Status.PASS
    assert judge(slow=4).status == Status.PASS
    assert judge(slow=4).evidence[lesson]["slowness"] == 4
    result = judge(slow=6)
    assert result.status == Status.WARN
    assert f"{lesson} (6 times)" in result.message
    assert "run `appliance-check --only notebooks` again" in result.remedy.lower()


def test_where_records_do_not_hold_there_is_no_warning(judge, tmp_path):
    assert judge(slow=100, slowdown=15.0).status == Status.PASS
    assert judge(slow=100, profile="cuda").status == Status.PASS


def test_records_are_those_of_the_documentation():
    table = (PROJECT / "docs" / "measurements.md").read_text()
    table = table.partition("## The lessons")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (\d-\S+)[^|]* \| (\d+) \| \d+ \|$", table, re.MULTILINE)
    assert durations.recorded("quick") == {name: int(seconds) for name, seconds in rows}
    assert list(durations.recorded("quick")) == description.load().lessons
    assert durations.recorded("no such profile") == {}


def test_a_report_becomes_the_record(tmp_path):
    path = tmp_path / "durations.json"
    path.write_text('{"quick": {"a": 1}}')
    check = {"id": "notebooks", "status": "PASS", "evidence": {"a": {"seconds": 7.5}}}
    durations.record({"settings": "full", "checks": [check]}, path)
    assert json.loads(path.read_text()) == {"quick": {"a": 1}, "full": {"a": 7.5}}
    durations.record({"settings": "quick", "checks": [check]}, path)
    assert json.loads(path.read_text())["quick"] == {"a": 7.5}
    with pytest.raises(ValueError, match="has not passed"):
        durations.record({"settings": "full", "checks": [{**check, "status": "FAIL"}]}, path)
    assert [each.name for each in tmp_path.iterdir()] == ["durations.json"]


@pytest.mark.parametrize("text", [None, "{", "[]", '{"settings": "full", "checks": []}'])
def test_wrong_report_is_refused_in_a_sentence(tmp_path, text):
    path = tmp_path / "report.json"
    if text is not None:
        Path(path).write_text(text)
    before = durations.PATH.read_bytes()
    command = [sys.executable, "-m", "appliance_check.durations", str(path)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("durations: name a report"), done.stderr
    assert durations.PATH.read_bytes() == before
