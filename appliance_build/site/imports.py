"""Which module of this project imports which, read from the code without running it."""

import ast
from collections.abc import Iterator
from pathlib import Path

from ..paths import PROJECT

PACKAGES = ("appliance_build", "appliance_check", "appliance_update")

#: What nearly every module uses: errors, settings, progress, and programs that are run.
COMMON = {"bootstrap", "cli", "description", "errors", "parallel", "paths", "progress", "run"}
COMMON |= {"store"}

Graph = dict[str, set[str]]


def modules() -> Graph:
    """Each module by its dotted name, with the modules of ours that it imports."""
    files = {
        ".".join(file.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__"): file
        for package in PACKAGES
        for file in (PROJECT / package).rglob("*.py")
    }
    return {
        name: {known for word in _words(name, file) if (known := _known(word, files))} - {name}
        for name, file in sorted(files.items())
    }


def parts() -> Graph:
    """The same between the parts of the build: its folders, and its modules that are in none.

    What is common to all is left out, and so is what follows from other imports.
    """
    graph: Graph = {}
    for name, used in modules().items():
        graph.setdefault(_part(name), set()).update(map(_part, used))
    drawn = {name for name in graph if name not in COMMON | {"appliance_build"}}
    graph = {name: (graph[name] & drawn) - {name} for name in sorted(drawn)}
    alone = drawn - set().union(*graph.values()) - {name for name in drawn if graph[name]}
    return without_shortcuts({name: used for name, used in graph.items() if name not in alone})


def without_shortcuts(graph: Graph) -> Graph:
    """The graph without each edge whose ends are connected by others."""
    kept = {name: set(used) for name, used in graph.items()}
    for name in sorted(kept):
        for used in sorted(kept[name]):
            kept[name].discard(used)
            if not _leads(kept, name, used):
                kept[name].add(used)
    return kept


def _leads(graph: Graph, start: str, end: str) -> bool:
    waiting, seen = [start], set()
    while waiting:
        fresh = graph.get(waiting.pop(), set()) - seen
        seen |= fresh
        waiting += fresh
    return end in seen


def _part(module: str) -> str:
    package, *rest = module.split(".")
    return rest[0] if package == PACKAGES[0] and rest else package


def _known(word: str, files: dict[str, Path]) -> str:
    """The module that a dotted name is, or is in; empty if it is not ours."""
    while word and word not in files:
        word = word.rpartition(".")[0]
    return word if "." in word else ""


def _words(name: str, file: Path) -> Iterator[str]:
    """The dotted names that a file imports, from the outermost package on."""
    package = name.split(".") if file.name == "__init__.py" else name.split(".")[:-1]
    for node in _nodes(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = [*above, *([node.module] if node.module else [])]
            yield from (".".join([*base, each.name]) for each in node.names)


def _nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """All below a node, but for what only a type checker runs."""
    for node in ast.iter_child_nodes(tree):
        if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
            yield node
            yield from _nodes(node)
