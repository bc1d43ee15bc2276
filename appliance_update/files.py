"""The attendee's files after an update: what each becomes, said before anything is done.

Three folders are compared: as it shipped before, as it ships now, and the attendee's. The cases are
those of nbgitpuller's documentation ("Automatic merging behavior"); docs/decisions.md says where we
differ, and why.
"""

import json
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path

from . import durable
from .merge import Unmergeable, is_same, merge

PLAN, BLOBS = "plan.json", "blobs"


@dataclass(frozen=True)
class Write:
    """A file of the attendee's folder that goes from one content to another.

    Attributes:
        path: from that folder.
        before, after: SHA-256 of the contents; None: there is no file.
    """

    path: str
    before: str | None
    after: str | None


@dataclass
class Change:
    """What happens to one shipped file, and in the attendee's words; the first write is its own."""

    path: str
    said: str
    writes: list[Write] = field(default_factory=list)


class Plan:
    """All changes of an update, with every content that they need, of before and after."""

    def __init__(self, source: str) -> None:
        self.source = source  # the id of the update that the folder was at before
        self.changes: list[Change] = []
        self.blobs: dict[str, bytes] = {}

    def add(self, path: str, said: str, *writes: tuple[str, bytes | None, bytes | None]) -> None:
        """Note down a change; each write is a path with the contents before and after."""
        noted = [Write(name, self._blob(one), self._blob(other)) for name, one, other in writes]
        self.changes.append(Change(path, said, noted))

    def _blob(self, content: bytes | None) -> str | None:
        if content is None:
            return None
        digest = sha256(content).hexdigest()
        self.blobs[digest] = content
        return digest

    def save(self, folder: Path) -> None:
        """Write it down as a new folder, which is there whole or not at all."""
        aside = folder.with_name(f"{folder.name}.new")
        durable.remove_folder(aside)
        (aside / BLOBS).mkdir(parents=True)
        for digest, content in self.blobs.items():
            durable.stream(aside / BLOBS / digest, [content])
        content = {"source": self.source, "changes": [asdict(each) for each in self.changes]}
        durable.stream(aside / PLAN, [json.dumps(content, indent=1).encode()])
        durable.appear(aside, folder)


def load(folder: Path) -> tuple[str, list[Change]]:
    """What `Plan.save` wrote: the source and the changes."""
    content = json.loads((folder / PLAN).read_text(encoding="utf-8"))
    changes = [
        Change(each["path"], each["said"], [Write(**write) for write in each["writes"]])
        for each in content["changes"]
    ]
    return content["source"], changes


def compare(
    source: str,
    old: Mapping[str, bytes],
    new: Mapping[str, bytes],
    mine: Path,
    version: str,
    moment: str,
) -> Plan:
    """Say what becomes of each file that ships otherwise than before.

    Args:
        old, new: contents of what shipped and ships, by path.
        mine: the attendee's folder, as it shows now: where nothing was changed that is `new`.
        version: of the new release, for the names of what is laid beside.
        moment: when, for the names under which the attendee's files are kept.
    """
    plan = Plan(source)
    for path in sorted(old.keys() | new.keys()):
        before, now = old.get(path), new.get(path)
        if before == now:
            continue  # also what the attendee deleted: nothing new is missed
        if not _is_plain(mine, path):
            beside = _unused(mine, _beside(mine, path, f"shipped-{version}"))
            said = f"something else of yours has its place; the new one is {beside}"
            if now is None:
                plan.add(path, "yours is kept, though it ships no longer")
            else:
                plan.add(path, said, (beside, None, now))
            continue
        own = (mine / path).read_bytes() if (mine / path).exists() else None
        _add(plan, path, (before, now, own), mine, version, moment)
    return plan


def _add(
    plan: Plan,
    path: str,
    contents: tuple[bytes | None, bytes | None, bytes | None],
    mine: Path,
    version: str,
    moment: str,
) -> None:
    """One file that ships otherwise than before; see `compare`."""
    old, new, own = contents
    kept = _unused(mine, _named(path, f"mine-{moment}"))
    shipped = _unused(mine, _named(path, f"shipped-{version}"))
    if own == new:
        plan.add(
            path,
            "is new" if old is None else "was renewed" if new is not None else "ships no longer",
        )
    elif new is None:
        if is_same(path, own, old):
            plan.add(path, "ships no longer", (path, own, None))
        else:
            plan.add(path, "yours is kept, though it ships no longer")
    elif own is None:
        said = "is new" if old is None else "you had deleted it; the new one is here"
        plan.add(path, said, (path, None, new))
    elif old is None:
        said = f"is new; yours of this name is now {kept}"
        plan.add(path, said, (path, own, new), (kept, None, own))
    elif is_same(path, own, old):
        plan.add(path, "was renewed", (path, own, new))
    else:
        _add_merged(plan, path, (old, new, own), kept, shipped)


