"""Theano's and Lasagne's own tests, in the shipped tree (docs/theano.md has the figures)."""

import shutil
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from importlib.metadata import distribution
from pathlib import Path

import pytest

from appliance_build import wheels
from appliance_build.mirror import PYTHON

from .tree import Tree

pytestmark = pytest.mark.full

BROUGHT = "/opt/own-tests"
WORK = "/var/tmp/own-tests"

#: What runs the tests and is not shipped; all of it is plain Python.
RUNNERS = "pynose parameterized pytest iniconfig packaging pluggy pygments mock".split()

NOSE = "python3 -m nose --verbosity=2 --with-xunit --xunit-file={report} {tests}"
PYTEST = "python3 -m pytest -p no:cacheprovider --junit-xml={report} {tests}"


@dataclass(frozen=True)
class Suite:
    """Some of their tests.

    Attributes:
        tests: as the runner names them.
        floor: so many pass at least.
        flags: of Theano's defaults, those that the tests take for granted.
        known: failures that we do not mend, by test, with the reason.
    """

    tests: str
    floor: int
    flags: tuple[str, ...] = ()
    known: dict[str, str] = field(default_factory=dict)
    command: str = NOSE


SUITES = {
    "scalar": Suite("theano.scalar.tests.test_basic", 51),
    "gof": Suite("theano.gof.tests", 183, flags=("allow_gc=True",)),
}


@pytest.fixture(scope="module")
def equipped(tree: Tree, tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """The tree with the runners, and with Lasagne's tests, which its wheel leaves out."""
    target = tree.upper / BROUGHT.lstrip("/")
    for name in RUNNERS:
        for file in distribution(name).files:
            if ".." not in file.parts and file.suffix != ".pyc":
                copy = target / file
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file.locate(), copy)
    sources = tmp_path_factory.mktemp("sources")
    log = sources / "log"
    wheels.download(wheels.LOCKS / "sources.lock", sources, PYTHON["sources"], log)
    [archive] = sources.glob("[Ll]asagne-*.tar.gz")
    shutil.unpack_archive(archive, sources, filter="data")
    [tests] = sources.glob("*/lasagne/tests")
    shutil.copytree(tests, target / "lasagne-tests")
    tree.ok(f"chmod -R a+rX {BROUGHT}", user="root")
    tree.ok(f"mkdir {WORK}")
    return tree


@pytest.mark.parametrize("name", SUITES)
def test_own_tests_fail_only_where_we_know_why(equipped: Tree, name: str):
    suite = SUITES[name]
    report = f"{WORK}/{name}.xml"
    # Compiled code goes beside the shipped cache, which stays as it is.
    flags = ",".join([f"base_compiledir={WORK}", *suite.flags])
    done = equipped.run(
        f"cd {WORK} && PYTHONPATH={BROUGHT} THEANO_FLAGS={flags} timeout 1h "
        + suite.command.format(report=report, tests=suite.tests)
    )
    output = f"{done.stdout[-5000:]}{done.stderr[-5000:]}"
    assert done.returncode == (1 if suite.known else 0), output
    ended = outcomes(equipped.upper / report.lstrip("/"))
    failed = {test for test, outcome in ended.items() if outcome in ("failure", "error")}
    assert failed == set(suite.known), output
    passed = sum(outcome == "passed" for outcome in ended.values())
    print(f"{name}: {passed} passed, {len(failed)} failed, of {len(ended)}")
    assert passed >= suite.floor


def outcomes(report: Path) -> dict[str, str]:
    """What became of each test of a JUnit report: passed, skipped, failure or error."""
    found = {}
    for case in ElementTree.parse(report).iter("testcase"):
        marks = {child.tag for child in case} & {"skipped", "failure", "error"}
        found[f"{case.get('classname')}.{case.get('name')}"] = marks.pop() if marks else "passed"
    return found
