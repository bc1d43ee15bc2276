"""The report for monitoring follows the grammar of Prometheus' text format, version 0.0.4."""

import json
import re

import pytest

from appliance_check.result import Result, Status

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)\}})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)")
ESCAPED = {r"\\": "\\", r"\"": '"', r"\n": "\n"}


def read(text: str) -> dict[str, dict[frozenset, float]]:
    """The samples of each metric by their labels; the lines of a metric must stand together,
    HELP and TYPE before the rest."""
    assert text.endswith("\n")
    found: dict[str, dict[frozenset, float]] = {}
    lines = iter(text.removesuffix("\n").split("\n"))
    for line in lines:
        if line.startswith("# HELP "):
            name = re.fullmatch(rf"# HELP ({NAME}) \S.*", line)[1]
            assert name not in found
            assert next(lines) == f"# TYPE {name} gauge"
            found[name] = {}
            continue
        sample = SAMPLE.fullmatch(line)
        assert sample, line
        assert sample[1] == name
        labels = re.findall(LABEL, sample[2] or "")
        key = frozenset((k, re.sub(r"\\.", lambda m: ESCAPED[m[0]], v)) for k, v in labels)
        assert len(dict(key)) == len(labels) and key not in found[name], line
        found[name][key] = float(sample[sample.lastindex])
    return found


@pytest.fixture
def samples(reported):
    results = [Result(status, "said") for status in Status]
    return read(reported("prometheus", *results))


def test_one_status_of_each_check_is_set(samples):
    statuses = samples["appliance_check_status"]
    assert len(statuses) == len(Status) ** 2
    assert [dict(key)["status"] for key, value in statuses.items() if value == 1] == list(Status)
    assert set(statuses.values()) == {0, 1}


def test_seconds_and_the_run_as_a_whole(samples, context):
    assert {dict(key)["id"] for key in samples["appliance_check_seconds"]} >= {"first", "sixth"}
    assert samples["appliance_check_complete"] == {frozenset(): 1}
    (ended,) = samples["appliance_check_timestamp_seconds"].values()
    written = (context.home / ".local/state/workshop/check.json").stat().st_mtime
    assert 0 <= written - ended < 60
    (about,) = samples["appliance_check_info"]
    assert dict(about)["version"] == context.description["version"]


def test_labels_are_escaped(reported, context):
    version = 'a"b\\c\nd\\n{},=é'
    description = context.description | {"version": version}
    (context.share / "appliance.json").write_text(json.dumps(description))
    (about,) = read(reported("prometheus", Result(Status.PASS, "fine")))["appliance_check_info"]
    assert dict(about)["version"] == version
