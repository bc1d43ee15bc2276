"""python, imports and debian: packages in folders of the tests' own, each broken in turn."""

import base64
import hashlib
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from appliance_check import distributions
from appliance_check.checks.debian import STATUS, Debian, installed
from appliance_check.checks.imports import Imports
from appliance_check.checks.python import Python
from appliance_check.context import Context
from appliance_check.result import Status

SHIPPED = {"Numpy": "1.24.2", "jupyter_core": "5.9.1", "Theano": "1.0.5"}


def install(folder: Path, name: str, version: str, code: str = "") -> Path:
    """A wheel's module and metadata; returns the module."""
    module = folder / f"{name.lower()}.py"
    folder.mkdir(parents=True, exist_ok=True)
    module.write_text(code)
    info = folder / f"{name}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\nVersion: 9"
    )
    digest = base64.urlsafe_b64encode(hashlib.sha256(code.encode()).digest()).rstrip(b"=").decode()
    record = f"{module.name},sha256={digest},{len(code)}\n{info.name}/RECORD,,\n"
    (info / "RECORD").write_text(record)
    return module


@pytest.fixture
def appliance(context, tmp_path, monkeypatch) -> Context:
    """A virtual environment that sees the system's packages, one package in each place."""
    local, debian = tmp_path / "local", tmp_path / "debian"
    monkeypatch.setattr(distributions, "SYSTEM", (str(local), str(debian)))
    monkeypatch.setattr("appliance_check.checks.python.DEBIAN", str(debian))
    environment = tmp_path / "jupyter"
    (environment / "bin").mkdir(parents=True)
    (environment / "bin" / "python3").touch()
    (environment / "pyvenv.cfg").write_text(
        "home = /usr/bin\ninclude-system-site-packages = true\n"
    )
    install(
        environment / "lib" / "python3.11" / "site-packages", "jupyter_core", "5.9.1", "here = 1"
    )
    install(local, "Theano", "1.0.5")
    egg = debian / "numpy-1.24.2.egg-info"
    egg.mkdir(parents=True)
    (egg / "PKG-INFO").write_text("Name: numpy\nVersion: 1.24.2\n")
    (debian / "Debians_own-2.egg-info").write_text("Name: Debians-own\nVersion: 2\n")
    (context.share / "python.json").write_text(json.dumps(SHIPPED))
    (context.share / "files.json").write_text("{}")
    return replace(context, python=environment / "bin" / "python3")


def site(context: Context) -> Path:
    return context.python.parent.parent / "lib" / "python3.11" / "site-packages"


def test_packages_as_they_shipped_pass(appliance):
    result = Python().run(appliance)
    assert result.status == Status.PASS, result
    assert result.message == "3 packages as they shipped"
    assert result.evidence["added"] == [], "what Debian adds is another check's"


def test_what_an_attendee_added_is_named_and_fine(appliance):
    install(appliance.home / ".local" / "lib" / "python3.11" / "site-packages", "pretty", "1.0")
    result = Python().run(appliance)
    assert result.status == Status.PASS
    assert result.message == "3 packages as they shipped, and 1 that were added here"
    assert result.evidence["added"] == ["pretty 1.0"]


def test_a_package_of_the_attendees_that_hides_ours_is_named_with_its_folder(appliance):
    own = appliance.home / ".local" / "lib" / "python3.11" / "site-packages"
    install(own, "NumPy", "2.4.0")
    result = Python().run(appliance)
    assert result.status == Status.FAIL
    assert result.message == f"Numpy is 2.4.0 in {own}, 1.24.2 shipped"
    assert "pip uninstall" in result.remedy or "pip uninstall" in Python.remedy


def test_the_environments_own_package_wins_over_the_attendees(appliance):
    install(appliance.home / ".local" / "lib" / "python3.11" / "site-packages", "jupyter-core", "1")
    assert Python().run(appliance).status == Status.PASS


def test_without_the_systems_packages_they_are_missing(appliance):
    (appliance.python.parent.parent / "pyvenv.cfg").write_text("home = /usr/bin\n")
    message = Python().run(appliance).message
    assert message == "Numpy 1.24.2 is missing; Theano 1.0.5 is missing"


