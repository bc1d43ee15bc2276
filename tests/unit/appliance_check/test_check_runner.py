"""What the runner makes of checks that behave badly."""

import os
import select
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from appliance_check.check import Check
from appliance_check.context import ProbeFailed
from appliance_check.result import Result, Status, passed
from appliance_check.runner import run


class Good(Check):
    id = "good"
    title = "A check that passes"
    group = "Machine"
    proves = matters = "Nothing."
    remedy = "The check's own remedy."
    seconds = 0

    def run(self, context):
        return passed("fine")


def bad(name: str, action, **attributes) -> Check:
    """A check that does `action`."""
    return type(name, (Good,), {"id": name, "run": lambda self, context: action(), **attributes})()


def fails() -> Result:
    return Result(Status.FAIL, "broken")


def statuses(outcomes) -> dict[str, Status]:
    return {outcome.check.id: outcome.result.status for outcome in outcomes}


def test_a_crash_is_an_error_with_its_traceback_and_the_others_go_on(context):
    outcomes = list(run([bad("bad", lambda: 1 / 0), Good()], context))
    assert statuses(outcomes) == {"bad": Status.ERROR, "good": Status.PASS}
    assert "ZeroDivisionError" in outcomes[0].result.message
    assert "1 / 0" in outcomes[0].result.evidence["traceback"]


@pytest.mark.parametrize("end", [lambda: os._exit(3), lambda: os.kill(os.getpid(), signal.SIGKILL)])
def test_a_check_that_takes_its_process_with_it_is_an_error(context, end):
    outcomes = list(run([bad("bad", end), Good()], context))
    assert statuses(outcomes) == {"bad": Status.ERROR, "good": Status.PASS}


def test_a_hanging_check_is_stopped_with_all_it_started(context, tmp_path):
    note = tmp_path / "pid"

    def hang():
        # In a session of its own, as Jupyter starts kernels: no process group reaches it.
        code = "import signal; signal.pause()"
        child = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
        note.write_text(str(child.pid))
        child.wait()

    started = time.monotonic()
    outcomes = list(run([bad("bad", hang, limit=1), Good()], context))
    assert time.monotonic() - started < 10
    assert statuses(outcomes) == {"bad": Status.ERROR, "good": Status.PASS}
    assert "limit of 1 s" in outcomes[0].result.message
    child = int(note.read_text())
    try:
        descriptor = os.pidfd_open(child)
    except ProcessLookupError:
        return
    ended, _, _ = select.select([descriptor], [], [], 5)
    os.close(descriptor)
    if not ended:
        os.kill(child, signal.SIGKILL)
    assert ended, "what the check started is still running"


def test_limits_grow_with_the_slowdown(context):
    assert Good().time_limit(replace(context, slowdown=15)) == 15 * Good().time_limit(context)


def test_what_a_probe_raises_is_a_failure_of_what_it_probed(context):
    def probe():
        raise ProbeFailed("ImportError: no theano", "a traceback")

    [outcome] = run([bad("bad", probe)], context)
    assert outcome.result.status == Status.FAIL
    assert outcome.result.message == "A check that passes: ImportError: no theano"
    assert outcome.result.evidence == {"output": "a traceback"}


def test_what_needs_a_broken_check_is_skipped(context):
    second = bad("second", fails, needs=("bad",))
    outcomes = list(run([bad("bad", fails), second], context))
    assert statuses(outcomes) == {"bad": Status.FAIL, "second": Status.SKIP}
    assert "bad" in outcomes[1].result.message


def test_the_description_excuses_a_check_and_require_overrules_it(context):
    context.description["checks"]["tree"]["not_applicable"] = {"good": "there is none here"}
    [outcome] = run([Good()], context)
    assert outcome.result == Result(Status.NOT_APPLICABLE, "there is none here")
    [outcome] = run([Good()], context, required=["good"])
    assert outcome.result.status == Status.PASS


def test_a_required_check_that_cannot_run_has_failed(context):
    second = bad("second", fails, needs=("bad",))
    outcomes = list(run([bad("bad", fails), second], context, required=["second"]))
    assert statuses(outcomes)["second"] == Status.FAIL


def test_levels(context):
    slow = bad("slow", lambda: passed("fine"), level="standard")
    quick = replace(context, level="quick")
    assert statuses(run([slow], quick)) == {"slow": Status.SKIP}
    assert statuses(run([slow], context)) == {"slow": Status.PASS}
    assert statuses(run([slow], quick, only=["slow"])) == {"slow": Status.PASS}
    assert statuses(run([slow], quick, required=["slow"])) == {"slow": Status.PASS}


def test_bad_results_bring_the_checks_remedy_unless_they_have_their_own(context):
    own = bad("own", lambda: Result(Status.FAIL, "broken", remedy="Do this."))
    outcomes = run([bad("bad", fails), own, Good()], context)
    remedies = [outcome.result.remedy for outcome in outcomes]
    assert remedies == ["The check's own remedy.", "Do this.", ""]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become someone else")
def test_root_becomes_the_attendee(context):
    context.description["user"]["name"] = "nobody"
    found = bad("who", lambda: passed(f"{os.geteuid()} {os.environ['USER']}"))
    [outcome] = run([found], context)
    assert outcome.result.message.endswith(" nobody")
    assert not outcome.result.message.startswith("0 ")
