"""Runs lessons in the tree and tells what they show."""

import json
import shlex

from .tree import Tree

#: Runs a lesson's cells, up to the first one that has a text, in a folder of its own.
EXECUTE = """
import json, sys, tempfile
import nbformat
from nbclient import NotebookClient
path, last = sys.argv[1:]
notebook = nbformat.read(path, 4)
if last:
    end = next(i for i, cell in enumerate(notebook.cells) if last in cell.source)
    notebook.cells = notebook.cells[: end + 1]
place = {"metadata": {"path": tempfile.mkdtemp()}}
NotebookClient(notebook, timeout=600, allow_errors=True, resources=place).execute()
print(json.dumps([out for cell in notebook.cells for out in cell.get("outputs", [])]))
"""


#: Where the lessons are as they were shipped.
SHIPPED = "/usr/share/workshop/notebooks"


def executed(tree: Tree, lesson: str, last: str = "", **settings: str) -> list[dict]:
    """The outputs of a shipped lesson's cells, up to the first one that has the text `last`."""
    return run(tree, f"{SHIPPED}/{lesson}.ipynb", last, **settings)


def run(tree: Tree, notebook: str, last: str = "", **settings: str) -> list[dict]:
    """The same for a notebook at any path in the tree."""
    tree.write("/var/tmp/execute.py", EXECUTE, mode="0644")
    environment = " ".join(f"{name}={value}" for name, value in settings.items())
    words = f"/opt/jupyter/bin/python3 /var/tmp/execute.py {notebook} {shlex.quote(last)}"
    return json.loads(tree.ok(f"{environment} WORKSHOP_PROFILE=quick {words}").splitlines()[-1])
