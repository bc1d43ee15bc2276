"""The pages of the commands, made of what they themselves say when they are asked for help.

Which commands `make` starts is read from the Makefile, so that a new target has its page at once.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from ..errors import BuildError
from ..paths import PROJECT

FOLDER = "commands/"
WIDTH = 88  # characters of a line of help

#: Commands that people type as they are: what starts each of them in this project.
TYPED = {
    "appliance-check": ("-m", "appliance_check"),
    "workshop": ("ansible/roles/notebooks/files/workshop",),
    "preflight.py": ("preflight.py",),
    "verify.py": ("verify.py",),
    "python3 -m workshop.classify": ("-m", "notebooks.workshop.classify"),
}
TARGET = re.compile(r"^([a-z-]+):.*## (.*)\n((?:\t.*\n)*)", re.M)
STARTED = re.compile(r"(?:-m|\)) (appliance_build\b(?!\.bootstrap)[\w.]*)")


@dataclass(frozen=True)
class Target:
    """A target of the Makefile, with the module of ours that it starts, if any."""

    name: str
    does: str
    module: str


@dataclass(frozen=True)
class Page:
    """A page of the site.

    Attributes:
        words: what starts the command, behind Python; none for the list of targets.
        targets: of the Makefile that start it.
    """

    name: str
    title: str
    words: tuple[str, ...]
    targets: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        return f"{FOLDER}{self.name}.md"

    def text(self) -> str:
        """The page in Markdown."""
        parts = [f"# `{self.title}`"]
        if self.targets:
            parts.append(f"Started by {', '.join(f'`make {name}`' for name in self.targets)}.")
        if self.words:
            whole = said(*self.words)
            names = list(subcommands(whole))
            parts.append(_block(whole))
            parts += [f"## `{name}`\n\n{_block(said(*self.words, name))}" for name in names]
        else:
            parts += ["What `make` can be asked for; `make help` prints it.", _table()]
        return "\n\n".join(parts) + "\n"


@cache
def targets() -> tuple[Target, ...]:
    """The Makefile's own, in their order."""
    text = (PROJECT / "Makefile").read_text(encoding="utf-8")
    text = text.replace("$(build)", "-m appliance_build")
    found = []
    for name, does, recipe in TARGET.findall(text):
        started = STARTED.search(recipe)
        found.append(Target(name, does, started[1] if started else ""))
    return tuple(found)


@cache
def pages() -> tuple[Page, ...]:
    """First `make` and what it starts, then what people type as it is."""
    made = [Page("make", "make", ())]
    for module in dict.fromkeys(each.module for each in targets() if each.module):
        names = tuple(each.name for each in targets() if each.module == module)
        title = f"make {', '.join(names)}" if len(names) < 4 else f"python3 -m {module}"
        made.append(Page(module.replace(".", "-"), title, ("-m", module), names))
    for title, words in TYPED.items():
        made.append(Page(title.split()[-1].replace(".", "-"), title, words))
    return tuple(made)


@cache
def said(*words: str) -> str:
    """What a command prints when it is asked for help.

    Raises:
        BuildError: it knows no `--help`.
    """
    settings = os.environ | {"COLUMNS": str(WIDTH), "TYPER_USE_RICH": "0", "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, *words, "--help"],
        cwd=PROJECT,
        env=settings,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or not done.stdout.strip():
        why = (done.stderr.strip().splitlines() or ["it prints nothing"])[-1]
        raise BuildError(
            f"`{' '.join(words)} --help` gives no page for the site ({why}); "
            "let the command answer it, or take its target out of the Makefile"
        )
    return done.stdout.strip("\n").replace("python -m ", "python3 -m ")


def subcommands(text: str) -> Iterator[str]:
    """Those that a help text lists: typer's below `Commands:`, argparse's in braces."""
    if below := re.search(r"^Commands:\n((?:  .*\n?)+)", text, re.M):
        yield from re.findall(r"^  ([a-z][\w-]*)", below[1], re.M)
    elif braces := re.search(r"\{([\w,-]+)\} \.\.\.", text):
        yield from braces[1].split(",")


def _table() -> str:
    rows = ["| command | does |", "|---|---|"]
    for each in targets():
        page = f"{each.module.replace('.', '-')}.md" if each.module else ""
        command = f"`make {each.name}`"
        rows.append(f"| {f'[{command}]({page})' if page else command} | {each.does} |")
    return "\n".join(rows)


def _block(text: str) -> str:
    return f"```text\n{text}\n```"
