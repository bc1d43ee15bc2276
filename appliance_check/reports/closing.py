"""The one sentence that sums a run up, wherever it stands."""

from collections.abc import Collection, Sequence, Sized

from ..result import NOT_RUN, Status
from ..runner import Outcome


def closing(
    outcomes: Sequence[Outcome], complete: bool, strict: bool, mendable: Collection[str] = ()
) -> str:
    """The sentence; `strict` counts warnings as problems, `mendable` has what `--fix` may mend."""
    if not complete:
        ran = [outcome for outcome in outcomes if outcome.result != NOT_RUN]
        return f"Interrupted after {_count(ran, 'check')}: nothing is known of the others."
    problems = (Status.FAIL, Status.ERROR, *([Status.WARN] if strict else []))
    bad = [o.check.id for o in outcomes if o.result.status in problems]
    warned = [o.check.id for o in outcomes if o.result.status == Status.WARN]
    if bad:
        some = _mendable(len(bad), sum(name in mendable for name in bad))
        return f"{_count(bad, 'problem')}{some}: {', '.join(bad)}."
    if warned:
        return f"Ready for the workshop, with {_count(warned, 'warning')}: {', '.join(warned)}."
    if not any(o.result.status == Status.PASS for o in outcomes):
        return "Nothing was checked."
    return "Ready for the workshop."


def _mendable(problems: int, mendable: int) -> str:
    if not mendable:
        return ""
    return f" (--fix may mend {'it' if problems == 1 else f'{mendable} of them'})"


def _count(things: Sized, word: str) -> str:
    return f"{len(things)} {word}{'' if len(things) == 1 else 's'}"