def test_removed_changed_and_damaged_packages_are_each_named(appliance):
    core = site(appliance) / "jupyter_core-5.9.1.dist-info"
    (core / "METADATA").write_text("Name: jupyter_core\nVersion: 5.9.2\n")
    assert "jupyter_core is 5.9.2" in Python().run(appliance).message
    (core / "METADATA").unlink()
    assert f"{core} is damaged: it names no version" in Python().run(appliance).message
    shutil.rmtree(core)
    assert Python().run(appliance).message == "jupyter_core 5.9.1 is missing"


def test_changed_files_are_found_at_level_full(appliance):
    full = replace(appliance, level="full")
    module = site(appliance) / "jupyter_core.py"
    assert Python().run(full).message == "3 packages as they shipped, their files unchanged"
    module.write_text("here = 2")
    assert Python().run(appliance).status == Status.PASS
    assert Python().run(full).message == f"{module} was changed"
    module.unlink()
    assert Python().run(full).message == f"{module} is missing"


def test_files_of_the_library_are_compared_at_level_full(appliance):
    full = replace(appliance, level="full")
    library = appliance.share.parent / "workshop" / "data.py"
    library.parent.mkdir()
    library.write_text("ours")
    digest = hashlib.sha256(b"ours").hexdigest()
    (appliance.share / "files.json").write_text(
        json.dumps({"../workshop/data.py": {"size": 4, "sha256": digest}})
    )
    assert Python().run(full).status == Status.PASS
    library.write_text("hers")
    assert f"{library} has the right size and other bytes" in Python().run(full).message
    (appliance.share / "files.json").unlink()
    assert "files.json cannot be read" in Python().run(full).message


def test_without_the_list_or_the_interpreter_nobody_knows(appliance):
    (appliance.share / "python.json").write_text("{")
    result = Python().run(appliance)
    assert result.status == Status.FAIL and "nobody knows what shipped" in result.message
    (appliance.share / "python.json").write_text(json.dumps(SHIPPED))
    appliance.python.unlink()
    assert Python().run(appliance).message == f"{appliance.python} is missing"


