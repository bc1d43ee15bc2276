"""Files in YAML, each laid over the one before: maps merge, all else is replaced.

Each knows its lines, so that whoever finds a mistake in the merged whole can name the place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from .errors import BuildError


@dataclass(frozen=True)
class Source:
    """A file as it was read; `shown` is what errors call it."""

    shown: str
    data: dict

    def line(self, loc: Sequence[str | int]) -> tuple[int, int]:
        """How much of a key's path stands in the file, and the line of the innermost part."""
        line, data = 1, self.data
        for depth, part in enumerate(loc):
            try:
                line, data = data.lc.data[part][0] + 1, data[part]
            except (AttributeError, KeyError, IndexError, TypeError):
                return depth, line
        return len(loc), line


def read(paths: Sequence[Path]) -> list[Source]:
    """Read the files; only the first must have anything in it.

    Raises:
        BuildError: one is missing, not text, not YAML, or no map.
    """
    alone = len(paths) == 1
    return [
        Source(path.name if alone else str(path), _read(path, alone, number > 0))
        for number, path in enumerate(paths)
    ]


def _read(path: Path, alone: bool, may_be_empty: bool) -> dict:
    shown = path.name if alone else path
    try:
        data = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BuildError(f"{path} is missing; restore it with `git checkout {path.name}`") from None
    except UnicodeDecodeError as error:
        raise BuildError(f"{path}: not UTF-8 text at byte {error.start}") from None
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BuildError(f"{shown}:{line}: not valid YAML: {error.problem}") from None
    if data is None and may_be_empty:
        return {}
    if not isinstance(data, dict):
        raise BuildError(f"{shown}:1: expected `key: value` lines, as in the original file")
    return data


def merged(sources: Sequence[Source]) -> dict:
    """What the files say together."""
    whole: dict = {}
    for source in sources:
        whole = _over(whole, source.data)
    return whole


def _over(below: dict, above: dict) -> dict:
    result = dict(below)
    for key, value in above.items():
        under = below.get(key)
        if isinstance(under, dict) and isinstance(value, dict):
            result[key] = _over(under, value)
        elif value is not None or not isinstance(under, dict):  # an empty map changes nothing
            result[key] = value
    return result


def place(sources: Sequence[Source], loc: Sequence[str | int]) -> str:
    """The file and line of a key: of the file that has most of its path, the last of equals."""
    found = [(*source.line(loc), number) for number, source in enumerate(sources)]
    _, line, number = max(found, key=lambda each: (each[0], each[2]))
    return f"{sources[number].shown}:{line}"
