"""The graph of a formula, as Theano has it, made ready to be drawn: what stands where.

Knows of Theano only that a variable has an `owner`, the operation that computes it, with an `op`
and with `inputs`, which are variables again.
"""

import re
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Node:
    """A symbol, a constant or an operation. Heights are counted from the result, which has 0."""

    text: str
    is_operation: bool
    x: float
    height: int


@dataclass
class Graph:
    """Nodes, and pairs of their numbers: from an input to the operation that uses it."""

    nodes: list[Node] = field(default_factory=list)
    edges: list[tuple[int, int]] = field(default_factory=list)


def graph(result: Any) -> Graph:
    """The graph below a variable of Theano's.

    What goes in stands side by side in the order of the formula, each operation above the middle
    of its inputs, and everything lower than all that uses it.
    """
    found, depth = Graph(), _depths(result)
    numbers: dict[int, int] = {}
    columns = iter(range(len(depth)))

    def visit(variable: Any) -> int:
        operation = variable.owner
        key = id(operation or variable)
        if key in numbers:
            return numbers[key]
        inputs = [visit(each) for each in operation.inputs] if operation else []
        xs = [found.nodes[number].x for number in inputs] or [next(columns)]
        text = _operation(operation) if operation else _leaf(variable)
        x = (min(xs) + max(xs)) / 2
        found.nodes.append(Node(text, bool(operation), x, -depth[key]))
        numbers[key] = len(found.nodes) - 1
        found.edges += [(number, numbers[key]) for number in inputs]
        return numbers[key]

    visit(result)
    return found


def _depths(result: Any) -> dict[int, int]:
    """How far below the result each variable and operation is, by the longest way."""
    depth: dict[int, int] = {}

    def visit(variable: Any, level: int) -> None:
        key = id(variable.owner or variable)
        if level <= depth.get(key, -1):
            return
        depth[key] = level
        for each in variable.owner.inputs if variable.owner else []:
            visit(each, level + 1)

    visit(result, 0)
    return depth


def _leaf(variable: Any) -> str:
    """The name of a symbol, the value of a constant."""
    return variable.name or str(getattr(variable, "data", variable))


def _operation(operation: Any) -> str:
    """What an operation does, with its inputs' names in place of Theano's i0, i1, ..."""
    text = str(getattr(operation.op, "scalar_op", operation.op))
    if not text.startswith("Composite{"):
        return text.partition("{")[0]
    names = ["." if each.owner else _leaf(each) for each in operation.inputs]
    formula = text.removeprefix("Composite{").removesuffix("}").removeprefix("(").removesuffix(")")
    return re.sub(r"\bi(\d+)\b", lambda found: names[int(found[1])], formula)
