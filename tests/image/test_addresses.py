"""Which addresses the server answers itself: no page of an organiser has one of these names."""

import json
import re

import pytest

from appliance_build import own

from .tree import Tree

#: Every address that Jupyter Server, JupyterLab and Notebook know, as regular expressions.
ASK = """
import json
from jupyter_server.serverapp import ServerApp
app = ServerApp.instance()
app.initialize(argv=["--no-browser"], new_httpserver=False)
rules = [r for host in app.web_app.default_router.rules for r in getattr(host.target, "rules", [])]
rules += app.web_app.wildcard_router.rules
ours = lambda rule: rule.target.__module__.startswith("workshop_pages")
print(json.dumps([rule.matcher.regex.pattern for rule in rules if not ours(rule)]))
"""
ANYTHING = ("(.*)$", "/.*/$", "/$")  # what is said when nothing else is there


@pytest.fixture(scope="module")
def patterns(tree: Tree) -> list[str]:
    said = tree.ok(f"/opt/jupyter/bin/python3 - <<'END' 2>/dev/null\n{ASK}\nEND")
    found = json.loads(said.splitlines()[-1])
    assert "/api$" in found
    return [pattern for pattern in found if pattern not in ANYTHING]


def test_no_page_can_have_a_name_that_the_server_knows(patterns: list[str]):
    words = {word for pattern in patterns for word in re.findall(r"[A-Za-z][\w-]+", pattern)}
    names = {name for word in words for name in (word, f"{word}s", f"{word}-2")}
    known = {
        name
        for name in names
        for address in (f"/{name}", f"/{name}/", f"/{name}/page.html")
        if any(re.fullmatch(pattern, address) for pattern in patterns)
    }
    assert {"api", "lab", "tree", "trees", "static"} <= known
    assert not [name for name in sorted(known) if not own.is_taken(name)]
    assert not own.is_taken("timetable")
