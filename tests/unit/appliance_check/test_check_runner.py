"""What the runner makes of checks that behave badly."""

import contextlib
import os
import select
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest

from appliance_check import runner
from appliance_check.check import Check
from appliance_check.checks import CHECKS
from appliance_check.context import ProbeFailed
from appliance_check.result import NOT_RUN, Result, Status, passed
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


def ended(pid: int) -> bool:
    """Whether a process comes to its end within seconds; if not, it is ended here."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    over, _, _ = select.select([descriptor], [], [], 5)
    os.close(descriptor)
    if not over:
        os.kill(pid, signal.SIGKILL)
    return bool(over)


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
    assert ended(int(note.read_text())), "what the check started is still running"


def test_what_a_good_check_leaves_running_is_ended_too(context, tmp_path, monkeypatch):
    note = tmp_path / "pid"
    genuine = runner.kill_tree

    def late(pid: int) -> None:
        """Looks for what there is to kill when the check's own process could have ended."""
        with contextlib.suppress(ProcessLookupError):
            descriptor = os.pidfd_open(pid)
            select.select([descriptor], [], [], 0.5)
            os.close(descriptor)
        genuine(pid)

    monkeypatch.setattr(runner, "kill_tree", late)

    def leave():
        code = "import signal; signal.pause()"
        child = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
        note.write_text(str(child.pid))
        return passed("fine")

    assert statuses(run([bad("bad", leave)], context)) == {"bad": Status.PASS}
    assert ended(int(note.read_text()))


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


class Diary:
    """What checks write as they begin and end, and a bell that each rings as it begins."""

    def __init__(self, folder):
        self.path = folder / "diary"
        self.bells: dict[str, tuple[int, int]] = {}

    def check(self, name: str, waits_for: str = "", seconds: float = 20, **attributes) -> Check:
        """A check that begins, waits until another has begun, or for seconds, and ends."""
        self.bells[name] = os.pipe()

        def action():
            self.write(f"+{name}")
            os.write(self.bells[name][1], b"x")
            if waits_for:
                select.select([self.bells[waits_for][0]], [], [], seconds)
            self.write(f"-{name}")
            return passed("fine")

        return bad(name, action, **attributes)

    def write(self, word: str) -> None:
        with self.path.open("a") as file:
            file.write(f"{word} ")

    def read(self) -> str:
        return self.path.read_text().strip()


@pytest.fixture
def diary(tmp_path):
    return Diary(tmp_path)


def ids(outcomes) -> list[str]:
    return [outcome.check.id for outcome in outcomes]


def test_two_jobs_are_two_checks_at_a_time(context, diary):
    checks = [diary.check("a", "b"), diary.check("b", "a"), diary.check("c")]
    assert ids(run(checks, context, jobs=2)) == ["a", "b", "c"]
    assert sorted(diary.read().split()[:2]) == ["+a", "+b"]


def test_one_job_is_one_check_at_a_time_in_order(context, diary):
    checks = [diary.check("a", "b", seconds=0.5), diary.check("b")]
    list(run(checks, context, jobs=1))
    assert diary.read() == "+a -a +b -b"


@pytest.mark.parametrize("lonely", ["a", "b"])
def test_a_check_that_must_be_alone_is(context, diary, lonely):
    other = {"a": "b", "b": "a"}
    checks = [
        diary.check(name, other[name], seconds=0.5, alone=name == lonely) for name in ("a", "b")
    ]
    assert ids(run(checks, context, jobs=4)) == ["a", "b"]
    words = diary.read().split()
    assert words[0][1] == words[1][1], words


def test_a_check_waits_for_those_that_it_needs(context, diary):
    checks = [diary.check("a", "b", seconds=0.5), diary.check("b", needs=("a",))]
    list(run(checks, context, jobs=4))
    assert diary.read() == "+a -a +b -b"


def test_outcomes_come_in_order_and_as_soon_as_they_can(context, diary):
    slow = diary.check("slow", "never")
    never = diary.check("never")
    outcomes = run([diary.check("a"), slow], context, jobs=2)
    assert next(outcomes).check.id == "a"  # while `slow` waits for a bell
    os.write(diary.bells[never.id][1], b"x")
    assert ids(outcomes) == ["slow"]


def test_a_second_check_that_hangs_is_stopped_in_its_own_time(context, diary):
    long = diary.check("long", "end")
    diary.check("end")
    hangs = bad("hangs", lambda: select.select([], [], []), limit=0.5)

    outcomes = run([hangs, long], context, jobs=2)
    assert next(outcomes).result.status == Status.ERROR
    os.write(diary.bells["end"][1], b"x")
    assert next(outcomes).result.status == Status.PASS


def test_ctrl_c_gives_what_has_ended_and_says_what_has_not(context):
    hangs = bad("hangs", lambda: os.kill(os.getppid(), signal.SIGINT) or select.select([], [], []))
    last = bad("last", lambda: passed("never"), needs=("hangs",))
    given = []
    with pytest.raises(KeyboardInterrupt):
        for outcome in run([bad("before", fails), hangs, last], context):
            given.append(outcome)
    assert ids(given) == ["before", "hangs", "last"]
    assert given[0].result.status == Status.FAIL
    assert [outcome.result for outcome in given[1:]] == [NOT_RUN, NOT_RUN]


def test_ctrl_c_loses_no_result_that_waits_for_its_turn(context, diary):
    """The second has ended before the first is interrupted."""
    first = diary.check("first", "never")
    diary.check("never")

    def interrupt():
        os.kill(os.getppid(), signal.SIGINT)
        select.select([], [], [])

    early = bad("second", lambda: passed("early"))
    checks = [first, early, bad("third", interrupt, needs=("second",))]
    given = []
    with pytest.raises(KeyboardInterrupt):
        for outcome in run(checks, context, jobs=2):
            given.append(outcome)
    assert [outcome.result for outcome in given] == [NOT_RUN, passed("early"), NOT_RUN]


@pytest.mark.parametrize("first", [Good(), bad("skipped", fails, level="full")])
def test_ctrl_c_between_two_outcomes_loses_none(context, first):
    """As it comes while the caller writes the report."""
    outcomes = run([first, bad("last", lambda: select.select([], [], []))], context)
    assert next(outcomes).check is first
    signal.pthread_kill(threading.get_ident(), signal.SIGINT)
    assert next(outcomes).result == NOT_RUN
    with pytest.raises(KeyboardInterrupt):
        next(outcomes)


def test_signals_are_as_before_when_all_is_done(context):
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    list(run([Good()], context))
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == before
    [outcome] = run(
        [bad("mask", lambda: passed(str(signal.pthread_sigmask(signal.SIG_BLOCK, []))))], context
    )
    assert outcome.result.message == str(before)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to keep")
def test_a_check_may_keep_roots_rights(context):
    context.description["user"]["name"] = "nobody"
    [outcome] = run([bad("who", lambda: passed(str(os.geteuid())), as_root=True)], context)
    assert outcome.result.message == "0"


def test_every_need_is_a_check_that_stands_before():
    seen = set()
    for each in CHECKS:
        assert seen.issuperset(each.needs), f"{each.id} needs {each.needs}"
        seen.add(each.id)
