"""The page that reports point to has what the checks say now."""

from appliance_build.paths import PROJECT
from appliance_check.checks import CHECKS
from appliance_check.reports.content import PAGE

from . import checks_page
from .documents import Document


def test_page_is_made_of_the_checks():
    written = (PROJECT / PAGE).read_text(encoding="utf-8")
    assert written == checks_page.page(), "run python3 -m tests.unit.checks_page"


def test_every_check_has_its_section():
    assert {each.id for each in CHECKS} <= Document(PAGE).anchors()
