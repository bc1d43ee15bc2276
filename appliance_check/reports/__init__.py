"""The forms of the report, all made of one object: for people, programs, CI, and monitoring.

`compose` makes the object, whose schema is `report.schema.json`; each format is a module with a
function `render` from the object to a text, loaded when it is asked for: they would be a third of
what the command loads before its first line. Python's standard library alone is used.
"""

import argparse
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from . import files
from .content import compose
from .files import STDOUT, objection
from .text import TextReport

__all__ = ["FORMATS", "STDOUT", "TextReport", "asked", "compose", "deliver", "keep", "objection"]


class Format(NamedTuple):
    """How people call it, and its module."""

    name: str
    module: str

    def render(self, report: dict) -> str:
        """The report as a text in this format."""
        return import_module(f".{self.module}", __package__).render(report)


# What the option of that name writes.
FORMATS = {
    "json": Format("the report as JSON", "as_json"),
    "junit": Format("it as JUnit XML", "junit"),
    "html": Format("it as one page of HTML", "html"),
    "prometheus": Format("it for Prometheus", "prometheus"),
}


def asked(options: argparse.Namespace) -> dict[str, str]:
    """The formats that the command line asks for, each with its file."""
    return {name: where for name in FORMATS if (where := getattr(options, name)) is not None}


def deliver(report: dict, targets: Mapping[str, str]) -> list[str]:
    """Write the report to every target; returns a sentence for each that it could not write."""
    troubles = []
    for name, where in targets.items():
        try:
            files.put(FORMATS[name].render(report), where)
        except OSError as error:  # the disk may be full, which is what the report says
            troubles.append(f"--{name} {where}: {error.strerror}; the report is not there")
    return troubles


def keep(path: Path, report: dict) -> None:
    """Leave the report for the landing page: JSON at `path`, and a page for people beside it."""
    page = path.with_suffix(".html")
    files.keep({path: FORMATS["json"].render(report), page: FORMATS["html"].render(report)})
