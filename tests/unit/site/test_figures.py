"""The figures of the architecture page are those of the code."""

from graphlib import TopologicalSorter
from pathlib import Path
from xml.etree import ElementTree

import pytest

from appliance_build.layers import LAYERS
from appliance_build.site import figures, imports

SVG = "{http://www.w3.org/2000/svg}"
every_figure = pytest.mark.parametrize("figure", figures.figures(), ids=lambda each: each.name)


def read(text: str) -> tuple[dict[str, str], set[tuple[str, str]], str]:
    """Labels, edges and description that a drawing has."""
    root = ElementTree.fromstring(text)
    labels, edges = {}, set()
    for group in root.iter(f"{SVG}g"):
        name = group.findtext(f"{SVG}title")
        if group.get("class") == "node":
            labels[name] = "\\n".join(line.text for line in group.iter(f"{SVG}text"))
        elif group.get("class") == "edge":
            edges.add(tuple(name.split("->")))
    return labels, edges, root.findtext(f"{SVG}desc")


@every_figure
def test_the_committed_figure_is_fresh(figure: figures.Figure):
    found = read(figure.file.read_text(encoding="utf-8"))
    assert found == (figure.labels, figure.edges, figure.description), "run make docs-figures"


@every_figure
def test_a_drawing_has_all_of_the_graph(figure: figures.Figure):
    drawn = figure.draw()
    assert read(drawn) == (figure.labels, figure.edges, figure.description)
    assert ElementTree.fromstring(drawn).get("width") is None, "it fills the page"


def test_layers_stand_on_what_the_code_says():
    layers = next(each for each in figures.figures() if each.name == "layers-graph")
    assert layers.labels.keys() == LAYERS.keys()
    above = {name: {a for a, b in layers.edges if b == name} for name in LAYERS}
    for name, layer in LAYERS.items():
        reached, waiting = set(), [name]
        while waiting:
            fresh = above[waiting.pop()] - reached
            reached |= fresh
            waiting += fresh
        assert reached == set(layer.below), f"{name} is drawn on something else"


def test_no_import_goes_in_circles():
    assert [*TopologicalSorter(imports.modules()).static_order()]


@pytest.mark.parametrize("package", ["appliance_check", "appliance_update"])
def test_what_ships_uses_nothing_of_the_build(package: str):
    used = {name: used for name, used in imports.modules().items() if name.startswith(package)}
    assert used
    for name, others in used.items():
        assert not [each for each in others if each.startswith("appliance_build")], name


def test_imports_are_read_from_the_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    files = {
        "appliance_build/one.py": "from .inputs import two\nimport json",
        "appliance_build/inputs/__init__.py": "",
        "appliance_build/inputs/two.py": "def late():\n    from ..three import thing",
        "appliance_build/three.py": "import appliance_check.result\n"
        "if TYPE_CHECKING:\n    from . import one",
        "appliance_check/result.py": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(imports, "PROJECT", tmp_path)
    found = imports.modules()
    assert found["appliance_build.one"] == {"appliance_build.inputs.two"}
    assert found["appliance_build.inputs.two"] == {"appliance_build.three"}
    assert imports.parts() == {
        "appliance_check": set(),
        "inputs": {"three"},
        "one": {"inputs"},
        "three": {"appliance_check"},
    }
