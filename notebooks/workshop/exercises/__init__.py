"""Exercises that answer back: what the modules beside this one are made of.

A check takes an attendee's answer, a value or a function. It returns what is worth knowing
now, or raises `Wrong` with what to look at again, never with the solution itself:

    @exercise
    def padding(answer):
        if answer == 2 * 3:
            raise Wrong("that is the padding of both sides together; one side is asked for")
        if answer != 3:
            raise Wrong("with that padding the picture changes its size")
        return "half of the filter sticks out on each side"

In a lesson the cell ends with `check.padding(answer)`, and the verdict appears below it.
`number` and `numbers` take the numbers out of an answer that may be anything.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from html import escape
from traceback import extract_tb
from types import FunctionType

import numpy as np

from ..errors import WorkshopError

COLOURS = {"Right": "#009E73", "Not yet": "#E69F00", "Open": "#0072B2"}
OPEN = "put your answer in the place of the three dots, then run the cell again"
BOX = (
    "border-left: 6px solid {}; background: #F7F7F7; color: #222; padding: 0.6em 1em; "
    "margin: 0.5em 0; max-width: 50em"
)

#: What was said last about each exercise of this session.
verdicts: dict[str, "Verdict"] = {}


class Wrong(Exception):
    """What to look at again, in a sentence without a full stop."""


class _Open(Exception):
    """There is no answer yet."""


class Unsolved(WorkshopError):
    """An exercise is open, or its answer is wrong."""


@dataclass(frozen=True)
class Verdict:
    """What an attendee reads below the cell. state: a key of `COLOURS`."""

    state: str
    text: str

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        box = BOX.format(COLOURS[self.state])
        html = f'<div role="status" style="{box}"><b>{self.state}:</b> {escape(self.text)}.</div>'
        return {"text/html": html, "text/plain": f"{self.state}: {self.text}."}


def exercise(check: Callable[[object], str]) -> Callable[[object], Verdict]:
    """Turn a check into what a lesson calls; whatever the answer does, the lesson goes on."""

    @wraps(check)
    def judge(answer: object) -> Verdict:
        verdicts[f"{check.__module__}.{check.__name__}"] = verdict = _verdict(check, answer)
        return verdict

    return judge


def number(value: object) -> float:
    """The one number that an answer is.

    Raises:
        Wrong: it is none, or several.
    """
    found = _floats(value)
    if found.size != 1:
        raise Wrong(f"one number is asked for, and these are {found.size}")
    return float(found.reshape(()))


def numbers(value: object, shape: tuple[int, ...]) -> np.ndarray:
    """The array, of this shape, that an answer is.

    Raises:
        Wrong: it is none, or has another shape.
    """
    found = _floats(value)
    if found.shape != shape:
        raise Wrong(f"the answer has the shape {found.shape}; asked for is {shape}")
    return found


def _floats(value: object) -> np.ndarray:
    try:
        return np.asarray(value, float)
    except (TypeError, ValueError):
        raise Wrong(f"numbers are asked for, and this is a {type(value).__name__}") from None


def _verdict(check: Callable[[object], str], answer: object) -> Verdict:
    if answer is ...:
        return Verdict("Open", OPEN)
    try:
        return Verdict("Right", check(_returning(answer)))
    except _Open:
        return Verdict("Open", OPEN + "; a function hands its answer back with `return`")
    except Wrong as error:
        return Verdict("Not yet", str(error))
    except Exception as error:  # of the attendee's code, which may do anything
        return Verdict("Not yet", _stopped(answer, error))


def _returning(answer: object) -> object:
    """The answer; a function that was written in the lesson must hand something back."""
    if not isinstance(answer, FunctionType):
        return answer

    @wraps(answer)
    def call(*args: object, **kwargs: object) -> object:
        result = answer(*args, **kwargs)
        if result is None or result is ...:
            raise _Open
        return result

    return call


def _stopped(answer: object, error: Exception) -> str:
    """In which line of the answer an error was raised, and the first line of what it says."""
    code = getattr(answer, "__code__", None)
    frames = extract_tb(error.__traceback__)
    lines = [frame.line for frame in frames if code and frame.filename == code.co_filename]
    where = f" in `{lines[-1]}`" if lines and lines[-1] else ""
    what = str(error).strip().partition("\n")[0].rstrip(".")
    return f"your answer stopped{where} with {type(error).__name__}: {what}"


def everything_solved() -> None:
    """The last cell of a lesson's solution.

    Raises:
        Unsolved: an exercise of this session is not solved, or there was none.
    """
    bad = [f"{name}: {v.state}: {v.text}" for name, v in verdicts.items() if v.state != "Right"]
    if bad or not verdicts:
        raise Unsolved("; ".join(bad) or "no exercise was checked")
    print(f"all {len(verdicts)} exercises are solved")
