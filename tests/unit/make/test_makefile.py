"""make: the help names every target, and each has a recipe that make can expand."""

import os
import re
import subprocess

import pytest

from appliance_build.paths import PROJECT

MAKEFILE = (PROJECT / "Makefile").read_text()
TARGETS = re.findall(r"(?m)^([a-z-]+):", MAKEFILE)


def make(*words: str) -> str:
    command = ["make", "--no-print-directory", *words]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    done = subprocess.run(
        command, cwd=PROJECT, capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("words", [[], ["help"]], ids=["make", "make help"])
def test_the_help_has_every_target_in_one_line(words):
    lines = make(*words).splitlines()
    shown = [re.fullmatch(r"([a-z-]+) +(\S.*)", line).groups() for line in lines]
    assert [name for name, _ in shown] == TARGETS
    assert all(len(line) <= 80 for line in lines)


def test_no_file_stands_for_a_target():
    phony = re.search(r"(?m)^\.PHONY: (.+)$", make("--print-data-base", "help")).group(1)
    assert phony.split() == TARGETS


def test_what_is_built_lies_in_the_organisers_folder():
    ours = "APPLIANCE_WORKSHOP=/media/our workshop"
    assert 'find "/media/our workshop/build" ' in make("--dry-run", "clean", ours)
    assert 'find "./build" ' in make("--dry-run", "clean")


@pytest.mark.parametrize("target", TARGETS)
def test_make_can_expand_a_target(target):
    assert make("--dry-run", target).strip()
