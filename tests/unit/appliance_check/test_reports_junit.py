"""The report for CI is valid JUnit XML, and says of each check what a CI makes of it."""

import subprocess
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from appliance_check.result import Result, Status, failed, warned

# From testing/example_scripts of pytest 9.2.0, which has it from Jenkins' xUnit plugin; MIT.
XSD = Path(__file__).with_name("junit-10.xsd")
NASTY = "a <b> & \"c\" 'd' ]]> \x00\x08\x1b[31m \ud800 ü\n\ttab"


@pytest.fixture
def valid(tmp_path):
    """Reads a report, after it was held against the schema."""

    def read(text: str) -> Element:
        file = tmp_path / "report.xml"
        file.write_text(text, encoding="utf-8")
        command = ["xmllint", "--nonet", "--noout", "--schema", XSD, file]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return ElementTree.fromstring(text.encode())

    return read


def cases(root: Element) -> dict[str, list[str]]:
    """The elements inside each test case."""
    return {case.get("name"): [each.tag for each in case] for case in root.iter("testcase")}


def test_what_each_status_becomes(valid, reported):
    results = [Result(status, f"it says {status}") for status in Status]
    root = valid(reported("junit", *results))
    assert list(cases(root).values()) == [
        [],  # PASS
        ["system-out"],  # WARN
        ["failure"],  # FAIL
        ["skipped"],  # SKIP
        ["skipped"],  # NOT_APPLICABLE
        ["error"],  # ERROR
    ]
    suite = root.find("testsuite")
    counts = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "6", "failures": "1", "errors": "1", "skipped": "2"}
    assert [s.get("message") for s in root.iter("skipped")] == [
        "it says SKIP",
        "it says NOT_APPLICABLE",
    ]


def test_strict_makes_a_warning_a_failure(valid, reported):
    root = valid(reported("junit", warned("careful"), arguments=["--strict"]))
    assert cases(root) == {"first": ["failure"]}


def test_failure_says_what_to_do(valid, reported):
    root = valid(reported("junit", failed("broken", "Type `workshop reset 1`.", found=3)))
    failure = root.find(".//failure")
    assert failure.get("message") == "broken"
    for words in ("found: 3", "It matters to the test.", "workshop reset 1"):
        assert words in failure.text


def test_no_text_breaks_the_file(valid, reported):
    root = valid(reported("junit", failed(NASTY, output=NASTY), warned(NASTY, NASTY)))
    assert "a <b> & \"c\" 'd' ]]>" in root.find(".//failure").get("message")
    assert "\ttab" in root.find(".//failure").text
