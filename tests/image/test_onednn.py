"""theano_onednn beside Theano's own operations, in the shipped tree."""

import json
import shutil
from pathlib import Path

import pytest

from .tree import Tree

PROGRAMS = Path(__file__).parent / "onednn"
BROUGHT = "/opt/onednn-tests"
LIBRARY = "/usr/lib/x86_64-linux-gnu/libdnnl.so.2"

#: Problems for each program: with `make test`, and with `make test-full`.
COUNTS = {
    "convolutions": (60, 3000),
    "poolings": (300, 5000),
    "gradients": (10, 200),
    "products": (200, 5000),
    "recurrences": (100, 5000),
    "steadiness": (100, 1000),
}


@pytest.fixture(scope="module")
def brought(tree: Tree) -> Tree:
    """The tree with the programs."""
    shutil.copytree(PROGRAMS, tree.upper / BROUGHT.lstrip("/"))
    tree.ok(f"chmod -R a+rX {BROUGHT}", user="root")
    return tree


def run(tree: Tree, program: str, *arguments: object, **environment: str) -> dict:
    """What a program found; it says so where something is wrong."""
    settings = {
        "OMP_NUM_THREADS": "2",
        "OPENBLAS_NUM_THREADS": "1",
        "THEANO_FLAGS": "onednn.enabled=True",  # whatever .theanorc says
        **environment,
    }
    words = [*(f"{name}={value}" for name, value in settings.items()), "python3", "-W", "ignore"]
    line = " ".join(map(str, (*words, f"{program}.py", *arguments)))
    return json.loads(tree.ok(f"cd {BROUGHT} && {line}").splitlines()[-1])


@pytest.mark.parametrize("program", COUNTS)
def test_it_computes_what_theano_does(brought: Tree, program: str):
    print(program, run(brought, program, COUNTS[program][0], 1))


@pytest.mark.full
@pytest.mark.parametrize("program", COUNTS)
def test_it_computes_what_theano_does_thousands_of_times(brought: Tree, program: str):
    print(program, run(brought, program, COUNTS[program][1], 2))


@pytest.mark.parametrize("instructions", ["SSE41", "AVX", "AVX2"])
def test_older_processors_compute_the_same(brought: Tree, instructions: str):
    run(brought, "convolutions", 30, 3, ONEDNN_MAX_CPU_ISA=instructions)


def test_processes_compute_the_same_bits(brought: Tree):
    first, second = (run(brought, "steadiness", 20, 5)["digest"] for _ in range(2))
    assert first == second


def test_its_threads_compute_on_a_core_each(brought: Tree):
    run(brought, "cores", 50, 1)


def test_what_it_does_not_know_is_left_to_theano(brought: Tree):
    assert run(brought, "alone") == {"ours": True, "why_not": ""}


def test_it_can_be_switched_off(brought: Tree):
    found = run(brought, "alone", THEANO_FLAGS="onednn.enabled=False")
    assert not found["ours"] and "onednn.enabled" in found["why_not"]


def test_without_the_library_theano_computes_and_the_doctor_says_so(brought: Tree):
    brought.ok(f"mv {LIBRARY} {LIBRARY}.away", user="root")
    try:
        found = run(brought, "alone")
        done = brought.run("appliance-check --profile tree --only theano --json -")
    finally:
        brought.ok(f"mv {LIBRARY}.away {LIBRARY}", user="root")
    assert not found["ours"] and "libdnnl" in found["why_not"]
    checks = {check["id"]: check for check in json.loads(done.stdout)["checks"]}
    assert checks["theano"]["status"] == "WARN"
    assert "libdnnl" in checks["theano"]["message"]
