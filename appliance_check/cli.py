"""The command line: what is asked for, and the exit status."""

import argparse
import json
import os
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

from . import post, report, support
from .check import LEVELS, Check
from .checks import CHECKS
from .context import (
    LAST_REPORT,
    SHARE,
    Context,
    ContextError,
    describe,
    detect_profile,
    detect_slowdown,
    home_of,
    kernel_python,
)
from .mending import Mending, question, speaker
from .result import Status
from .runner import Outcome, as_attendee, run

GOOD, FAILED, WRONG_USE, COULD_NOT_RUN = range(4)


class WrongUse(Exception):
    """The command line makes no sense; the text says why and what would."""


def main(arguments: Sequence[str] | None = None, checks: Sequence[Check] = CHECKS) -> int:
    """Run the command and return its exit status: 0 good, 1 a check failed, 2 wrong use,
    3 a check could not run or crashed, or the report could not be written or posted."""
    options = _parser().parse_args(arguments)
    try:
        if options.list:
            return _list(checks)
        if options.explain:
            return _explain(_find([options.explain], checks)[0])
        return _check(options, checks)
    except (WrongUse, support.BundleError) as error:
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
        help="quick: no notebooks; standard (default): notebooks with small settings; "
        "full: notebooks as attendees run them",
    )
    add("--profile", metavar="NAME", help="where this runs (vm, tree); found out if not given")
    add("--json", metavar="FILE", help="write the report as JSON; `-` is standard output")
    add("--strict", action="store_true", help="a warning is a failure")
    add("--fix", action="store_true", help="offer a safe repair of what fails, and check again")
    add("--dry-run", action="store_true", help="with --fix: say what would be done, change nothing")
    add("--yes", action="store_true", help="with --fix: do it without asking")
    add("--support-bundle", metavar="FILE.zip", type=Path, help="write what a helper needs to know")
    add("--notebooks", metavar="DIR", type=Path, help="execute the notebooks of DIR instead")
    add("--post", metavar="URL", help="show the report, without names, on the organiser's board")
    add("--name", metavar="NAME", help="what --post calls this laptop; kept for the next time")
    add("--share", metavar="DIR", type=Path, default=SHARE, help="default: %(default)s")
    add("--home", metavar="DIR", type=Path, help="default: the attendee's home folder")
    return parser


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
    return Context(
        description=description,
        profile=profile,
        level=options.level,
        home=(options.home or home_of(description["user"]["name"])).resolve(),
        share=options.share.resolve(),
        python=kernel_python(),
        slowdown=detect_slowdown(),
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
    _refuse_to_mend(options)
    if options.support_bundle:
        support.check_place(options.support_bundle)
    name = _post_options(options)
    context = _context(options)
    text = report.TextReport(
        sys.stderr if options.json == "-" else sys.stdout, max(len(check.id) for check in checks)
    )
    text.start(context)
    outcomes: list[Outcome] = []
    complete = False
    try:
        for outcome in run(chosen, context, required, options.only):
            outcomes.append(outcome)
            text.add(outcome)
        complete = True
    except KeyboardInterrupt:
        pass  # report what there is; `complete` tells
    text.finish(outcomes, complete, options.strict)
    if options.fix and complete:
        outcomes = _mend(options, context, outcomes, required, text.stream)
    status = _status(outcomes, options.strict) if complete else COULD_NOT_RUN
    written = report.as_json(outcomes, context, complete, options.strict)
    if complete and not (options.only or options.notebooks or options.dry_run):
        # A part would say too much.
        as_attendee(context, report.keep, context.home / LAST_REPORT, written)
    try:
        if options.json:
            _save(written, options.json)
    except OSError as error:  # the disk may be full, which is what the report says
        print(f"appliance-check: --json {options.json}: {error.strerror}", file=sys.stderr)
        status = status or COULD_NOT_RUN
    if options.post and not _post(options, name, context, written):
        status = status or COULD_NOT_RUN
    if options.support_bundle and complete:
        status = status or _bundle(options.support_bundle, context, written, text.stream)
    return status


def _refuse_to_mend(options: argparse.Namespace) -> None:
    if (options.dry_run or options.yes) and not options.fix:
        raise WrongUse("--dry-run and --yes belong to --fix")
    if options.fix and not (options.dry_run or options.yes or sys.stdin.isatty()):
        raise WrongUse(
            "--fix asks before each repair, and there is no terminal to ask on: nothing was done; "
            "--yes repairs without asking, --dry-run says what that would be"
        )


def _mend(options, context, outcomes, required, stream) -> list[Outcome]:
    """Offer repairs; the outcomes as they are afterwards."""
    ask = (lambda text: True) if options.yes else question(stream)
    say = speaker(stream)
    mending = Mending(context, say, None if options.dry_run else ask, required, options.only)
    outcomes = mending.mend(outcomes)
    say("\n" + report.closing(outcomes, True, options.strict))
    return outcomes


def _bundle(path: Path, context: Context, written: str, stream) -> int:
    try:
        support.write(path, context, written, speaker(stream))
    except support.BundleError as error:
        print(f"appliance-check: {error}", file=sys.stderr)
        return COULD_NOT_RUN
    return GOOD


def _post_options(options: argparse.Namespace) -> str | None:
    """The name for the board, if one was given; refuses what no board could take."""
    if options.name is not None and not options.post:
        raise WrongUse("--name names this laptop on a board: add --post and the board's address")
    try:
        if options.post:
            post.check_address(options.post)
        return options.name if options.name is None else post.check_name(options.name)
    except post.WrongAddress as error:
        raise WrongUse(str(error)) from None


def _post(options: argparse.Namespace, name: str | None, context: Context, written: str) -> bool:
    """Show the report on the board; standard output keeps its last line, the answer."""
    seat = post.seat(context.home, name)
    part = bool(options.only or options.notebooks)
    try:
        as_attendee(context, report.keep, context.home / post.SEAT, post.as_text(seat))
        nameless = post.without_names(json.loads(written), context)
        print(post.send(options.post, seat, nameless, part), file=sys.stderr)
        return True
    except post.NotPosted as error:
        print(f"appliance-check: --post: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("appliance-check: --post: interrupted, nothing may have been sent", file=sys.stderr)
    return False


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
