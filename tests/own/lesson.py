"""A lesson of the organiser's own, run in the finished appliance."""

from dataclasses import dataclass
from pathlib import Path

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
        folder: for what is made of it.
    """

    def __init__(self, tree: Tree, source: Path, folder: Path) -> None:
        self.tree, self.source, self.folder = tree, source, folder

    def opened(self) -> Outcome:
        """Run it as attendees find it: the shipped file."""
        return Outcome.of(run(self.tree, f"{SHIPPED}/{self.source.stem}.ipynb"))

    def solved(self, old: str = "", new: str = "") -> Outcome:
        """Run its solution, if wanted with a mistake in it.

        Args:
            old: text that stands once in the source.
            new: what shall stand there instead.
        """
        text = self.source.read_text(encoding="utf-8")
        if old:
            assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {self.source}"
            text = text.replace(old, new)
        name, copy = self.source.stem, self.folder / self.source.name
        copy.write_text(text, encoding="utf-8")
        [notebook] = documents(self.folder, [name], Variant.SOLUTION, {name: copy}).values()
        place = f"/var/tmp/{name}.ipynb"
        self.tree.write(place, notebook, mode="0644")
        return Outcome.of(run(self.tree, place))
