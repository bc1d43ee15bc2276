"""The report for CI, as JUnit XML: what Jenkins, GitLab and others draw as a list of tests.

Valid against junit-10.xsd of Jenkins' xUnit plugin, which is what pytest writes, too.
"""

from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from ..result import Status
from .text import explanation

SUITE = "appliance_check"


def render(report: dict) -> str:
    """FAIL is a failure and ERROR an error; what did not run is skipped, with its reason.

    A warning passes, with its text as output; under `--strict` it is a failure, as for the exit
    status. A run that was interrupted has an error of its own: unknown is not good.
    """
    cases = [_case(check, report["strict"]) for check in report["checks"]]
    if not report["complete"]:
        unfinished = Element("testcase", classname=SUITE, name="complete", time="0.000")
        SubElement(unfinished, "error", type="INTERRUPTED", message=report["summary"])
        cases.append(unfinished)
    counts = {
        "tests": len(cases),
        "failures": sum(case.find("failure") is not None for case in cases),
        "errors": sum(case.find("error") is not None for case in cases),
    }
    totals = {name: str(count) for name, count in counts.items()}
    totals["time"] = f"{sum(check['seconds'] for check in report['checks']):.3f}"
    root = Element("testsuites", totals)
    suite = SubElement(root, "testsuite", totals, name=SUITE, timestamp=report["time"])
    suite.set("skipped", str(sum(case.find("skipped") is not None for case in cases)))
    properties = SubElement(suite, "properties")
    for name in ("title", "version", "profile", "level", "summary"):
        SubElement(properties, "property", name=name, value=report[name])
    suite.extend(cases)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, "unicode")


def _case(check: dict, strict: bool) -> Element:
    case = Element(
        "testcase",
        classname=f"{SUITE}.{check['group']}",
        name=check["id"],
        time=f"{check['seconds']:.3f}",
    )
    status, message = check["status"], check["message"]
    if status in (Status.SKIP, Status.NOT_APPLICABLE):
        SubElement(case, "skipped", type=status, message=message)
    elif status == Status.WARN and not strict:
        SubElement(case, "system-out").text = f"WARN: {message}\n{explanation(check)}"
    elif status != Status.PASS:
        kind = "error" if status == Status.ERROR else "failure"
        SubElement(case, kind, type=status, message=message).text = explanation(check)
    return case
