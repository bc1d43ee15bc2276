"""The figures of docs/architecture.md, drawn of the code by Graphviz.

They are committed, so that they are seen without a build; a test compares them with the code.
"""

import re
import subprocess
from dataclasses import dataclass
from html import escape
from pathlib import Path

from ..layers import ABOUT, EXTRA, FORMS, LAYERS, stack
from ..paths import PROJECT
from ..run import require
from . import imports

FOLDER = PROJECT / "docs" / "images"

#: Layers that one form alone has, as their names say.
ONES_OWN = {*ABOUT.values(), *EXTRA.values()}

#: Opaque boxes and grey arrows, which show on a light and on a dark page.
STYLE = """rankdir=LR; nodesep=0.18; ranksep=0.45; bgcolor=transparent;
node [shape=box, style="filled,rounded", fillcolor="#dbeafe", color="#3b74c4", fontcolor="#102a4c",
      fontname="Helvetica,sans-serif", fontsize=13, height=0.4];
edge [color="#7d8590", penwidth=1.3, arrowsize=0.7];"""


@dataclass(frozen=True)
class Figure:
    """A graph, drawn from left to right.

    Attributes:
        labels: of each node, in as many lines as it has.
        edges: pairs of nodes, from the left one to the right one.
    """

    name: str
    title: str
    labels: dict[str, str]
    edges: frozenset[tuple[str, str]]

    @property
    def file(self) -> Path:
        return FOLDER / f"{self.name}.svg"

    @property
    def description(self) -> str:
        """The same in words."""
        lines = []
        for name in self.labels:
            right = sorted(b for a, b in self.edges if a == name)
            lines += [f"{name} leads to {', '.join(right)}."] if right else []
        return " ".join(lines)

    def source(self) -> str:
        """In Graphviz's language."""
        nodes = (f'"{name}" [label="{label}"];' for name, label in self.labels.items())
        edges = (f'"{a}" -> "{b}";' for a, b in sorted(self.edges))
        return "\n".join([f'digraph "{self.name}" {{', STYLE, *nodes, *edges, "}"])

    def draw(self) -> str:
        """As SVG that fills the width it is given, with a title and a description.

        Raises:
            BuildError: Graphviz is missing.
        """
        require("dot")
        drawn = subprocess.run(
            ["dot", "-Tsvg"], input=self.source(), capture_output=True, text=True, check=True
        ).stdout
        drawn = re.sub(r"<!--.*?-->\n?", "", drawn[drawn.index("<svg") :], flags=re.S)
        named = (
            '<svg role="img" aria-labelledby="title description"\\1>\n'
            f'<title id="title">{escape(self.title)}</title>\n'
            f'<desc id="description">{escape(self.description)}</desc>'
        )
        drawn = re.sub(r'<svg width="\d+pt" height="\d+pt"([^>]*)>', named, drawn)
        return re.sub(r'(<g id="graph0".*>\n)<title>.*</title>\n', r"\1", drawn)


def figures() -> list[Figure]:
    """All, as the code is now."""
    return [_layers(), _imports()]


def write() -> list[Path]:
    """Draw all; the files."""
    for each in figures():
        each.file.write_text(each.draw(), encoding="utf-8")
    return [each.file for each in figures()]


def _layers() -> Figure:
    """What stands on what; below each name the forms in which it is handed out."""
    below = imports.without_shortcuts({name: set(each.below) for name, each in LAYERS.items()})
    labels = {}
    for name in LAYERS:
        forms = [form for form in FORMS if name in stack(form, extra=True)]
        shown = "" if name in ONES_OWN else f"\\nin {', '.join(forms) or 'tests alone'}"
        labels[name] = name + shown
    edges = frozenset((under, name) for name, used in below.items() for under in used)
    return Figure("layers-graph", "The layers, and what each stands on", labels, edges)


def _imports() -> Figure:
    """Who imports whom: from what is used to its user."""
    graph = imports.parts()
    edges = frozenset((used, name) for name, users in graph.items() for used in users)
    labels = {name: name for name in graph}
    return Figure("imports-graph", "The parts of the build, and who uses whom", labels, edges)
