"""What it says of its checks, the page about them, and that any Python from 3.8 on takes it."""

import ast
import subprocess
import sys

import pytest

import preflight
from appliance_build.paths import PROJECT

from ..documents import Document

IDS = [check.id for check in preflight.CHECKS]
PAGE = Document("docs/preflight.md")


def run(*words):
    command = [sys.executable, PROJECT / "preflight.py", *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_the_list_has_each_check_in_a_line():
    lines = run("--list").splitlines()
    assert [line.split()[0] for line in lines] == IDS and len(IDS) == len(set(IDS))


@pytest.mark.parametrize("check", preflight.CHECKS, ids=IDS)
def test_each_is_explained(check):
    text = " ".join(run("--explain", check.id).split())
    for part in (check.title, check.symptoms, check.cause):
        assert " ".join(part.split()) in text


@pytest.mark.parametrize("id", IDS)
def test_the_page_has_a_heading_of_each_id(id):
    assert id in PAGE.anchors()


def test_the_pages_table_of_checks_is_the_programs():
    assert list(PAGE.first_column("id")) == IDS


@pytest.mark.parametrize("check", preflight.CHECKS, ids=IDS)
def test_the_page_has_the_errors_that_people_see(check):
    """Every code that VirtualBox prints, in the section of that id."""
    text = (PROJECT / PAGE.name).read_text(encoding="utf-8")
    section = text.partition(f"\n## {check.id}\n")[2].partition("\n## ")[0]
    codes = [w.strip("();:,.") for w in check.symptoms.split()]
    codes = [word for word in codes if word.isupper() and "_" in word]
    assert [code for code in codes if code not in section] == []


def test_it_needs_no_more_than_python_3_8():
    """Grammar and imports; a newer function would show only where it is called."""
    source = (PROJECT / "preflight.py").read_text(encoding="utf-8")
    nodes = list(ast.walk(ast.parse(source, feature_version=(3, 8))))
    plain = {alias.name for n in nodes if isinstance(n, ast.Import) for alias in n.names}
    modules = plain | {n.module for n in nodes if isinstance(n, ast.ImportFrom)}
    assert modules and {name.partition(".")[0] for name in modules} <= sys.stdlib_module_names
