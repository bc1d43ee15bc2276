"""`--fix`: what is asked, done, checked again and reported, and what changes nothing."""

import io
import os
import pty
import subprocess
import sys

import pytest

from appliance_check.checks.lessons import Lessons
from appliance_check.cli import main
from appliance_check.commands import as_user
from appliance_check.mending import Mending
from appliance_check.repairs.repair import Plan, Refused, Repair
from appliance_check.result import Result, Status, passed, warned
from appliance_check.runner import run

from .repairing import ROOT, Made, program, tree


class Touch(Repair):
    """Makes a file."""

    def __init__(self, path, *checks, name="touch", words=None):
        self.id, self.checks = name, checks
        self.title, self.does = f"Do {name}", "It makes a file."
        self.path, self.words = path, words or ("touch", path)

    def plan(self, context, outcome):
        return None if self.path.exists() else Plan([as_user(*self.words)])


def needs_file(name, path, needs=(), bad=Status.FAIL) -> Made:
    look = lambda: passed("there") if path.exists() else Result(bad, f"{path.name} is missing")  # noqa: E731
    return Made(name, look, needs)


@pytest.fixture
def mend(context):
    """Checks, then mends; gives the statuses afterwards and the text."""

    def call(checks, repairs, ask=lambda text: True):
        said = []
        mending = Mending(context, said.append, ask, repairs=repairs)
        outcomes = mending.mend(list(run(checks, context)))
        return {o.check.id: str(o.result.status) for o in outcomes}, "\n".join(said)

    return call


def test_repair_is_done_and_the_check_looks_again(mend, tmp_path):
    path = tmp_path / "file"
    repairs = [Touch(path, "one")]
    found, text = mend([needs_file("one", path)], repairs)
    assert found == {"one": "PASS"}
    assert f"    touch {path}\n" in text
    assert text.endswith("Now one says PASS: there")
    assert mend([needs_file("one", path)], repairs) == ({"one": "PASS"}, ""), "nothing is left"


def test_a_warning_and_a_crash_are_offered_repairs_too(mend, tmp_path):
    for number, bad in enumerate((Status.WARN, Status.ERROR)):
        path = tmp_path / str(number)
        assert mend([needs_file("one", path, bad=bad)], [Touch(path, "one")])[0] == {"one": "PASS"}


def test_what_is_declined_is_left(mend, tmp_path):
    path = tmp_path / "file"
    asked = []
    checks = [needs_file("one", path), needs_file("two", path)]
    found, text = mend(checks, [Touch(path, "one", "two")], lambda text: asked.append(text))
    assert found == {"one": "FAIL", "two": "FAIL"}
    assert asked == ["Do touch? [y/N] "], "each repair is offered once"
    assert "Left as it is." in text
    assert not path.exists()


def test_other_checks_that_it_helps_look_again_before_they_get_repairs(mend, tmp_path):
    path, other = tmp_path / "file", tmp_path / "other"
    checks = [
        needs_file("one", path),
        needs_file("two", path),
        needs_file("three", path, needs=("one",)),
    ]
    repairs = [Touch(path, "one"), Touch(other, "two", name="harm")]
    found, _ = mend(checks, repairs)
    assert found == {"one": "PASS", "two": "PASS", "three": "PASS"}
    assert not other.exists()


def test_an_earlier_check_that_was_skipped_for_a_later_one_looks_again(mend, tmp_path):
    path = tmp_path / "file"
    early = needs_file("early", path)
    early.excuse = lambda context: None if path.exists() else "pointless before late is mended"
    found, text = mend([early, needs_file("late", path)], [Touch(path, "late")])
    assert found == {"early": "PASS", "late": "PASS"}
    assert "Now early says PASS" in text


def test_what_is_skipped_stays_so_while_what_it_needs_is_broken(mend, tmp_path):
    path = tmp_path / "file"
    broken = Made("broken", lambda: Result(Status.FAIL, "for good"))
    ran = tmp_path / "ran"
    needy = Made("needy", lambda: (ran.touch(), passed("ran"))[1], needs=("broken",))
    found, _ = mend([broken, needs_file("one", path), needy], [Touch(path, "one")])
    assert found == {"broken": "FAIL", "one": "PASS", "needy": "SKIP"}
    assert not ran.exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("sh", "-c", "echo noise >&2; echo no room >&2; exit 3"), "ended with status 3: no room"),
        (("no-such-program",), "`no-such-program`: No such file or directory"),
        (("false",), "`false` ended with status 1: no reason given"),
    ],
)
def test_failed_repair_is_one_sentence(mend, tmp_path, words, sentence):
    path = tmp_path / "file"
    found, text = mend([needs_file("one", path)], [Touch(path, "one", words=words)])
    assert found == {"one": "FAIL"}
    [line] = [line for line in text.splitlines() if "this failed" in line]
    assert line.startswith("    Do touch: this failed: ") and line.endswith(sentence)
    assert text.endswith("Now one says FAIL: file is missing")


def test_after_a_command_that_failed_the_next_ones_are_not_run(mend, tmp_path, context):
    path = tmp_path / "file"
    repair = Touch(path, "one")
    repair.plan = lambda context, outcome: Plan([as_user("false"), as_user("touch", path)])
    assert mend([needs_file("one", path)], [repair])[0] == {"one": "FAIL"}
    assert not path.exists()


