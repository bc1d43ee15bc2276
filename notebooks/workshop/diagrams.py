"""Pictures of what has no axes: formulas as graphs, networks as layers of units."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .graphs import Graph
from .plots import BLUE, ORANGE, panels

UNITS = 9  # so many of a layer are drawn, at most


def graphs(titled: Mapping[str, Graph], size: tuple[float, float] = (9, 3.2)) -> Figure:
    """Graphs side by side on one scale, each under its title; operations are boxes."""
    fig, several = panels(len(titled), size)
    lowest = min(node.height for graph in titled.values() for node in graph.nodes)
    for axes, (title, graph) in zip(several, titled.items(), strict=True):
        _empty(axes, title)
        for node in graph.nodes:
            box = {"boxstyle": "round" if node.is_operation else "circle", "facecolor": "white"}
            box["edgecolor"] = BLUE if node.is_operation else ORANGE
            axes.text(node.x, node.height, node.text, ha="center", va="center", bbox=box, zorder=2)
        for start, end in graph.edges:
            _arrow(axes, graph.nodes[start], graph.nodes[end])
        xs = [node.x for node in graph.nodes]
        axes.set(xlim=(min(xs) - 0.8, max(xs) + 0.8), ylim=(lowest - 0.5, 0.5))
    return fig


def network(layers: Sequence[tuple[str, int]], size: tuple[float, float] = (8, 3)) -> Figure:
    """Layers from left to right, each a name and its number of units, every unit a dot.

    Of a large layer a few units are drawn, with dots for the others; every unit has a line to
    every unit of the next layer, for that is what its weights are.
    """
    fig, (axes,) = panels(1, size)
    _empty(axes, "")
    columns = [_heights(count) for _, count in layers]
    for x, (left, right) in enumerate(pairwise(columns)):
        ends = [(y, z) for y in left for z in right]
        axes.plot([x, x + 1], list(zip(*ends, strict=True)), color="grey", linewidth=0.3, zorder=1)
    for x, ((name, count), heights) in enumerate(zip(layers, columns, strict=True)):
        axes.scatter([x] * len(heights), heights, s=70, color=BLUE, zorder=2)
        if count > UNITS:
            axes.text(x, 0, "...", rotation=90, ha="center", va="center", fontsize=14)
        axes.text(x, -UNITS / 2 - 0.3, f"{count} {name}", ha="center", va="top")
    axes.set(xlim=(-0.5, len(layers) - 0.5), ylim=(-UNITS / 2 - 1.2, UNITS / 2 + 0.2))
    return fig


def _heights(count: int) -> list[float]:
    """Where the units of a layer stand; the middle is left out where not all are drawn."""
    drawn = min(count, UNITS)
    heights = [i - (drawn - 1) / 2 for i in range(drawn)]
    return heights if count <= UNITS else [y for y in heights if abs(y) > 0.5]


def _empty(axes: Axes, title: str) -> None:
    axes.set_title(title, fontsize=10)
    axes.axis("off")


def _arrow(axes: Axes, start: object, end: object) -> None:
    style = {"arrowstyle": "->", "color": "grey", "shrinkA": 11, "shrinkB": 11}
    axes.annotate("", (end.x, end.height), (start.x, start.height), arrowprops=style, zorder=1)
