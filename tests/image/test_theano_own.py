"""Theano's and Lasagne's own tests, in the shipped tree (docs/theano.md has the figures)."""

import shutil
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

import pytest

from appliance_build.inputs import wheels
from appliance_build.inputs.mirror import PYTHON

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
        known: the tests that fail, and that we do not mend.
    """

    tests: str
    floor: int
    flags: tuple[str, ...] = ()
    known: frozenset[str] = frozenset()
    command: str = NOSE


def named(package: str, *tests: str) -> str:
    """Tests of Theano's, as nose names them."""
    return " ".join(f"theano.{package}.tests.{test}" for test in tests)


#: Their generators of thousands of convolutions are left out: they would take an hour.
CONVOLUTIONS = """
    TestGetConvOutShape TestConvGradInputsShape TestAssertConvShape TestAssertShape TestConvTypes
    TestConv2dGrads TestConv2dTranspose TestBilinearUpsampling TestCausalConv
    TestAsymmetricPadding Grouped_conv_noOptim Separable_conv
    TestCorrConv2d.test_gradinput_arbitrary_output_shapes
    TestAbstractConvNoOptim.test_gradinput_arbitrary_output_shapes
""".split()

#: Their fixture mocks a bare MergeLayer, whose output_shape raises NotImplementedError, as it
#: should. Since version 4 mock looks at every attribute of what it mocks; Lasagne is from 2015.
MOCKED_MERGE_LAYER = [
    f"layers.test_helper.{group}_MergeLayer.test_get_output{case}"
    for group, cases in {
        "TestGetOutput": """_without_arguments _with_single_argument_fails _input_is_a_mapping
            _input_is_a_mapping_no_key _input_is_a_mapping_to_array
            _input_is_a_mapping_for_layer _input_is_a_mapping_for_input_layer""",
        "TestGetOutputShape": """_shape_without_arguments _shape_with_single_argument_fails
            _shape_input_is_a_mapping _shape_input_is_a_mapping_no_key
            _shape_input_is_a_mapping_for_layer _shape_input_is_a_mapping_for_input_layer""",
    }.items()
    for case in cases.split()
]

#: They look for Theano's own operations in a graph, where theano_onednn has put its products.
THEIR_PRODUCTS = """
    test_inplace0 test_inplace1 test_gemm_with_vector test_gemm_opt_wishlist test_gemm_opt0
    test_gemm_opt_double_gemm test_gemm_nested test_dot22 test_dot22scalar_cast
    t_gemm.test_factorised_scalar
""".split()

SUITES = {
    "scalar": Suite(named("scalar", "test_basic"), 51),
    # One test looks at what allow_gc = True frees.
    "gof": Suite("theano.gof.tests", 183, flags=("allow_gc=True",)),
    "compile": Suite(named("compile", "test_function_module", "test_shared", "test_mode"), 52),
    "blas": Suite(
        named("tensor", "test_blas"),
        1253,
        known=frozenset(f"theano.tensor.tests.test_blas.{test}" for test in THEIR_PRODUCTS),
    ),
    "elemwise": Suite(named("tensor", "test_elemwise"), 59),
    "convolution": Suite(
        named("tensor.nnet", *(f"test_abstract_conv:{name}" for name in CONVOLUTIONS)), 51
    ),
    "correlation": Suite(named("tensor.nnet", "test_corr"), 34),
    "pool": Suite(named("tensor.signal", "test_pool"), 423),
    "nnet": Suite(named("tensor.nnet", "test_sigm", "test_nnet", "test_bn"), 125),
    "scan": Suite(named("scan_module", "test_scan"), 142),
    "random": Suite(named("sandbox", "test_rng_mrg"), 28),
    "lasagne": Suite(
        f"{BROUGHT}/lasagne-tests", 469, command=PYTEST, known=frozenset(MOCKED_MERGE_LAYER)
    ),
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
    failed = {test for test, outcome in ended if outcome in ("failure", "error")}
    assert failed == suite.known, output
    counts = Counter(outcome for _, outcome in ended)
    print(f"{name}: {dict(counts)}")
    assert counts["passed"] >= suite.floor


def outcomes(report: Path) -> list[tuple[str, str]]:
    """What became of each test of a JUnit report: passed, skipped, failure or error."""
    found = []
    for case in ElementTree.parse(report).iter("testcase"):
        marks = {child.tag for child in case} & {"skipped", "failure", "error"}
        test = f"{case.get('classname')}.{case.get('name')}"
        found.append((test, marks.pop() if marks else "passed"))
    return found
