"""Runs lessons in the tree and tells what they show."""

import json
import shlex

from .tree import Tree

#: Runs a lesson's cells, up to the first one that has a text, in a folder of its own.
EXECUTE = """
import json, sys, tempfile
import nbformat
from nbclient import NotebookClient
lesson, last = sys.argv[1:]
notebook = nbformat.read(f"/usr/share/workshop/notebooks/{lesson}.ipynb", 4)
if last:
    end = next(i for i, cell in enumerate(notebook.cells) if last in cell.source)
    notebook.cells = notebook.cells[: end + 1]
place = {"metadata": {"path": tempfile.mkdtemp()}}
NotebookClient(notebook, timeout=600, allow_errors=True, resources=place).execute()
print(json.dumps([out for cell in notebook.cells for out in cell.get("outputs", [])]))
"""


def executed(tree: Tree, lesson: str, last: str = "", **settings: str) -> list[dict]:
    """The outputs of a lesson's cells, up to the first one that has the text `last`."""
    tree.write("/var/tmp/execute.py", EXECUTE, mode="0644")
    environment = " ".join(f"{name}={value}" for name, value in settings.items())
    words = f"/opt/jupyter/bin/python3 /var/tmp/execute.py {lesson} {shlex.quote(last)}"
    return json.loads(tree.ok(f"{environment} WORKSHOP_PROFILE=quick {words}").splitlines()[-1])