def _add_merged(
    plan: Plan, path: str, contents: tuple[bytes, bytes, bytes], kept: str, shipped: str
) -> None:
    """A file that both changed."""
    old, new, own = contents
    try:
        merged = merge(path, old, new, own)
    except Unmergeable:
        if path.endswith(".ipynb"):  # one that does not open
            said = f"was renewed; yours, which is damaged, is now {kept}"
            plan.add(path, said, (path, own, new), (kept, None, own))
        else:
            said = f"yours is kept; the new one is {shipped}"
            plan.add(path, said, (shipped, None, new))
        return
    if is_same(path, merged.content, own):
        plan.add(path, f"yours is kept; the new one is {shipped}", (shipped, None, new))
        return
    writes = [(path, own, merged.content), (kept, None, own)]
    said = f"what is new was added to yours; as it was, yours is now {kept}"
    if merged.clashes:
        writes.append((shipped, None, new))
        said += f"; where both changed the same, yours was kept, and the new one is {shipped}"
    plan.add(path, said, *writes)


def carry_out(changes: list[Change], blobs: Path, mine: Path) -> None:
    """Do it, or the rest of it. What was edited since is left alone."""
    for write in (each for change in changes for each in change.writes):
        if digest(mine / write.path) == write.before:
            _put(mine / write.path, write.after, blobs)


def undo(changes: list[Change], blobs: Path, mine: Path) -> list[str]:
    """Undo what was carried out, but for files that were edited since; returns their names."""
    edited = []
    for change in changes:
        for write in change.writes:
            now = digest(mine / write.path)
            if now not in (write.before, write.after):
                edited.append(write.path)
                break
            if now != write.before:
                _put(mine / write.path, write.before, blobs)
    return edited


def contents(view: Iterator[tuple[str, Path]]) -> dict[str, bytes]:
    """The plain files of a folder, given by path and place."""
    return {name: path.read_bytes() for name, path in view if stat.S_ISREG(path.lstat().st_mode)}


def digest(path: Path) -> str | None:
    """The SHA-256 of a file; None if there is none, "" if something else is there."""
    try:
        return sha256(path.read_bytes()).hexdigest()
    except IsADirectoryError:
        return ""
    except (FileNotFoundError, NotADirectoryError):
        return None


def _put(path: Path, sha: str | None, blobs: Path) -> None:
    if sha is None:
        durable.remove(path)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        durable.write(path, (blobs / sha).read_bytes())


def _is_plain(folder: Path, path: str) -> bool:
    """Whether the path is a plain file's, or free."""
    parts = [folder / part for part in Path(path).parents if part != Path()]
    if any(os.path.lexists(part) and not _is(part, stat.S_ISDIR) for part in parts):
        return False
    return not os.path.lexists(folder / path) or _is(folder / path, stat.S_ISREG)


def _is(path: Path, kind: object) -> bool:
    return kind(path.lstat().st_mode)


def _named(path: str, word: str) -> str:
    """The name of something that is laid beside a file: a/b.ipynb, a/b.WORD.ipynb."""
    place = Path(path)
    return str(place.with_stem(f"{place.stem}.{word}"))


def _beside(folder: Path, path: str, word: str) -> str:
    """The same where something else stands in the way, perhaps in the place of a folder above."""
    parts = Path(path).parts
    for n in range(1, len(parts)):
        if not _is_plain(folder, str(Path(*parts[:n], "x"))):
            return str(Path(_named(str(Path(*parts[:n])), word), *parts[n:]))
    return _named(path, word)


def _unused(folder: Path, path: str) -> str:
    """The path, or one with a number where it is taken."""
    free, number = path, 2
    while os.path.lexists(folder / free):
        free = _named(path, str(number))
        number += 1
    return free
