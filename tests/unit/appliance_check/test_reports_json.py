"""The report for programs is what its schema says."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, ValidationError

from appliance_check import reports
from appliance_check.check import GROUPS, LEVELS
from appliance_check.reports.content import SCHEMA
from appliance_check.result import Result, Status, failed, warned

SCHEMA_FILE = Path(reports.__file__).with_name("report.schema.json")
ALL = [Result(status, f"it says {status}", {"found": 1}) for status in Status]
EVIDENCE = {
    "path": Path("/tmp/x"),
    "nan": float("nan"),
    "colour": "\x1b[31mred\x1b[0m",
    "bytes": "\udcff\0",
    "pair": (1, None),
    3: {"deep": [True, 0.5]},
    "long": "x" * 5000,
}


@pytest.fixture(scope="module")
def schema() -> dict:
    return json.loads(SCHEMA_FILE.read_text())


@pytest.fixture
def valid(schema):
    """Reads a report, after it was held against the schema."""
    Draft202012Validator.check_schema(schema)

    def read(text: str) -> dict:
        def refuse(name):
            raise AssertionError(f"{name} is not JSON")

        report = json.loads(text, parse_constant=refuse)
        Draft202012Validator(schema).validate(report)
        return report

    return read


def test_every_status_is_in_the_schema(valid, reported):
    checks = valid(reported("json", *ALL))["checks"]
    assert [each["status"] for each in checks] == list(Status)
    assert [bool(each["remedy"]) for each in checks] == [s in "WARN FAIL ERROR" for s in Status]


@pytest.mark.parametrize("arguments", [["--strict"], ["--level", "full"], ["--only", "first"]])
def test_every_run_fits_the_schema(valid, reported, arguments):
    report = valid(reported("json", *ALL, arguments=arguments))
    assert report["strict"] == ("--strict" in arguments)


def test_evidence_is_whole_and_in_the_types_of_json(valid, reported):
    (check,) = valid(reported("json", failed("two\nlines\0", **{"a": 1}, output=EVIDENCE)))[
        "checks"
    ]
    assert check["message"] == "two lines\ufffd"
    assert check["evidence"]["output"] == {
        "path": "/tmp/x",
        "nan": "nan",
        "colour": "red",
        "bytes": "\ufffd\ufffd",
        "pair": [1, None],
        "3": {"deep": [True, 0.5]},
        "long": "x" * 5000,
    }


@pytest.mark.parametrize(
    "change",
    [
        lambda report: report.update(more=1),
        lambda report: report.update(schema=2),
        lambda report: report.update(level="slow"),
        lambda report: report.update(summary="two\nlines"),
        lambda report: report.update(time="yesterday"),
        lambda report: report.pop("complete"),
        lambda report: report["checks"][0].update(status="OK"),
        lambda report: report["checks"][0].update(group="Elsewhere"),
        lambda report: report["checks"][0].update(remedy=""),
        lambda report: report["checks"][0].update(more=1),
        lambda report: report["checks"][0].pop("evidence"),
    ],
)
def test_schema_is_strict(valid, reported, change):
    report = valid(reported("json", warned("careful")))
    change(report)
    with pytest.raises(ValidationError):
        valid(json.dumps(report))


def test_schema_lists_what_there_is(schema):
    check = schema["$defs"]["check"]["properties"]
    assert check["status"]["enum"] == list(Status)
    assert check["group"]["enum"] == list(GROUPS)
    assert schema["properties"]["level"]["enum"] == list(LEVELS)
    assert schema["properties"]["schema"]["const"] == SCHEMA
