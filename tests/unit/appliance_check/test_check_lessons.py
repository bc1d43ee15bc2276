"""lessons, standins and notebooks; the notebooks really run, in kernels of this Python."""

import json
from dataclasses import replace

import pytest

from appliance_check.checks.lessons import Lessons
from appliance_check.checks.notebooks import Notebooks
from appliance_check.checks.standins import Standins
from appliance_check.result import Status


def test_whole_lessons_pass(context):
    assert Lessons().run(context).status == Status.PASS


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda path: path.write_text(path.read_text()[:-40]), "is damaged (not JSON)"),
        (lambda path: path.write_bytes(b"\xff\xfe"), "is damaged (not UTF-8 text at byte 0)"),
        (lambda path: path.write_text(""), "is damaged (not JSON)"),
        (lambda path: path.write_text("[]"), "is not a notebook"),
        (lambda path: path.write_text('{"nbformat": 4, "nbformat_minor": 5}'), "not a notebook"),
        (lambda path: path.unlink(), "is missing"),
    ],
)
@pytest.mark.parametrize("whose", ["home", "share"])
def test_damaged_notebook_is_named_with_its_remedy(context, lesson, damage, words, whose):
    path = getattr(context, whose) / "notebooks" / f"{lesson}.ipynb"
    damage(path)
    result = Lessons().run(context)
    assert result.status == Status.FAIL
    assert str(path) in result.message
    assert words in result.message
    if whose == "home":
        assert f"`workshop reset {lesson}`" in result.remedy


def test_old_notebook_format_is_refused(context, lesson):
    path = context.home / "notebooks" / f"{lesson}.ipynb"
    path.write_text(
        json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": []})
    )
    assert "notebook format 3, not 4" in Lessons().run(context).message


def test_standins(context):
    path = context.share / "standins.json"
    assert Standins().run(context).status == Status.PASS
    entry = {"asset": "mnist/labels.gz", "standin": "small ones", "reason": "no network"}
    path.write_text(json.dumps([entry]))
    result = Standins().run(context)
    assert result.status == Status.WARN
    assert result.message == "stand-ins for mnist/labels.gz"
    path.write_text(json.dumps([entry, {**entry, "asset": "b"}, {**entry, "standin": "other"}]))
    message = "stand-ins for mnist/labels.gz and 1 more, mnist/labels.gz"
    assert Standins().run(context).message == message
    for damage in (path.unlink, lambda: path.write_text("{")):
        damage()
        assert Standins().run(context).status == Status.FAIL


EXPECT = ("assert True", "expect")
MEMORY = """import time
keep = []
while True:
    keep.append(b"x" * 10_000_000)
    time.sleep(0.005)
"""
# name: cells, limits, and what the report says about the notebook.
FAULTS = {
    "error": (
        ["x = 1", "def f():\n    return y\nf()", EXPECT],
        {},
        "cell 2 (`def f():`): NameError: ",
    ),
    "expectation": (
        ["accuracy = 0.5", ("assert accuracy > 0.9", "expect")],
        {},
        "expectation in cell 2 (`assert accuracy > 0.9`): AssertionError: assert accuracy > 0.9",
    ),
    "hang": (["while True: pass", EXPECT], {"seconds": 2}, "still running when its 2 s were over"),
    "memory": ([MEMORY, EXPECT], {"memory_mb": 300}, "out of memory: it needs more than its 300"),
    "died": (
        ["import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", EXPECT],
        {},
        "cell 1 (`import os, signal`): the kernel died",
    ),
    "nothing-ran": (["", (" ", "expect")], {}, "no code cell was executed"),
    "no-expectation": (["x = 1"], {}, "no cell tagged `expect`"),
    "skipped": (["x = 1", ("x", "expect", "skip-execution")], {}, "did not run"),
    "swallowed": (["x = 1", ("1/0", "expect", "raises-exception")], {}, "allows it to"),
}


