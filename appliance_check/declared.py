"""What a cell's metadata declare under `workshop`: budgets and expectations, and faults in them.

docs/notebook-runner.md explains the keys to authors.
"""

import re
from dataclasses import dataclass

KEYS = {"seconds", "memory_mb", "expect"}
# Each kind of expectation by the key that names it, with the keys it may have. Of two that fit,
# the first counts: `text` beside `number` says where the number stands.
KINDS = {
    "number": {"number", "tolerance", "text"},
    "picture": {"picture", "ink"},
    "text": {"text"},
}
NOT_BLANK = "not blank"


class Unclear(Exception):
    """What is wrong with the declaration, without a full stop."""


@dataclass(frozen=True)
class Declared:
    """seconds: at native speed; memory_mb: of the kernel and its children; None: no own limit.

    expect: dicts with the keys of one of KINDS each.
    """

    seconds: float | None
    memory_mb: float | None
    expect: tuple[dict, ...]


def declared(cell: dict, profile: str) -> Declared:
    """What a cell declares for runs in `profile`.

    Raises:
        Unclear: it cannot be understood.
    """
    found = cell["metadata"].get("workshop", {})
    if not isinstance(found, dict) or not found.keys() <= KEYS:
        raise Unclear(f"metadata workshop must be an object with keys of {', '.join(sorted(KEYS))}")
    seconds = found.get("seconds")
    if isinstance(seconds, dict):
        if profile not in seconds:
            raise Unclear(f"metadata workshop.seconds lacks {profile}")
        seconds = seconds[profile]
    for key, value in (("seconds", seconds), ("memory_mb", found.get("memory_mb"))):
        if value is not None and not (_is_number(value) and value > 0):
            raise Unclear(f"metadata workshop.{key} must be a number above 0, not {value!r}")
    expect = found.get("expect", [])
    expectations = expect if isinstance(expect, list) else [expect]
    for each in expectations:
        _examine(each)
    return Declared(seconds, found.get("memory_mb"), tuple(expectations))


def expects(cell: dict) -> bool:
    """Whether a cell says what its outcome should be: by its tag, or by what it declares."""
    metadata = cell["metadata"]
    workshop = metadata.get("workshop")
    return "expect" in metadata.get("tags", []) or bool(
        isinstance(workshop, dict) and workshop.get("expect")
    )


def kind(expectation: dict) -> str:
    """Which of KINDS it is."""
    return next(key for key in KINDS if key in expectation)


def _examine(expectation: object) -> None:
    where = "metadata workshop.expect"
    if not isinstance(expectation, dict) or not expectation.keys() & KINDS.keys():
        raise Unclear(f"{where} must have one of {', '.join(sorted(KINDS))}")
    if unknown := expectation.keys() - KINDS[kind(expectation)]:
        raise Unclear(f"{where} has {', '.join(sorted(unknown))} beside {kind(expectation)}")
    if kind(expectation) == "number" and "tolerance" not in expectation:
        raise Unclear(f"{where} has a number without a tolerance")
    for key in ("number", "tolerance", "ink"):
        if key in expectation and not _is_number(expectation[key]):
            raise Unclear(f"{where}.{key} must be a number, not {expectation[key]!r}")
    if expectation.get("tolerance", 0) < 0:
        raise Unclear(f"{where}.tolerance must not be below 0")
    if not 0 <= expectation.get("ink", 0) < 1:
        raise Unclear(f"{where}.ink must be a share from 0 to below 1")
    if expectation.get("picture", NOT_BLANK) != NOT_BLANK:
        raise Unclear(f"{where}.picture can only be {NOT_BLANK!r}")
    if "text" in expectation:
        try:
            groups = re.compile(expectation["text"]).groups
        except (re.error, TypeError) as error:
            raise Unclear(f"{where}.text is no regular expression: {error}") from None
        if "number" in expectation and groups != 1:
            raise Unclear(f"{where}.text needs one group (…) for the number, not {groups}")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
