"""The command: exit statuses, the two reports, and wrong use."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from appliance_check import cli
from appliance_check.check import Check
from appliance_check.checks import CHECKS
from appliance_check.cli import main
from appliance_check.context import LAST_REPORT
from appliance_check.result import Result, Status

from .repairing import Made

ROOT = Path(__file__).resolve().parents[3]


def made(name: str, status: Status) -> Made:
    """A check that says so; an ERROR is one that crashes."""

    def look() -> Result:
        print("noise on standard output")
        if status == Status.ERROR:
            raise RuntimeError("crashed")
        return Result(status, f"it says {status}", {"found": "ü"})

    return Made(name, look)


GOOD, WARN, FAIL, ERROR = (
    made(name, status)
    for name, status in (
        ("good", Status.PASS),
        ("warn", Status.WARN),
        ("fail", Status.FAIL),
        ("error", Status.ERROR),
    )
)


@pytest.fixture
def check(context, capfd):
    """Runs the command on made checks; gives exit status, standard output and error."""

    def call(*checks: Check, arguments=()):
        folders = ["--share", str(context.share), "--home", str(context.home)]
        status = main(["--profile", "tree", *folders, *arguments], checks or (GOOD,))
        return status, *capfd.readouterr()

    return call


@pytest.mark.parametrize(
    ("checks", "arguments", "status"),
    [
        ((GOOD,), [], 0),
        ((GOOD, WARN), [], 0),
        ((GOOD, WARN), ["--strict"], 1),
        ((GOOD, FAIL), [], 1),
        ((GOOD, ERROR), [], 3),
        ((FAIL, ERROR), [], 1),
        ((GOOD, FAIL), ["--only", "good"], 0),
    ],
)
def test_exit_status(check, checks, arguments, status):
    assert check(*checks, arguments=arguments)[0] == status


def test_nothing_but_skipped_checks_is_not_good(check):
    slow = made("slow", Status.PASS)
    slow.level = "full"
    status, text, _ = check(slow, arguments=["--level", "quick"])
    assert status == 3
    assert text.endswith("Nothing was checked.\n")


def test_not_applicable_is_not_a_problem_until_required(check, context):
    context.description["checks"]["tree"]["not_applicable"] = {"good": "not here"}
    (context.share / "appliance.json").write_text(json.dumps(context.description))
    status, text, _ = check(GOOD)
    assert status == 0
    assert "N/A" in text
    assert "not here" in text
    assert "PASS" in check(GOOD, arguments=["--require", "good"])[1]


def test_text_report(check):
    _, text, _ = check(GOOD, WARN, FAIL)
    lines = text.splitlines()
    assert lines[0].startswith("Checking Deep Learning Workshop ")
    assert lines[3].split()[:3] == ["✓", "PASS", "good"]
    assert "Why it matters: It matters to the test." in text
    assert "What to do: Run the test again." in text
    assert "found: ü" in text
    assert lines[-1] == "1 problem: fail."
    assert "\033" not in text


def test_closing_sentences(check):
    assert check(GOOD)[1].endswith("Ready for the workshop.\n")
    assert check(GOOD, WARN)[1].endswith("Ready for the workshop, with 1 warning: warn.\n")
    strict = check(WARN, FAIL, arguments=["--strict"])[1]
    assert strict.endswith("2 problems: warn, fail.\n")


def test_json_on_standard_output_is_pure(check):
    status, out, err = check(GOOD, FAIL, ERROR, arguments=["--json", "-"])
    report = json.loads(out)
    assert status == 1
    assert (report["schema"], report["profile"], report["level"]) == (1, "tree", "standard")
    assert [each["status"] for each in report["checks"]] == ["PASS", "FAIL", "ERROR"]
    for each in report["checks"]:
        assert each.keys() == {
            "id", "group", "title", "status", "seconds", "message", "evidence", "matters", "remedy",
            "page",
        }  # fmt: skip
    assert "Checking" in err


def kept(context) -> dict | None:
    """The report that the landing page shows."""
    path = context.home / LAST_REPORT
    return json.loads(path.read_text()) if path.exists() else None


def test_report_of_all_checks_is_kept_for_the_landing_page(check, context):
    check(GOOD)
    assert kept(context)["summary"] == "Ready for the workshop."
    check(GOOD, FAIL)
    assert kept(context)["summary"] == "1 problem: fail."
    files = sorted(path.name for path in (context.home / LAST_REPORT).parent.iterdir())
    assert files == ["check.html", "check.json"]


@pytest.mark.parametrize("arguments", [["--only", "good"], ["--notebooks", "notebooks"]])
def test_report_of_a_part_is_not_kept(check, context, monkeypatch, arguments):
    monkeypatch.chdir(context.share)
    check(GOOD, FAIL, arguments=arguments)
    assert kept(context) is None


def test_home_that_cannot_be_written_changes_nothing(check, context):
    (context.home / ".local").write_text("in the way")
    status, out, err = check(GOOD)
    assert status == 0 and "Traceback" not in err
    assert out.endswith("Ready for the workshop.\n")


def test_json_file_replaces_the_old_one_whole(check, tmp_path):
    file = tmp_path / "report.json"
    file.write_text("old")
    os.link(file, tmp_path / "second-name")
    assert check(GOOD, arguments=["--json", str(file)])[0] == 0
    assert json.loads(file.read_text())["complete"] is True
    assert (tmp_path / "second-name").read_text() == "old", "written in place, not renamed"
    assert not list(tmp_path.glob(".report*"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--only", "goood"], "no check is called goood; there are: good"),
        (["--require", "gpu,good"], "no check is called gpu; there are: good"),
        (["--explain", "gpu"], "no check is called gpu; there are: good"),
        (["--profile", "moon"], "no such profile; there are: vm, cpu, cuda, local, tree"),
        (["--notebooks", "/no/such"], "no such folder"),
        (["--json", "/no/such/file"], "not a folder that can be written to"),
    ],
)
def test_wrong_use_is_one_sentence(check, arguments, words):
    status, out, err = check(arguments=arguments)
    assert status == 2
    assert out == ""
    assert words in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments", [["--levle"], ["--level", "slow"], ["--only"], ["--jobs", "0"], ["--jobs", "two"]]
)
def test_unknown_options(check, capfd, arguments):
    with pytest.raises(SystemExit) as stop:
        check(arguments=arguments)
    assert stop.value.code == 2


def test_jobs_reach_the_runner(check, monkeypatch):
    given = []
    genuine = cli.run

    def watched(*arguments):
        given.append(arguments[-1])
        return genuine(*arguments)

    monkeypatch.setattr(cli, "run", watched)
    assert check(GOOD, arguments=["--jobs", "3"])[0] == 0
    assert check(GOOD)[0] == 0
    assert given == [3, len(os.sched_getaffinity(0))]


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_text("{")])
def test_without_the_description_nothing_can_run(check, context, damage):
    damage(context.share / "appliance.json")
    status, _, err = check()
    assert status == 3
    assert str(context.share / "appliance.json") in err
    assert len(err.splitlines()) == 1


def program(*arguments: str, **keywords) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "appliance_check", *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **keywords,
    )


def test_list_and_explain_need_no_appliance():
    out, _ = program("--list").communicate()
    listed = [line.split(maxsplit=4) for line in out.splitlines()]
    assert listed == [[c.id, c.level, f"{c.seconds:g}", "s", c.title] for c in CHECKS]
    for each in CHECKS:
        out, _ = program("--explain", each.id).communicate()
        assert all(word in out for word in ("Proves", "Why it matters", "When it fails", "Takes"))


def test_every_check_says_what_it_must():
    for each in CHECKS:
        for attribute in ("id", "title", "group", "proves", "matters", "remedy", "seconds"):
            assert getattr(each, attribute), f"{each.id} lacks {attribute}"
    assert len({each.id for each in CHECKS}) == len(CHECKS)


def test_plain_ascii_without_a_locale(context):
    folders = ["--share", str(context.share), "--home", str(context.home)]
    process = program(
        "--only", "disk", *folders, env={"PATH": os.environ["PATH"], "PYTHONIOENCODING": "ascii"}
    )
    out, err = process.communicate()
    assert "+ PASS" in out, err
    assert process.returncode == 0


def test_interrupt_reports_what_there_is(context, lesson, write_notebook, tmp_path):
    marker = tmp_path / "started"
    os.mkfifo(marker)
    write_notebook(
        context.share / "notebooks" / f"{lesson}.ipynb",
        f"open({str(marker)!r}, 'w').close()\nwhile True: pass",
    )
    folders = ["--share", str(context.share), "--home", str(context.home)]
    process = program("--only", "disk", "notebooks", "--json", "-", *folders)
    marker.read_text()  # returns when the lesson has come there
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    report = json.loads(out)
    assert process.returncode == 3
    assert report["complete"] is False
    found = {each["id"]: each["status"] for each in report["checks"]}
    assert found == {"disk": "PASS", "notebooks": "SKIP"}
    assert report["checks"][1]["message"] == "not run: interrupted"
    assert "Interrupted after 1 check" in err


def test_who_stops_reading_gets_no_traceback(context):
    folders = ["--share", str(context.share), "--home", str(context.home)]
    process = program("--only", "memory", "disk", *folders)
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait() == 3
