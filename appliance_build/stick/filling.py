"""One stick from beginning to end: look, copy, read back, rename, tidy up, wait for the medium."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..papers.sums import SUMS
from .copying import PART, Item, Stopped, is_right, part_of, write
from .medium import CLUSTER, Medium, in_words
from .pace import Pace

SIGNATURE = f"{SUMS}.sig"


@dataclass
class Filled:
    """What was done on a stick.

    Attributes:
        written: names that were not there, or not right.
        kept: names whose bytes were right already.
        removed: names of earlier versions.
    """

    written: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)


def fill(
    medium: Medium,
    items: Sequence[Item],
    outdated: re.Pattern[str],
    pace: Pace,
    stopped: Callable[[], bool] = lambda: False,
) -> Filled:
    """Bring items onto a stick.

    Nothing gets its final name before all of it was read back from the stick, the list of
    checksums last; so a stick has either what the earlier list says, or what the new one does.

    Args:
        items: with the list of checksums and its signature, if any, as the last.
        outdated: names of our own files of other versions, which go once the new ones are there.
        stopped: asked between two blocks.

    Raises:
        BuildError: in one sentence why the stick is not filled.
        Stopped: it was asked to.
    """
    try:
        return _fill(medium, items, outdated, pace, stopped)
    except OSError as error:
        raise medium.refusal(error) from None


def check(medium: Medium, items: Sequence[Item], outdated: re.Pattern[str]) -> None:
    """Refuse in advance what would fail later.

    Raises:
        BuildError: names, sizes or room do not suit.
    """
    medium.check_names([item.name for item in items])
    needed = 0
    for item in items:
        medium.check_size(item.name, item.size)
        target = medium.path(item.name)
        if not _has_size(target, item.size):
            part = part_of(target)
            there = part.stat().st_size if part.is_file() else 0
            needed += max(0, item.size - there) + CLUSTER
    medium.check_room(needed, _remedy(medium, items, outdated))


def _fill(
    medium: Medium,
    items: Sequence[Item],
    outdated: re.Pattern[str],
    pace: Pace,
    stopped: Callable[[], bool],
) -> Filled:
    check(medium, items, outdated)
    for item in items:
        there = _has_size(medium.path(item.name), item.size)
        pace.expect(0 if there else item.size, item.size)
    done, renames = Filled(), {}
    for item in items:
        if stopped():
            raise Stopped
        target = medium.path(item.name)
        if is_right(item, target, pace):
            done.kept.append(item.name)
            continue
        if _has_size(target, item.size):  # it was expected to be right
            pace.expect(item.size, item.size)
        part = part_of(target)
        there = part.stat().st_size if part.is_file() else 0
        medium.check_room(max(0, item.size - there), _remedy(medium, items, outdated))
        write(item, part, pace, stopped)
        renames[item.name] = (part, target)
    medium.sync()
    _rename(medium, renames, {item.name for item in items})
    medium.sync()
    done.written = list(renames)
    done.removed = _tidy(medium, {item.name for item in items}, outdated)
    medium.sync()
    return done


def _rename(medium: Medium, renames: dict[str, tuple[Path, Path]], wanted: set[str]) -> None:
    """Give all their names; the list after what it lists, and never beside another's signature."""
    signature = medium.path(SIGNATURE)
    for name, (part, target) in renames.items():
        if name == SUMS:
            medium.sync()
            if SIGNATURE in renames or SIGNATURE not in wanted:
                signature.unlink(missing_ok=True)
        part.replace(target)
    if SIGNATURE not in wanted:  # also where the list is as it was: as the build does
        signature.unlink(missing_ok=True)


def _tidy(medium: Medium, wanted: set[str], outdated: re.Pattern[str]) -> list[str]:
    """Remove our own files of other versions, begun ones too, and begun ones of this version."""
    removed = []
    for name in _old(medium, wanted, outdated):
        medium.path(name).unlink()
        removed.append(name)
    for name in wanted:
        part_of(medium.path(name)).unlink(missing_ok=True)
    return removed


def _old(medium: Medium, wanted: set[str], outdated: re.Pattern[str]) -> list[str]:
    """Our own files of other versions, begun ones too, in the folders that we write to."""
    found = []
    for folder in sorted({Path(name).parent for name in wanted}):
        place = medium.root / folder
        for path in sorted(place.iterdir()) if place.is_dir() else ():
            name = str(folder / path.name)
            whole = name.removesuffix(PART)
            if outdated.fullmatch(whole) and whole not in wanted and path.is_file():
                found.append(name)
    return found


def _remedy(medium: Medium, items: Sequence[Item], outdated: re.Pattern[str]) -> str:
    """What helps when there is no room: often the last version's files are there."""
    old = _old(medium, {item.name for item in items}, outdated)
    if old:
        size = sum(medium.path(name).stat().st_size for name in old)
        return (
            f"delete the earlier version there ({', '.join(old)}: {in_words(size)}), "
            "or take a larger stick"
        )
    return "delete what is not needed on it, or take a larger stick"


def _has_size(path: Path, size: int) -> bool:
    return path.is_file() and path.stat().st_size == size
