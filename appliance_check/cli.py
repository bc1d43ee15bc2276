"""The command line: what is asked for, and the exit status."""

import argparse
import os
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

from . import report
from .check import LEVELS, Check
from .checks import CHECKS
from .context import (
    LAST_REPORT,
    SHARE,
    Context,
    ContextError,
    describe,
    detect_hypervisor,
    detect_profile,
    home_of,
    kernel_python,
    slowdown_of,
)
from .result import Status
from .runner import Outcome, as_attendee, run

GOOD, FAILED, WRONG_USE, COULD_NOT_RUN = range(4)


class WrongUse(Exception):
    """The command line makes no sense; the text says why and what would."""


def main(arguments: Sequence[str] | None = None, checks: Sequence[Check] = CHECKS) -> int:
    """Run the command and return its exit status: 0 good, 1 a check failed, 2 wrong use,
    3 a check could not run or crashed."""
    options = _parser().parse_args(arguments)
    try:
        if options.list:
            return _list(checks)
        if options.explain:
            return _explain(_find([options.explain], checks)[0])
        return _check(options, checks)
    except WrongUse as error:
        print(f"appliance-check: {error}", file=sys.stderr)
        return WRONG_USE
    except ContextError as error:
        print(f"appliance-check: {error}", file=sys.stderr)
        return COULD_NOT_RUN


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="appliance-check",
        description="Is this machine ready for the workshop?",
        epilog="Exit status: 0 all good (warnings allowed), 1 a check failed, 2 wrong use, "
        "3 a check could not run or crashed.",
    )
    add = parser.add_argument
    add("--list", action="store_true", help="list the checks and stop")
    add("--explain", metavar="ID", help="say what a check proves, why, and what to do; and stop")
    add("--only", metavar="ID", nargs="+", default=[], help="run these checks, whatever the level")
    add(
        "--require",
        metavar="ID,ID",
        default="",
        help="run these too, even where they are not applicable; they must not be skipped",
    )
    add(
        "--level",
        choices=LEVELS,
        default="standard",
        help="quick: seconds; standard (default): minutes, notebooks with small settings; "
        "full: notebooks as attendees run them",
    )
    add("--profile", metavar="NAME", help="where this runs (vm, tree); found out if not given")
    add(
        "--jobs",
        metavar="N",
        type=_count,
        default=len(os.sched_getaffinity(0)),
        help="checks that run at a time (default: the number of processors, %(default)s)",
    )
    add("--json", metavar="FILE", help="write the report as JSON; `-` is standard output")
    add("--strict", action="store_true", help="a warning is a failure")
    add("--notebooks", metavar="DIR", type=Path, help="execute the notebooks of DIR instead")
    add("--share", metavar="DIR", type=Path, default=SHARE, help="default: %(default)s")
    add("--home", metavar="DIR", type=Path, help="default: the attendee's home folder")
    return parser


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 on")
    return int(text)


def _find(ids: Sequence[str], checks: Sequence[Check]) -> list[Check]:
    known = {check.id: check for check in checks}
    if unknown := [name for name in ids if name not in known]:
        raise WrongUse(f"no check is called {', '.join(unknown)}; there are: {', '.join(known)}")
    return [known[name] for name in ids]


def _list(checks: Sequence[Check]) -> int:
    width = max(len(check.id) for check in checks)
    for check in checks:
        print(f"{check.id:<{width}}  {check.level:<8}  {check.title}")
    return GOOD


def _explain(check: Check) -> int:
    print(f"{check.id}: {check.title}")
    rows = {
        "Proves": check.proves,
        "Why it matters": check.matters,
        "When it fails": check.remedy,
        "Takes": f"about {check.seconds:g} s (level {check.level} and above)",
    }
    for label, text in rows.items():
        print(textwrap.fill(f"{label}: {text}", 96, initial_indent="  ", subsequent_indent="    "))
    return GOOD


def _context(options: argparse.Namespace) -> Context:
    description = describe(options.share)
    profile = options.profile or detect_profile()
    if profile not in description["checks"]:
        known = ", ".join(description["checks"])
        raise WrongUse(f"--profile {profile}: there is no such profile; there are: {known}")
    if options.notebooks and not options.notebooks.is_dir():
        raise WrongUse(f"--notebooks {options.notebooks}: there is no such folder")
    hypervisor = detect_hypervisor()
    return Context(
        description=description,
        profile=profile,
        level=options.level,
        home=(options.home or home_of(description["user"]["name"])).resolve(),
        share=options.share.resolve(),
        python=kernel_python(),
        hypervisor=hypervisor,
        slowdown=slowdown_of(hypervisor),
        notebooks=options.notebooks and options.notebooks.resolve(),
    )


def _check(options: argparse.Namespace, checks: Sequence[Check]) -> int:
    required = [name for name in options.require.split(",") if name]
    _find([*options.only, *required], checks)
    chosen = [
        check for check in checks if not options.only or check.id in [*options.only, *required]
    ]
    if options.json and not os.access(folder := Path(options.json).parent, os.W_OK):
        raise WrongUse(f"--json {options.json}: {folder} is not a folder that can be written to")
    context = _context(options)
    text = report.TextReport(
        sys.stderr if options.json == "-" else sys.stdout, max(len(check.id) for check in checks)
    )
    text.start(context)
    outcomes: list[Outcome] = []
    complete = False
    try:
        for outcome in run(chosen, context, required, options.only, options.jobs):
            outcomes.append(outcome)
            text.add(outcome)
        complete = True
    except KeyboardInterrupt:
        pass  # what was not run says so itself; `complete` tells
    text.finish(outcomes, complete, options.strict)
    status = _status(outcomes, options.strict) if complete else COULD_NOT_RUN
    written = report.as_json(outcomes, context, complete, options.strict)
    if complete and not options.only and not options.notebooks:  # a part would say too much
        as_attendee(context, report.keep, context.home / LAST_REPORT, written)
    try:
        if options.json:
            _save(written, options.json)
    except OSError as error:  # the disk may be full, which is what the report says
        print(f"appliance-check: --json {options.json}: {error.strerror}", file=sys.stderr)
        return status or COULD_NOT_RUN
    return status


def _save(text: str, where: str) -> None:
    if where == "-":
        print(text)
    else:
        report.write(Path(where), text)


def _status(outcomes: Sequence[Outcome], strict: bool) -> int:
    """A FAIL is a finding, so it outweighs an ERROR, which is the lack of one; when all that
    applies here was skipped, nothing is known either."""
    found = {outcome.result.status for outcome in outcomes}
    if Status.FAIL in found or (strict and Status.WARN in found):
        return FAILED
    known = found & {Status.PASS, Status.WARN}
    return COULD_NOT_RUN if Status.ERROR in found or (Status.SKIP in found and not known) else GOOD
