"""A small appliance in a temporary folder, described by the project's own appliance.yml."""

import json
import os
import pwd
import sys
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from appliance_build.description import load
from appliance_check.checks.notebooks import Notebooks
from appliance_check.cli import main
from appliance_check.context import Context
from appliance_check.result import Result

from .repairing import WORKSHOP, Made, program

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def description() -> dict:
    """appliance.yml, with the caller in the attendee's place, so that tests run as anyone."""
    found = load().model_dump(mode="json")
    found["user"]["name"] = pwd.getpwuid(os.getuid()).pw_name
    return found


@pytest.fixture
def write_notebook():
    """Writes a notebook; each cell is source, or (source, tag), or a whole cell."""

    def write(
        path: Path, *cells: str | tuple[str, str] | NotebookNode, seconds=60, memory_mb=900
    ) -> Path:
        notebook = new_notebook(
            cells=[
                cell
                if isinstance(cell, NotebookNode)
                else new_code_cell(cell)
                if isinstance(cell, str)
                else new_code_cell(cell[0], metadata={"tags": list(cell[1:])})
                for cell in cells
            ],
            metadata={
                "kernelspec": {"name": "python3", "display_name": "Python 3"},
                "workshop": {
                    "seconds": {"quick": seconds, "full": seconds},
                    "memory_mb": memory_mb,
                },
            },
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)
        return path

    return write


@pytest.fixture
def run_notebooks(context, tmp_path, write_notebook):
    """Runs notebooks by name, each given as its cells and the limits of the whole run; gives the
    report on each and the check's result."""

    def run(notebooks: dict[str, tuple[list, dict]], **changes) -> tuple[dict[str, dict], Result]:
        folder = tmp_path / "given"
        for name, (cells, limits) in notebooks.items():
            write_notebook(folder / f"{name}.ipynb", *cells, **limits)
        result = Notebooks().run(replace(context, notebooks=folder, **changes))
        return result.evidence, result

    return run


@pytest.fixture
def context(tmp_path, description, write_notebook) -> Context:
    """A healthy appliance in `tmp_path`, checked as the bare tree that it is."""
    share, home, root = tmp_path / "share", tmp_path / "home", tmp_path / "root"
    (home / ".theano").mkdir(parents=True)
    (root / "tmp").mkdir(parents=True)
    for name in description["lessons"]:
        for folder in (share, home):
            write_notebook(
                folder / "notebooks" / f"{name}.ipynb", "answer = 42", ("assert answer", "expect")
            )
    (share / "appliance.json").write_text(json.dumps(description))
    (share / "standins.json").write_text("[]")
    return Context(
        description=description,
        profile="tree",
        level="standard",
        home=home,
        share=share,
        root=root,
        proc=tmp_path / "proc",
        python=Path(sys.executable),
    )


@pytest.fixture
def lesson(context) -> str:
    """The name of the first lesson."""
    return context.description["lessons"][0]


@pytest.fixture
def vm(context) -> Context:
    return replace(context, profile="vm")


@pytest.fixture
def programs(tmp_path, monkeypatch) -> Path:
    """A folder at the head of the path: sudo asks nothing there, and workshop has our lessons."""
    folder = tmp_path / "bin"
    program(folder, "sudo", '#!/bin/sh\n[ "$1" = -n ] && shift\nexec "$@"\n')
    program(
        folder,
        "workshop",
        f"""#!{sys.executable}
import pathlib
source = pathlib.Path({str(WORKSHOP)!r}).read_text()
shipped = "/usr/share/workshop/"
assert shipped in source
exec(compile(source.replace(shipped, {str(tmp_path / "share")!r} + "/"), "workshop", "exec"))
""",
    )
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return folder


@pytest.fixture
def reported(context, capfd):
    """Runs the command on a check for each result (`first`, `second`, …) and gives the report in
    a format, or as "text", as it comes on standard output."""

    def call(form: str, *results: Result, arguments=()) -> str:
        names = ("first", "second", "third", "fourth", "fifth", "sixth")
        checks = [
            Made(name, lambda result=result: result)
            for name, result in zip(names, results, strict=False)
        ]
        folders = ["--share", str(context.share), "--home", str(context.home)]
        target = [] if form == "text" else [f"--{form}", "-"]
        main(["--profile", "tree", *folders, *target, *arguments], checks)
        return capfd.readouterr().out

    return call


@pytest.fixture
def token() -> str:
    """What opens the container's Jupyter."""
    return "a-token-of-this-start"


@pytest.fixture
def container(context, token) -> Context:
    """A container, with the process of its Jupyter and the token there."""
    folder = context.proc / "7"
    folder.mkdir(parents=True)
    (folder / "cmdline").write_bytes(b"python3\0/opt/jupyter/bin/workshop-jupyter\0")
    (folder / "environ").write_text(f"LANG=C.UTF-8\0JUPYTER_TOKEN={token}\0")
    return replace(context, profile="cuda")


@pytest.fixture
def write(context):
    """Writes a file below the context's root or, where the name begins so, its /proc."""

    def put(path: str, text: str) -> None:
        folder, name = (
            (context.proc, path[5:]) if path.startswith("proc/") else (context.root, path)
        )
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)

    return put