def test_the_folders_are_those_that_python_looks_in(tmp_path):
    """A real environment, this machine's Python and an attendee with packages of their own."""
    environment, home = tmp_path / "environment", tmp_path / "home"
    words = [sys.executable, "-m", "venv", "--without-pip", "--system-site-packages", environment]
    subprocess.run(words, check=True)
    python = environment / "bin" / "python3"
    expected = distributions.folders(python, home)
    for folder in expected[:2]:
        folder.mkdir(parents=True, exist_ok=True)
    asked = subprocess.run(
        [python, "-c", "import sys; print('\\n'.join(sys.path))"],
        env={"HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
    )
    looked_in = [Path(line) for line in asked.stdout.splitlines() if line.endswith("-packages")]
    assert looked_in[:2] == expected[:2]


@pytest.fixture
def importing(context, tmp_path, monkeypatch) -> Context:
    """An environment with one package; nothing else is asked for."""
    monkeypatch.setattr("appliance_check.checks.imports.MODULES", ("json",))
    environment = tmp_path / "environment"
    words = [sys.executable, "-m", "venv", "--without-pip", environment]
    subprocess.run(words, check=True)
    importing = replace(context, python=environment / "bin" / "python3")
    [folder] = environment.glob("lib/python3*/site-packages")
    install(folder, "sound", "1")
    return importing


def test_every_wheel_is_imported(importing):
    [folder] = importing.python.parent.parent.glob("lib/python3*/site-packages")
    result = Imports().run(importing)
    assert result.status == Status.PASS, result
    assert result.evidence["modules"] == 2
    module = install(folder, "torn", "1", "import no_such_module")
    result = Imports().run(importing)
    assert result.status == Status.FAIL
    torn = f"ModuleNotFoundError: No module named 'no_such_module' in {module}"
    assert result.message == f"`import torn`: {torn}"
    assert result.evidence["modules"] == 3
    install(folder, "other", "1", "import torn")
    assert Imports().run(importing).message == f"`import other` and 1 more: {torn}"
    module.unlink()
    assert "No module named 'torn'" in Imports().run(importing).message


def test_theano_is_another_checks(importing):
    [folder] = importing.python.parent.parent.glob("lib/python3*/site-packages")
    install(folder, "Theano", "1.0.5", "import no_such_module")
    assert Imports().run(importing).status == Status.PASS


def test_what_ends_python_is_named(importing):
    [folder] = importing.python.parent.parent.glob("lib/python3*/site-packages")
    module = install(folder, "deadly", "1", "import os; os.kill(os.getpid(), 11)")
    result = Imports().run(importing)
    assert result.status == Status.FAIL
    assert result.message == "`import deadly` ends Python: the process was killed by signal 11"
    module.write_text("raise SystemExit(3)")
    assert "`import deadly`: SystemExit: 3" in Imports().run(importing).message


PARAGRAPH = """Package: {}
Status: {}
Architecture: amd64
Version: {}
Description: what it is
 Version: 0, in a line of text
"""


@pytest.fixture
def debian(context, tmp_path, monkeypatch):
    """Writes dpkg's status; by default what the bill of materials names is installed."""
    bill = [
        {"SPDXID": f"SPDXRef-deb-{name}-amd64", "name": name, "versionInfo": version}
        for name, version in (("g++", "4:12.2.0-3"), ("libc6", "2.36-9"), ("nano", "7.2-1"))
    ]
    other = {"SPDXID": "SPDXRef-pypi-nbclient", "name": "nbclient", "versionInfo": "0.11.0"}
    (context.share / "sbom.spdx.json").write_text(json.dumps({"packages": [*bill, other]}))
    status = tmp_path / "status"
    monkeypatch.setattr("appliance_check.checks.debian.STATUS", status)

    def write(**changes: tuple[str, str] | None) -> None:
        packages = {e["name"]: ("install ok installed", e["versionInfo"]) for e in bill} | changes
        text = (PARAGRAPH.format(name, *entry) for name, entry in packages.items() if entry)
        status.write_text("\n".join(text))

    write()
    return write


def test_debian_as_shipped_passes_and_so_do_additions_and_their_remains(context, debian):
    assert Debian().run(context).message == "3 packages as they shipped"
    remains = ("deinstall ok config-files", "0.9")
    debian(vim=("install ok installed", "9.0"), pigz=remains)
    result = Debian().run(context)
    assert result.status == Status.PASS
    assert result.message == "3 packages as they shipped, and 1 that were added here"
    assert result.evidence["added"] == ["vim"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"g++": None}, "g++ 4:12.2.0-3 is missing"),
        ({"g++": ("deinstall ok config-files", "4:12.2.0-3")}, "g++ 4:12.2.0-3 is missing"),
        ({"nano": ("install ok half-configured", "7.2-1")}, "nano is half-configured"),
        ({"vim": ("install ok unpacked", "9.0")}, "vim is unpacked"),
        ({"nano": ("install reinstreq half-installed", "7.2-1")}, "nano is half-installed"),
    ],
)
def test_missing_and_half_installed_packages_fail(context, debian, change, words):
    debian(**change)
    result = Debian().run(context)
    assert result.status == Status.FAIL
    assert result.message == words


def test_another_version_is_a_warning(context, debian):
    debian(libc6=("install ok installed", "2.36-10"))
    result = Debian().run(context)
    assert result.status == Status.WARN
    assert "libc6 is 2.36-10, 2.36-9 shipped" in result.message


def test_debian_without_its_lists_fails(context, debian, tmp_path):
    bill = context.share / "sbom.spdx.json"
    whole = bill.read_text()
    for damage in ("{", "[]", '{"packages": []}'):
        bill.write_text(damage)
        assert Debian().run(context).status == Status.FAIL
    bill.unlink()
    assert "sbom.spdx.json cannot be read" in Debian().run(context).message
    bill.write_text(whole)
    (tmp_path / "status").unlink()
    assert Debian().run(context).status == Status.FAIL


def test_dpkgs_own_file_is_read_as_dpkg_reads_it():
    words = [
        "dpkg-query",
        "--show",
        "--showformat=${Package}\\t${db:Status-Status}\\t${Version}\\n",
    ]
    asked = subprocess.run(words, capture_output=True, text=True, check=True)
    lines = (line.split("\t") for line in asked.stdout.splitlines())
    expected = {name: (state, version) for name, state, version in lines}
    assert len(expected) > 100
    assert installed(STATUS) == expected