def test_faulty_notebooks_are_each_told_apart(context, tmp_path, write_notebook):
    folder = tmp_path / "faulty"
    for name, (cells, limits, _) in FAULTS.items():
        write_notebook(folder / f"{name}.ipynb", *cells, **limits)
    write_notebook(folder / "sound.ipynb", "x = 1", EXPECT)
    (folder / "torn.ipynb").write_text("{")
    kernel = write_notebook(folder / "kernel.ipynb", "x = 1", EXPECT)
    kernel.write_text(kernel.read_text().replace('"python3"', '"ruby"'))
    limits = write_notebook(folder / "limits.ipynb", "x = 1", EXPECT)
    limits.write_text(limits.read_text().replace('"memory_mb"', '"memory"'))

    result = Notebooks().run(replace(context, notebooks=folder))

    assert result.status == Status.FAIL
    problems = {name: report["problem"] for name, report in result.evidence.items()}
    assert problems.pop("sound") is None
    wanted = {name: words for name, (_, _, words) in FAULTS.items()} | {
        "torn": "is not a notebook",
        "kernel": "No such kernel named ruby",
        "limits": "lacks workshop.seconds.quick or workshop.memory_mb",
    }
    assert problems.keys() == wanted.keys()
    for name, words in wanted.items():
        assert words in problems[name], name
        assert f"{name}: {problems[name]}" in result.message


def test_outputs_saved_in_the_file_do_not_count(context, tmp_path, write_notebook):
    path = write_notebook(tmp_path / "saved" / "a.ipynb", ("x", "expect", "skip-execution"))
    path.write_text(path.read_text().replace('"execution_count": null', '"execution_count": 1'))
    result = Notebooks().run(replace(context, notebooks=path.parent))
    assert result.evidence["a"]["problem"] == "no code cell was executed"


def test_lessons_run_in_a_scratch_folder_with_the_levels_profile(context, lesson, write_notebook):
    path = context.share / "notebooks" / f"{lesson}.ipynb"
    before = write_notebook(
        path,
        "import os, pathlib\npathlib.Path('left-behind').touch()",
        ("assert os.environ['WORKSHOP_PROFILE'] == 'full'", "expect"),
    ).read_bytes()
    folders = [path.parent, context.home / "notebooks"]
    listing = [sorted(folder.iterdir()) for folder in folders]
    result = Notebooks().run(context)
    assert result.status == Status.FAIL, "at level standard the profile is quick"
    result = Notebooks().run(replace(context, settings="full"))
    assert result.status == Status.PASS, result.message
    assert result.evidence[lesson]["executed"] == 2
    assert result.evidence[lesson]["peak_mb"] > 10
    assert path.read_bytes() == before
    assert [sorted(folder.iterdir()) for folder in folders] == listing


def test_a_compiler_in_a_lesson_is_a_warning(context, lesson, write_notebook, tmp_path):
    compiler = tmp_path / "cc1plus"
    compiler.write_text("#!/bin/sh\nread line < $1\n")
    compiler.chmod(0o755)
    write_notebook(
        context.share / "notebooks" / f"{lesson}.ipynb",
        # The "compiler" waits on a pipe until it has been seen; a look takes 0.05 s.
        f"""import os, subprocess, threading
os.mkfifo("pipe")
run = subprocess.Popen([{str(compiler)!r}, "pipe"])
pipe = open("pipe", "w")""",
        "threading.Event().wait(1)",
        "pipe.write('end\\n'); pipe.close()\nassert run.wait() == 0",
        EXPECT,
    )
    result = Notebooks().run(context)
    assert result.status == Status.WARN, result
    assert f"{lesson} (1)" in result.message


def test_missing_lesson_and_empty_folder_fail(context, lesson, tmp_path):
    (context.share / "notebooks" / f"{lesson}.ipynb").unlink()
    result = Notebooks().run(context)
    assert result.status == Status.FAIL
    assert f"{lesson}.ipynb is missing" in result.message
    empty = tmp_path / "empty"
    empty.mkdir()
    assert Notebooks().run(replace(context, notebooks=empty)).status == Status.FAIL