def test_what_cannot_be_done_from_here_says_why(mend, tmp_path):
    repair = Touch(tmp_path / "file", "one")

    def plan(context, outcome):
        raise Refused("this is the wrong terminal")

    repair.plan = plan
    found, text = mend([needs_file("one", repair.path)], [repair])
    assert found == {"one": "FAIL"}
    assert text == "\none: Do touch: this is the wrong terminal."


def test_no_repair_is_said(mend):
    found, text = mend([Made("one", lambda: warned("hm"))], [])
    assert found == {"one": "WARN"}
    assert "There is no repair for this" in text
    assert mend([Made("one", lambda: passed("well"))], [])[1] == ""


def test_interrupt_keeps_what_was_done(mend, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    answers = iter([True])

    def ask(text):
        for answer in answers:
            return answer
        raise KeyboardInterrupt

    checks = [needs_file("one", first), needs_file("two", second)]
    repairs = [Touch(first, "one"), Touch(second, "two", name="more")]
    found, text = mend(checks, repairs, ask)
    assert found == {"one": "PASS", "two": "FAIL"}
    assert text.endswith("Interrupted: no more repairs.")


def test_it_waits_until_a_service_answers(mend, tmp_path):
    path, looks = tmp_path / "file", []
    # The program ends at once, and what it starts is up a little later.
    words = ("sh", "-c", f"(sleep 0.5; touch {path}) > /dev/null 2>&1 &")
    repair = Touch(path, "one", words=words)
    repair.settled = lambda context: (looks.append(1), path.exists())[1]
    assert mend([needs_file("one", path)], [repair])[0] == {"one": "PASS"}
    assert len(looks) > 1


# The command


@pytest.fixture
def doctor(context, capfd, programs):
    """The command in this process, with the real check of lessons and its real repair."""

    def call(*arguments):
        folders = ["--share", str(context.share), "--home", str(context.home)]
        status = main(["--profile", "tree", *folders, *arguments], (Lessons(),))
        return status, *capfd.readouterr()

    return call


@pytest.fixture
def torn(context, lesson):
    """A lesson that is damaged."""
    path = context.home / "notebooks" / f"{lesson}.ipynb"
    path.write_text("torn")
    return path


def test_yes_mends_without_asking_and_the_status_is_that_afterwards(doctor, torn):
    assert doctor()[0] == 1
    status, out, _ = doctor("--fix", "--yes")
    assert status == 0
    assert "1 problem: lessons." in out
    assert out.endswith("\nReady for the workshop.\n")
    assert torn.read_text() != "torn"
    status, out, _ = doctor("--fix", "--yes")
    assert status == 0 and "Restore" not in out


def test_json_report_is_that_after_the_repairs(doctor, torn):
    status, out, err = doctor("--fix", "--yes", "--json", "-")
    assert status == 0
    assert out.startswith("{") and '"summary": "Ready for the workshop."' in out
    assert "Restore the damaged lessons" in err


def test_dry_run_changes_nothing(doctor, torn, context):
    before = tree(context.home, context.share)
    status, out, _ = doctor("--fix", "--dry-run")
    assert status == 1
    assert f"    workshop reset {torn.stem}\n" in out
    assert tree(context.home, context.share) == before
    assert doctor("--fix", "--yes", "--dry-run")[0] == 1, "--dry-run outweighs --yes"
    assert tree(context.home, context.share) == before


def test_without_a_terminal_nothing_is_done(doctor, torn, context, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    before = tree(context.home, context.share)
    status, out, err = doctor("--fix")
    assert status == 2
    assert out == ""
    assert "no terminal to ask on: nothing was done" in err and len(err.splitlines()) == 1
    assert tree(context.home, context.share) == before


@pytest.mark.parametrize("option", ["--yes", "--dry-run"])
def test_options_that_belong_to_fix(doctor, option):
    status, _, err = doctor(option)
    assert status == 2 and "belong to --fix" in err


@pytest.mark.parametrize(("answer", "status"), [("y\n", 0), ("YES\n", 0), ("\n", 1), ("n\n", 1)])
def test_on_a_terminal_it_asks(context, torn, programs, answer, status):
    folders = ["--share", str(context.share), "--home", str(context.home)]
    terminal, side = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "appliance_check", "--fix", "--only", "lessons", *folders],
        cwd=ROOT,
        stdin=side,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    os.write(terminal, answer.encode())
    out, _ = process.communicate(timeout=60)
    os.close(side)
    os.close(terminal)
    assert "    Restore the damaged lessons? [y/N] " in out
    assert process.returncode == status, out
    assert (torn.read_text() == "torn") == bool(status)


def test_what_workshop_says_when_it_fails_is_passed_on(doctor, torn, programs):
    program(programs, "workshop", "#!/bin/sh\necho 'workshop: the disk is full' >&2\nexit 1\n")
    status, out, _ = doctor("--fix", "--yes")
    assert status == 1
    assert "this failed: `workshop reset" in out and "workshop: the disk is full\n" in out
