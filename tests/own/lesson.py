"""A lesson of the organiser's own, run in the finished appliance."""

import json
from dataclasses import dataclass
from pathlib import Path

from appliance_build.exercises import TAG
from appliance_build.lessons import Variant, documents
from tests.image.lessons import SHIPPED, run
from tests.image.tree import Tree

STATES = ("Right:", "Not yet:", "Open:")


@dataclass(frozen=True)
class Outcome:
    """What a run shows.

    Attributes:
        errors: each exception, as `name: text`.
        verdicts: what the checks of exercises say, in their order, such as `Open: put …`.
    """

    errors: list[str]
    verdicts: list[str]

    @classmethod
    def of(cls, outputs: list[dict]) -> "Outcome":
        """Sort out the outputs of all cells."""
        errors = [f"{o['ename']}: {o['evalue']}" for o in outputs if o["output_type"] == "error"]
        shown = [o["data"].get("text/plain", "") for o in outputs if "data" in o]
        return cls(errors, [text for text in shown if text.startswith(STATES)])


class Lesson:
    """One lesson.

    Args:
        tree: the appliance.
        source: what the organiser edits.
    """

    def __init__(self, tree: Tree, source: Path) -> None:
        self.tree, self.source = tree, source

    def opened(self) -> Outcome:
        """Run it as attendees find it: the shipped file."""
        return Outcome.of(run(self.tree, f"{SHIPPED}/{self.source.stem}.ipynb"))

    def solved(self, old: str = "", new: str = "") -> Outcome:
        """Run its solution, if wanted with a mistake in it.

        Args:
            old: text that stands once in the solved exercises.
            new: what shall stand there instead.
        """
        name = self.source.stem
        made = documents(self.source.parent, [name], Variant.SOLUTION, {name: self.source})
        [notebook] = map(json.loads, made.values())
        if old:
            _edit(notebook, old, new)
        place = f"/var/tmp/{name}.ipynb"
        self.tree.write(place, json.dumps(notebook), mode="0644")
        return Outcome.of(run(self.tree, place))


def _edit(notebook: dict, old: str, new: str) -> None:
    asked = [c for c in notebook["cells"] if TAG in c["metadata"].get("tags", [])]
    texts = ["".join(cell["source"]) for cell in asked]
    found = sum(text.count(old) for text in texts)
    assert found == 1, f"{old!r} is {found} times in the solved exercises, and must be once"
    for cell, text in zip(asked, texts, strict=True):
        cell["source"] = text.replace(old, new)
