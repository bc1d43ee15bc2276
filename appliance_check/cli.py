"""The command line: what is asked for, what is done with it, and the exit status."""

import argparse
import sys
import textwrap
from collections.abc import Sequence

from . import reports
from .check import Check
from .checks import CHECKS
from .context import (
    LAST_REPORT,
    Context,
    ContextError,
    describe,
    detect_hypervisor,
    detect_profile,
    home_of,
    kernel_python,
    slowdown_of,
)
from .options import WrongUse, parser, refuse
from .result import Status
from .runner import Outcome, as_attendee, run

GOOD, FAILED, WRONG_USE, COULD_NOT_RUN = range(4)


def main(arguments: Sequence[str] | None = None, checks: Sequence[Check] = CHECKS) -> int:
    """Run the command and return its exit status: 0 good, 1 a check failed, 2 wrong use,
    3 a check could not run or crashed, or the report could not be written or posted."""
    options = parser().parse_args(arguments)
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


def _find(ids: Sequence[str], checks: Sequence[Check]) -> list[Check]:
    known = {check.id: check for check in checks}
    if unknown := [name for name in ids if name not in known]:
        raise WrongUse(f"no check is called {', '.join(unknown)}; there are: {', '.join(known)}")
    return [known[name] for name in ids]


def _list(checks: Sequence[Check]) -> int:
    width = max(len(check.id) for check in checks)
    for check in checks:
        print(f"{check.id:<{width}}  {check.level:<8}  {check.seconds:>5g} s  {check.title}")
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
        settings=options.settings,
    )


def _check(options: argparse.Namespace, checks: Sequence[Check]) -> int:
    required = [name for name in options.require.split(",") if name]
    _find([*options.only, *required], checks)
    refuse(options)
    chosen = [
        check for check in checks if not options.only or check.id in [*options.only, *required]
    ]
    context = _context(options)
    to_stdout = reports.STDOUT in reports.asked(options).values()
    text = reports.TextReport(
        sys.stderr if to_stdout else sys.stdout, max(len(check.id) for check in checks)
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
    text.finish(_report(options, context, outcomes, complete))
    if options.fix and complete:
        outcomes = _mend(options, context, outcomes, required, text)
    status = _status(outcomes, options.strict) if complete else COULD_NOT_RUN
    report = _report(options, context, outcomes, complete)
    troubles = list(_hand_out(options, context, report, text))
    for trouble in troubles:
        print(f"appliance-check: {trouble}", file=sys.stderr)
    return status or (COULD_NOT_RUN if troubles else GOOD)


def _report(options, context: Context, outcomes: Sequence[Outcome], complete: bool) -> dict:
    from .repairs import REPAIRS  # late, see options.py

    mendable = () if options.fix else {name for repair in REPAIRS for name in repair.checks}
    return reports.compose(outcomes, context, complete, options.strict, mendable)


def _mend(options, context, outcomes, required, text: reports.TextReport) -> list[Outcome]:
    """Offer repairs; the outcomes as they are afterwards."""
    from .mending import Mending, question, speaker

    ask = (lambda question: True) if options.yes else question(text.stream)
    say = speaker(text.stream)
    mending = Mending(context, say, None if options.dry_run else ask, required, options.only)
    outcomes = mending.mend(outcomes)
    say("\n" + _report(options, context, outcomes, True)["summary"])
    return outcomes


def _hand_out(options, context: Context, report: dict, text: reports.TextReport):
    """Write, keep and send the report; a sentence for each of it that did not work."""
    part = bool(options.only or options.notebooks)
    if report["complete"] and not (part or options.dry_run):  # a part would say too much
        as_attendee(context, reports.keep, context.home / LAST_REPORT, report)
    yield from reports.deliver(report, reports.asked(options))
    if options.post:
        yield from _post(options, context, report, part)
    if options.support_bundle and report["complete"]:
        yield from _bundle(options, context, report, text)


def _bundle(options, context: Context, report: dict, text: reports.TextReport):
    from . import support
    from .mending import speaker

    try:
        support.write(options.support_bundle, context, report, speaker(text.stream))
    except support.BundleError as error:
        yield str(error)


def _post(options, context: Context, report: dict, part: bool):
    """Show the report on the board; standard output keeps its last line, the answer."""
    from . import post

    seat = post.seat(context.home, options.name and post.check_name(options.name))
    try:
        as_attendee(context, post.keep, context.home, seat)
        print(
            post.send(options.post, seat, post.without_names(report, context), part),
            file=sys.stderr,
        )
    except post.NotPosted as error:
        yield f"--post: {error}"
    except KeyboardInterrupt:
        yield "--post: interrupted, nothing may have been sent"


def _status(outcomes: Sequence[Outcome], strict: bool) -> int:
    """A FAIL is a finding, so it outweighs an ERROR, which is the lack of one; when all that
    applies here was skipped, nothing is known either."""
    found = {outcome.result.status for outcome in outcomes}
    if Status.FAIL in found or (strict and Status.WARN in found):
        return FAILED
    known = found & {Status.PASS, Status.WARN}
    return COULD_NOT_RUN if Status.ERROR in found or (Status.SKIP in found and not known) else GOOD
