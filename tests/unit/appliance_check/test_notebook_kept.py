"""A lesson that failed is kept as far as it ran; one that is well leaves nothing behind."""

import json
import os
from html.parser import HTMLParser
from pathlib import Path

import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from appliance_check.checks.notebooks import Notebooks
from appliance_check.probes.notebook_kept import keep

from .notebook_cells import EXPECT

FAILED = Path(".local/state/workshop/failed")
SHOWN = """from IPython.display import HTML, display
display(HTML('<img src="https://lesson.example/a.png"><script src="https://lesson.example/b.js"></script>'))
print("before the end")"""
# Elements that ask for what their attribute names without being clicked.
ASKING = {"src", "srcset", "data", "poster", "background"}


class Requests(HTMLParser):
    """Collects what a page asks for, and its policy."""

    def __init__(self):
        super().__init__()
        self.asked: list[str] = []
        self.policies: list[str] = []

    def handle_starttag(self, tag: str, attributes: list) -> None:
        found = dict(attributes)
        if found.get("http-equiv", "").lower() == "content-security-policy":
            self.policies.append(found["content"])
        asked = [value for key, value in attributes if key in ASKING]
        asked += [found["href"]] if tag == "link" else []
        self.asked += [each for each in asked if not each.startswith("data:")]


def requests(path: Path) -> Requests:
    parser = Requests()
    parser.feed(path.read_text())
    return parser


def test_failed_lesson_is_kept_with_its_outputs(run_notebooks, context):
    reports, _ = run_notebooks({"a": (["print('hello')", "1/0", EXPECT], {})})
    kept = reports["a"]["kept"]
    folder = context.home / FAILED
    assert kept == {"ipynb": str(folder / "a.ipynb"), "html": str(folder / "a.html")}
    assert sorted(path.name for path in folder.iterdir()) == ["a.html", "a.ipynb"]
    cells = json.loads(Path(kept["ipynb"]).read_text())["cells"]
    assert cells[0]["outputs"][0]["text"] == ["hello\n"]
    assert cells[1]["outputs"][0]["ename"] == "ZeroDivisionError"
    assert cells[2]["execution_count"] is None
    text = Path(kept["html"]).read_text()
    assert "hello" in text and "ZeroDivisionError" in text and reports["a"]["problem"] in text
    assert str(FAILED) in Notebooks.remedy


def test_page_asks_for_nothing_from_anywhere(run_notebooks):
    reports, _ = run_notebooks({"plain": (["1/0", EXPECT], {}), "shows": ([SHOWN, "1/0"], {})})
    plain, shows = (requests(Path(reports[name]["kept"]["html"])) for name in ("plain", "shows"))
    assert plain.asked == []
    # What the lesson itself shows stays as it was; the page's policy keeps browsers from asking.
    assert shows.asked == ["https://lesson.example/a.png", "https://lesson.example/b.js"]
    for page in (plain, shows):
        [policy] = page.policies
        assert policy.startswith("default-src 'none'; ")
        assert "http" not in policy and "*" not in policy


def test_newest_failure_replaces_the_one_before_and_success_removes_it(run_notebooks, context):
    folder = context.home / FAILED
    run_notebooks({"a": (["print('first')\n1/0"], {}), "b": (["1/0"], {})})
    run_notebooks({"a": (["print('second')\n1/0"], {})})
    assert "second" in (folder / "a.ipynb").read_text()
    run_notebooks({"a": (["x = 1", EXPECT], {})})
    assert sorted(path.name for path in folder.iterdir()) == ["b.html", "b.ipynb"]
    run_notebooks({"b": (["x = 1", EXPECT], {})})
    assert not folder.exists()


def test_what_died_or_is_no_valid_text_is_kept_too(run_notebooks):
    died = "import os\nprint('last words', flush=True)\nos.abort()"
    reports, _ = run_notebooks(
        {"died": ([died], {}), "odd": ([r"print('\udcff'); raise ValueError('\x00\udcff')"], {})}
    )
    for report in reports.values():
        for path in report["kept"].values():
            assert Path(path).read_text()
    assert "last words" in Path(reports["died"]["kept"]["ipynb"]).read_text()


def test_what_is_no_valid_text_is_written_all_the_same(tmp_path):
    notebook = new_notebook(cells=[new_markdown_cell("odd \udcff, whole")])
    kept = keep(notebook, "odd", "problem \udcff", tmp_path)
    for suffix in ("ipynb", "html"):
        assert ", whole" in Path(kept[suffix]).read_text(encoding="utf-8")


@pytest.mark.parametrize("obstacle", [Path(".local"), FAILED / "a.ipynb"])
def test_lack_of_room_does_not_hide_the_problem(run_notebooks, context, obstacle):
    path = context.home / obstacle
    path.parent.mkdir(parents=True, exist_ok=True)
    if obstacle == Path(".local"):
        path.write_text("a file where a folder should be")  # works for root, too
    else:
        (path / "in the way").mkdir(parents=True)
    reports, _ = run_notebooks({"a": (["1/0", EXPECT], {})})
    assert "ZeroDivisionError" in reports["a"]["problem"]
    assert reports["a"]["kept"]["ipynb"].startswith("not kept: ")
    assert not [each for each in context.home.rglob("*.part") if os.path.lexists(each)]
