"""Merging what the organiser changed into what the attendee changed; the attendee's goes first."""

import json
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

NOTEBOOK = ".ipynb"


class Unmergeable(Exception):
    """One of the three is no notebook, or no text."""


@dataclass(frozen=True)
class Merged:
    """The merged content; `clashes` in how many places both changed the same."""

    content: bytes
    clashes: int


def merge(name: str, old: bytes, new: bytes, mine: bytes) -> Merged:
    """Merge a file by cells if it is a notebook, by lines if it is any other text.

    Raises:
        Unmergeable: it cannot be merged.
    """
    if not name.endswith(NOTEBOOK):
        lines = [_text(each).splitlines(keepends=True) for each in (old, new, mine)]
        taken, clashes = three_way(*lines, *lines[1:])
        return Merged("".join(taken).encode(), clashes)
    notebooks = [_notebook(each) for each in (old, new, mine)]
    keys = [[_essence(cell) for cell in each["cells"]] for each in notebooks]
    taken, clashes = three_way(*keys, notebooks[1]["cells"], notebooks[2]["cells"])
    whole = notebooks[2] | {"cells": _distinct(taken)}
    return Merged((json.dumps(whole, indent=1, ensure_ascii=False) + "\n").encode(), clashes)


def is_same(name: str, one: bytes, other: bytes) -> bool:
    """Whether two versions say the same: Jupyter saves a notebook that was only opened with other
    metadata."""
    if one == other:
        return True
    try:
        states = [[*map(_state, _notebook(each)["cells"])] for each in (one, other)]
    except Unmergeable:
        return False
    return name.endswith(NOTEBOOK) and states[0] == states[1]


def three_way(
    old: Sequence[Hashable],
    new: Sequence[Hashable],
    mine: Sequence[Hashable],
    news: Sequence,
    mines: Sequence,
) -> tuple[list, int]:
    """Merge two sequences that began as one; where both changed the same place, mine is taken.

    Args:
        old, new, mine: what is compared.
        news, mines: what is taken, for each of `new` and of `mine`.

    Returns:
        What was taken, and in how many places the two clash.
    """
    mine_at, new_at = _places(old, mine), _places(old, new)
    kept = sorted(mine_at.keys() & new_at.keys())
    taken, clashes = [], 0
    i = j = k = 0  # how far in old, mine and new
    for at in [*kept, len(old)]:
        mine_end, new_end = mine_at.get(at, len(mine)), new_at.get(at, len(new))
        of_old, of_mine, of_new = old[i:at], mine[j:mine_end], new[k:new_end]
        if of_mine == of_old:
            taken += news[k:new_end]
        elif len(of_old) == len(of_mine) == len(of_new):  # neighbours may be merged one by one
            for n, (before, own, theirs) in enumerate(zip(of_old, of_mine, of_new, strict=True)):
                taken.append(news[k + n] if own == before else mines[j + n])
                clashes += before != own != theirs != before
        else:
            taken += mines[j:mine_end]
            clashes += of_new not in (of_old, of_mine)
        if at < len(old):
            taken.append(mines[mine_end])
        i, j, k = at + 1, mine_end + 1, new_end + 1
    return taken, clashes


def _places(old: Sequence[Hashable], other: Sequence[Hashable]) -> dict[int, int]:
    """Where each element of `old` that is in the other, too, is there."""
    blocks = SequenceMatcher(None, old, other, autojunk=False).get_matching_blocks()
    return {block.a + n: block.b + n for block in blocks for n in range(block.size)}


def _notebook(content: bytes) -> dict:
    try:
        notebook = json.loads(content)
        [_state(cell) for cell in notebook["cells"]]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Unmergeable from None
    return notebook


def _essence(cell: dict) -> tuple[str, str]:
    """What makes a cell the same, whether it was run or not."""
    return cell["cell_type"], "".join(cell["source"])


def _state(cell: dict) -> tuple:
    ran = bool(cell.get("outputs")) or cell.get("execution_count") is not None
    return *_essence(cell), ran


def _distinct(cells: Sequence[dict]) -> list[dict]:
    """The cells, each with an id of its own, as nbformat wants it."""
    seen: set[str] = set()
    result = []
    for cell in cells:
        if (name := cell.get("id")) in seen:
            free = (f"{name[:56]}-{n}" for n in range(2, len(cells) + 2))
            cell = cell | {"id": next(each for each in free if each not in seen)}
        seen.add(cell.get("id"))
        result.append(cell)
    return result


def _text(content: bytes) -> str:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise Unmergeable from None
    if "\0" in text:
        raise Unmergeable
    return text
