"""What an attendee did to the notebooks' folder, and what must have become of it: all six cases."""

import json
from dataclasses import dataclass

from .guest import Guest
from .releases import NOW, THEN

#: Prints every file of the folder, by name.
READ = """
import json, pathlib
here = pathlib.Path.home() / "notebooks"
files = (path for path in sorted(here.iterdir()) if path.is_file())
print(json.dumps({path.name: path.read_text(errors="replace") for path in files}))
"""

#: Does it; LESSONS is in its place.
WRITE = """
import json, pathlib
lessons = LESSONS
here = pathlib.Path.home() / "notebooks"
path = lambda n: here / f"{lessons[n]}.ipynb"
def change(n, how):
    notebook = json.loads(path(n).read_text())
    how(notebook["cells"])
    path(n).write_text(json.dumps(notebook))
own = {"cell_type": "markdown", "id": "own", "metadata": {}, "source": ["Mine."]}
change(1, lambda cells: cells.append(own))
change(2, lambda cells: cells[0].update(source=["Mine."]))
for n in (3, 4):
    path(n).unlink()
path(5).write_text(path(5).read_text()[:1000])
change(6, lambda cells: cells.append(own))
path(9).write_text('{"cells": [], "mine": true}')
(here / "my-notes.txt").write_text("Mine.")
"""


@dataclass(frozen=True)
class Homework:
    """The folder of one machine.

    Attributes:
        lessons: of the later release.
        before: contents by name, as the attendee left them.
    """

    lessons: list[str]
    before: dict[str, str]

    @classmethod
    def done(cls, guest: Guest, lessons: list[str]) -> "Homework":
        """Let the attendee work."""
        _python(guest, WRITE.replace("LESSONS", repr(lessons)))
        return cls(lessons, read(guest))

    def check(self, found: dict[str, str], version: str, shipped: dict[str, str]) -> None:
        """Hold the folder of an updated machine against the six cases.

        Args:
            shipped: the later release's lessons, by file name.
        """
        name = [f"{lesson}.ipynb" for lesson in self.lessons]
        found = dict(found)

        def beside(n: int, word: str) -> str:
            [other] = [each for each in found if each.startswith(f"{self.lessons[n]}.{word}")]
            return found.pop(other)

        assert found.pop(name[0]) == shipped[name[0]]  # 1: the organiser alone changed it
        merged = found.pop(name[1])  # 2: both changed other places
        assert cells(merged) == [*cells(shipped[name[1]]), "Mine."]
        assert beside(1, "mine-") == self.before[name[1]]
        assert found.pop(name[2]) == self.before[name[2]]  # 3: both changed the same
        assert beside(2, f"shipped-{version}") == shipped[name[2]]
        assert found.pop(name[3]) == shipped[name[3]]  # 4: deleted, and new
        assert name[4] not in found  # deleted, and nothing new
        assert found.pop(name[9]) == shipped[name[9]]  # 5: new, of the name of one's own
        assert beside(9, "mine-") == self.before[name[9]]
        assert found.pop(name[5]) == shipped[name[5]]  # 6: no merging
        assert beside(5, "mine-") == self.before[name[5]]
        rest = [name[6], name[7], name[8], "my-notes.txt"]
        assert found == {each: self.before[each] for each in rest}


def read(guest: Guest) -> dict[str, str]:
    """The folder's files, by name."""
    return json.loads(_python(guest, READ))


def cells(notebook: str) -> list[str]:
    """The sources of a notebook's cells, whose words are those of the release."""
    found = ["".join(cell["source"]) for cell in json.loads(notebook)["cells"]]
    assert NOW in found[0] and THEN not in found[0]
    return found


def _python(guest: Guest, program: str) -> str:
    return guest.ok(f"python3 - <<'END'\n{program}\nEND")
