"""The report as a page: well-formed, whole, nothing of it taken for HTML, nothing asked for."""

import base64
import hashlib
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from appliance_check.result import Result, Status, failed

SCRIPT = "<script>alert('x')</script><img src=x onerror=alert(1)>"


def read(text: str) -> Element:
    assert text.startswith("<!DOCTYPE html>\n")
    return ElementTree.fromstring(text.encode())


@pytest.fixture
def page(reported) -> Element:
    results = [Result(status, f"it says {status}", {"n": SCRIPT}) for status in Status]
    return read(reported("html", *results))


def words(element: Element) -> str:
    return " ".join(" ".join(element.itertext()).split())


def test_statuses_stand_as_mark_and_word(page):
    rows = [words(row) for row in page.iter("tr") if row.find("td") is not None]
    marks = ("✓ PASS", "! WARN", "✗ FAIL", "· SKIP", "· N/A", "✗ ERROR")
    assert len(rows) == len(marks)
    for mark, row in zip(marks, rows, strict=True):
        assert mark in row


def test_problems_come_first_with_all_that_helps(page):
    titles = [words(article.find("h3")) for article in page.iter("article")]
    assert titles == [
        "! WARN second: it says WARN",
        "✗ FAIL third: it says FAIL",
        "✗ ERROR sixth: it says ERROR",
    ]
    for article in page.iter("article"):
        assert "Run the test again." in words(article)
        assert "It matters to the test." in words(article)
        assert "docs/checks.md#" in words(article)
    assert words(page.find(".//h1")) == "2 problems: third, sixth."


def test_commands_stand_alone_to_be_copied(reported):
    result = failed("broken", "Type `workshop reset 1 && echo <ok>`, or look at `status`.")
    typed = [words(each) for each in read(reported("html", result)).iter("pre")]
    assert typed == ["workshop reset 1 && echo <ok>"]


def test_expected_and_found_come_first(reported):
    result = failed("broken", other=1, found=2, expected=3)
    terms = [words(each) for each in read(reported("html", result)).find(".//article/dl")]
    assert terms == ["expected", "3", "found", "2", "other", "1"]


def test_nothing_is_asked_for_and_nothing_runs(page):
    for element in page.iter():
        assert element.tag not in (
            "script",
            "img",
            "iframe",
            "object",
            "embed",
            "form",
            "base",
            "a",
        )
        assert not [name for name in element.attrib if name.startswith("on") or name == "src"]
        assert element.get("href", "data:,") == "data:,"
    style = page.find(".//style").text
    assert "url(" not in style and "@import" not in style
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    rules = page.find(".//meta[@http-equiv]").get("content")
    assert rules.startswith("default-src 'none'; ") and f"'sha256-{digest}'" in rules


def test_what_was_found_is_text(page):
    assert SCRIPT in words(page)


def test_names_are_unique_and_those_that_are_referred_to_exist(page):
    ids = [each.get("id") for each in page.iter() if each.get("id")]
    assert len(ids) == len(set(ids))
    assert {each.get("aria-labelledby") for each in page.iter()} <= {*ids, None}
