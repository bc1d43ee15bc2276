"""A formula's graph: what is drawn, where it stands, and what leads to what."""

import sys
from types import SimpleNamespace

import pytest

from appliance_build.paths import PROJECT

sys.path.append(str(PROJECT / "notebooks"))
from workshop.graphs import Graph, graph


class Elemwise:
    """Theano's name for an operation element by element."""

    def __init__(self, scalar_op: str) -> None:
        self.scalar_op = scalar_op


def symbol(name: str) -> SimpleNamespace:
    return SimpleNamespace(owner=None, name=name)


def constant(value: object) -> SimpleNamespace:
    return SimpleNamespace(owner=None, name=None, data=value)


def result(op: object, *inputs: SimpleNamespace) -> SimpleNamespace:
    return SimpleNamespace(owner=SimpleNamespace(op=op, inputs=list(inputs)), name=None)


def texts(found: Graph, height: int) -> list[str]:
    return [n.text for n in sorted(found.nodes, key=lambda n: n.x) if n.height == height]


def test_formula_stands_as_it_is_written():
    power = result(Elemwise("pow"), symbol("x"), constant(2))
    times = result(Elemwise("mul"), constant(3), power)
    found = graph(result(Elemwise("add"), times, constant(1)))
    assert [texts(found, height) for height in (0, -1, -2, -3)] == [
        ["add"],
        ["mul", "1"],
        ["3", "pow"],
        ["x", "2"],
    ]
    arrows = {(found.nodes[a].text, found.nodes[b].text) for a, b in found.edges}
    assert arrows == {
        ("x", "pow"),
        ("2", "pow"),
        ("pow", "mul"),
        ("3", "mul"),
        ("mul", "add"),
        ("1", "add"),
    }
    assert {n.text for n in found.nodes if n.is_operation} == {"add", "mul", "pow"}


@pytest.mark.parametrize("order", [1, -1])
def test_what_is_used_twice_stands_once_below_both(order):
    x = symbol("x")
    square = result(Elemwise("sqr"), x)
    found = graph(result(Elemwise("mul"), *[x, square][::order]))
    assert [n.text for n in found.nodes] == ["x", "sqr", "mul"]
    assert [n.height for n in found.nodes] == [-2, -1, 0]
    assert len(found.edges) == 3


def test_places_are_not_taken_twice():
    inputs = [symbol(name) for name in "abcdef"]
    pairs = [result(Elemwise("add"), a, b) for a, b in zip(inputs[::2], inputs[1::2], strict=True)]
    found = graph(result(Elemwise("mul"), *pairs))
    places = [(n.x, n.height) for n in found.nodes]
    assert len(set(places)) == len(places) == 10


def test_fused_operation_is_told_with_the_names_of_its_inputs():
    sums = result("Sum{axis=[0]}", symbol("v"))
    op = Elemwise("Composite{(i0 + (i1 * sqr(i2)) + i10)}")
    others = [symbol(f"s{n}") for n in range(3, 10)]
    found = graph(result(op, constant(1.0), sums, symbol("x"), *others, symbol("last")))
    assert found.nodes[-1].text == "1.0 + (. * sqr(x)) + last"
    assert "Sum" in [n.text for n in found.nodes]
