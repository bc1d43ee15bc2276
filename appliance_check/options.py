"""The command line's options, and what is refused before anything runs."""

import argparse
import os
import sys
from pathlib import Path

from . import reports
from .check import LEVELS
from .context import SETTINGS, SHARE


class WrongUse(Exception):
    """The command line makes no sense; the text says why and what would."""


def parser() -> argparse.ArgumentParser:
    """Reads the command line."""
    parser = argparse.ArgumentParser(
        prog="appliance-check",
        description="Is this machine ready for the workshop?",
        epilog="Exit status: 0 all good (warnings allowed), 1 a check failed, 2 wrong use, "
        "3 a check could not run or crashed.",
    )
    _what_to_run(parser.add_argument_group("what to run").add_argument)
    _reports(parser.add_argument_group("reports").add_argument)
    _help(parser.add_argument_group("when something is wrong").add_argument)
    return parser


def _what_to_run(add) -> None:
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
        help="quick: seconds; standard (default): a minute, all but notebooks; full: those, too",
    )
    add(
        "--profile",
        metavar="NAME",
        help="where this runs (vm, local, tree); found out if not given",
    )
    add(
        "--jobs",
        metavar="N",
        type=_count,
        default=len(os.sched_getaffinity(0)),
        help="checks that run at a time (default: the number of processors, %(default)s)",
    )
    add("--strict", action="store_true", help="a warning is a failure")
    add(
        "--settings",
        choices=SETTINGS,
        default=SETTINGS[0],
        help="of the notebooks: quick (default), or full, as attendees run them",
    )
    add("--notebooks", metavar="DIR", type=Path, help="execute the notebooks of DIR instead")
    add("--share", metavar="DIR", type=Path, default=SHARE, help="default: %(default)s")
    add("--home", metavar="DIR", type=Path, help="default: the attendee's home folder")


def _reports(add) -> None:
    for name, what in reports.FORMATS.items():
        add(f"--{name}", metavar="FILE", help=f"write {what.name}; `-` is standard output")
    add("--post", metavar="URL", help="show the report, without names, on the organiser's board")
    add("--name", metavar="NAME", help="what --post calls this laptop; kept for the next time")


def _help(add) -> None:
    add("--fix", action="store_true", help="offer a safe repair of what fails, and check again")
    add("--dry-run", action="store_true", help="with --fix: say what would be done, change nothing")
    add("--yes", action="store_true", help="with --fix: do it without asking")
    add("--support-bundle", metavar="FILE.zip", type=Path, help="write what a helper needs to know")


def refuse(options: argparse.Namespace) -> None:
    """Raise `WrongUse` where options do not go together, or name what cannot be used."""
    if objection := reports.objection(reports.asked(options)):
        raise WrongUse(objection)
    if options.notebooks and not options.notebooks.is_dir():
        raise WrongUse(f"--notebooks {options.notebooks}: there is no such folder")
    if (options.dry_run or options.yes) and not options.fix:
        raise WrongUse("--dry-run and --yes belong to --fix")
    if options.fix and not (options.dry_run or options.yes or sys.stdin.isatty()):
        raise WrongUse(
            "--fix asks before each repair, and there is no terminal to ask on: nothing was done; "
            "--yes repairs without asking, --dry-run says what that would be"
        )
    if options.name is not None and not options.post:
        raise WrongUse("--name names this laptop on a board: add --post and the board's address")
    if options.post:
        _refuse_board(options)
    if options.support_bundle:
        _refuse_bundle(options)


# What few runs need is imported late: it is half of what the command loads before its first line.


def _refuse_board(options: argparse.Namespace) -> None:
    from . import post

    try:
        post.check_address(options.post)
        if options.name is not None:
            post.check_name(options.name)
    except post.WrongAddress as error:
        raise WrongUse(str(error)) from None


def _refuse_bundle(options: argparse.Namespace) -> None:
    from . import support

    try:
        support.check_place(options.support_bundle)
    except support.BundleError as error:
        raise WrongUse(str(error)) from None


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 on")
    return int(text)
