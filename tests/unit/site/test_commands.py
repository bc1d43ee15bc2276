"""The pages of the commands say what the commands say."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from appliance_build.errors import BuildError
from appliance_build.paths import PROJECT
from appliance_build.site import commands

PAGES = {page.name: page for page in commands.pages()}


def test_every_target_stands_on_the_page_of_make():
    words = ["make", "--no-print-directory", "help"]  # CI runs this within make
    printed = subprocess.run(words, cwd=PROJECT, capture_output=True, text=True)
    names = [line.split()[0] for line in printed.stdout.splitlines()]
    text = PAGES["make"].text()
    assert re.findall(r"`make ([a-z-]+)`\S* \|", text) == names


@pytest.mark.parametrize("name", [name for name, page in PAGES.items() if page.words])
def test_a_page_has_the_help_of_its_command(site: Path, name: str):
    page = PAGES[name]
    asked = subprocess.run(
        [sys.executable, *page.words, "--help"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    options = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", asked.stdout))
    text = (site / page.path).with_suffix(".html").read_text(encoding="utf-8")
    assert options
    assert all(option in text for option in options), f"{page.path} lacks options"
    assert "╭" not in text, "boxes are for terminals"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("appliance_build-machine", ["up", "down", "ssh"]),
        ("appliance_build-site", ["build", "links", "figures"]),
    ],
)
def test_a_page_has_every_subcommand(name: str, expected: list[str]):
    assert re.findall(r"^## `(\w+)`$", PAGES[name].text(), re.M) == expected


def test_the_command_inside_has_its_own():
    found = set(re.findall(r"^## `(\w+)`$", PAGES["workshop"].text(), re.M))
    assert {"list", "reset", "solution"} <= found


def test_a_command_without_help_is_named(tmp_path: Path):
    silent = tmp_path / "silent.py"
    silent.write_text("raise SystemExit(3)")
    with pytest.raises(BuildError, match=r"silent\.py --help` gives no page"):
        commands.said(str(silent))
