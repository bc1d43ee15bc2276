"""What the documents tell people to open, type, set and expect is there."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from xml.etree import ElementTree
from zoneinfo import available_timezones

import pytest
import typer
from pydantic import BaseModel

from appliance_build import __main__ as commands
from appliance_build import description
from appliance_build.board import __main__ as board
from appliance_build.machine import __main__ as machine
from appliance_build.new.repository import TEMPLATE
from appliance_build.paths import PROJECT

from .documents import Document
from .test_one_place import tracked

DOCUMENTS = [Document(name) for name in tracked("*.md")]
MADE = ("build/", ".engine/", "locks/extra-")  # by the build, so that a clone has none of it
MAKEFILES = [PROJECT / "Makefile", TEMPLATE / "Makefile"]  # ours, and a new repository's
YOURS = {"my.yml"}  # a reader's own
GAP = re.compile(r"…|\bNAME\b|\bN\b|127\.0\.0\.1")  # what a quoted sentence leaves open
every_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: d.name)


def described(model: type[BaseModel] = description.Description) -> Iterator[str]:
    """The keys of appliance.yml that hold a value, from the outermost name on."""
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from (f"{name}.{key}" for key in described(field.annotation))
        else:
            yield name


def options() -> dict[str, set[str]]:
    """The options of `appliance-check`, and of each command of the build."""
    asked = [sys.executable, "-m", "appliance_check", "--help"]
    doctor = subprocess.run(asked, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    apps = (typer.main.get_command(part.app).commands for part in (commands, machine))
    both = {name: command for app in apps for name, command in app.items()}
    both["board"] = typer.main.get_command(board.app)
    known = {name: {o for p in one.params for o in p.opts} for name, one in both.items()}
    return {"appliance-check": set(re.findall(r"--[a-z]+", doctor))} | known


def sentences() -> list[str]:
    """The texts that our programs can print, cut where a value stands."""
    found = [path.read_text() for path in MAKEFILES]
    folders = ("appliance_build", "appliance_check", "appliance_update", "docker")
    for path in (path for name in folders for path in (PROJECT / name).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        documentation = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
        strings = (n for n in ast.walk(tree) if isinstance(n, ast.Constant))
        texts = (n.value for n in strings if id(n) not in documentation)
        found += [text for text in texts if isinstance(text, str)]
    return found


@every_document
def test_links_lead_somewhere(document):
    for target in document.targets():
        if re.match(r"https?://", target):
            continue
        path, _, anchor = target.partition("#")
        file = (document.folder / path).resolve() if path else PROJECT / document.name
        assert file.is_file(), f"{document.name} links to {target}, which is not there"
        if anchor:
            other = Document(str(file.relative_to(PROJECT)))
            assert anchor in other.anchors(), f"{document.name}: {target} has no such heading"


@every_document
def test_make_targets_exist(document):
    known = {t for path in MAKEFILES for t in re.findall(r"^([a-z-]+):", path.read_text(), re.M)}
    command = re.compile(r"^(?:[A-Z_]+=\S+ )?make ([a-z-]+)")
    used = {said[1] for code in document.code() if (said := command.match(code.strip()))}
    assert used <= known, f"{document.name} names targets that make has not: {used - known}"


@every_document
def test_paths_exist(document):
    lock = tomllib.loads((PROJECT / "locks" / "assets.lock").read_text())
    elsewhere = {asset["path"] for asset in lock["asset"]} | available_timezones()
    words = {w.strip("$()'\";,:") for code in document.code() for w in code.split()}
    paths = {w for w in words if re.fullmatch(r"\.?[\w<>*-][\w.<>*-]*/[\w.<>*/-]*", w)}
    paths |= {w for w in words if re.fullmatch(r"[\w-]+\.(yml|md|toml|lock)|Makefile", w)}
    files = "\n".join(tracked())
    for path in paths - elsewhere - YOURS:
        pattern = re.sub(r"<\w+>|\\\*", r"[^/\n]+", re.escape(path.rstrip("/")))
        found = path.startswith(MADE) or re.search(rf"(^|/){pattern}(/|$)", files, re.M)
        assert found, f"{document.name} names {path}, which is not there"


@every_document
def test_options_exist(document):
    known = options()
    for code in document.code():
        said = code.partition(" -- ")[0]
        command = re.search(r"appliance[-_]check\b(?!/)|-m appliance_build ([a-z]+)", said)
        given = set(re.findall(r"(?<!\S)--[a-z]+", said))
        if command:
            name = command[1] or "appliance-check"
            assert name in known, f"{document.name}: there is no command {name} ({code})"
            assert given <= known[name] | {"--help"}, f"{document.name}: {code}: no such option"
        elif said.startswith("--"):
            assert given <= set.union(*known.values()), f"{document.name}: {code}: no such option"


@every_document
def test_variables_and_keys_exist(document):
    code = " ".join(document.code())
    variables = set(re.findall(r"\b(?:APPLIANCE|WORKSHOP)_[A-Z_]+\b", code))
    sources = "".join((PROJECT / n).read_text() for n in tracked("*.py") if "/unit/" not in n)
    unknown = {name for name in variables if name not in sources}
    assert not unknown, f"{document.name} names variables that nothing reads: {unknown}"
    keys = list(described())
    for word in document.code():
        if re.fullmatch(r"(user|ports|machine|debian|checks)(\.[a-z_]+)+", word):
            known = any(f"{key}.".startswith(f"{word}.") for key in keys)
            assert known, f"{document.name} names {word}, which appliance.yml has not"


@every_document
def test_quoted_sentences_are_said(document):
    said = sentences()
    for quoted in document.first_column("it says"):
        for part in (part.strip() for part in GAP.split(quoted)):
            assert any(part in text for text in said), f"{document.name}: nothing says {part!r}"


@every_document
def test_ports_are_the_descriptions(document):
    text = (PROJECT / document.name).read_text()
    named = {int(p) for p in re.findall(r"scp -P (\d+)|\[localhost\]:(\d+)", text) for p in p if p}
    assert named <= {description.load().ports.ssh.host}, f"{document.name} names another port"


def test_the_readme_begins_with_the_two_commands():
    code = [line.strip() for line in Document("README.md").code()]
    assert code[:2] == ["make ova", "make test"]


def test_the_organisers_guide_has_every_key():
    documented = list(Document("docs/organiser.md").first_column("key"))
    assert documented == list(described())


def test_the_maintainers_guide_has_each_folder_of_tests_once():
    rows = list(Document("docs/maintainer.md").first_column("what"))
    folders = {"/".join(name.split("/")[:2]) + "/" for name in tracked("tests/**/test_*.py")}
    assert folders <= set(rows)
    assert len(rows) == len(set(rows)), sorted(rows)


def test_the_changelog_begins_with_this_version():
    now = description.load()
    changelog = Document("CHANGELOG.md")
    newest = next(n for n in changelog.nodes if n.type == "heading" and n.tag == "h2")
    assert newest.children[0].content == f"{now.version} ({now.date})"


@pytest.mark.parametrize("name", tracked("docs/*.svg"))
def test_pictures_have_a_name_and_a_description(name):
    root = ElementTree.parse(PROJECT / name).getroot()
    for part in ("title", "desc"):
        assert root.findtext(f"{{http://www.w3.org/2000/svg}}{part}"), f"{name} has no <{part}>"
