"""The report for people: each line at once, nothing too long or broken, one closing sentence."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from appliance_check.check import Check
from appliance_check.reports import TextReport
from appliance_check.reports.closing import closing
from appliance_check.result import Result, Status, failed, warned
from appliance_check.runner import Outcome

ROOT = Path(__file__).resolve().parents[3]
# With one word more than fits into a line, so that it would be broken if it were wrapped.
COMMAND = "sudo systemctl restart " + " ".join(f"workshop-part-{n}.service" for n in range(6))


def test_long_lines_are_cut(reported):
    long = "word " * 100
    text = reported("text", failed(f"broken {long}", found=long, lines=f"a\n{long}\nb"))
    lines = text.splitlines()
    assert max(map(len, lines)) < 340
    assert sum(line.endswith(" …") for line in lines) == 4
    assert "      a" not in lines and "    lines: a" in lines and "      b" in lines


def test_commands_stand_on_lines_of_their_own(reported):
    text = reported("text", failed("broken", f"Do this: `{COMMAND}`, then look at `status`."))
    assert f"        {COMMAND}" in text.splitlines()


def test_each_problem_has_its_evidence_reason_remedy_and_page(reported):
    lines = reported("text", warned("odd", other=1, found=[2], expected={"a": 3})).splitlines()
    where = lines.index("! WARN   first: odd")
    assert lines[where + 1 :] == [
        '    expected: {"a": 3}',
        "    found: [2]",
        "    other: 1",
        "    Why it matters: It matters to the test.",
        "    What to do: Run the test again.",
        "    More: appliance-check --explain first, or docs/checks.md#first",
        "",
        "Ready for the workshop, with 1 warning: first.",
    ]


def test_text_of_a_terminal_cannot_be_forged(reported):
    text = reported("text", failed("\x1b[2J\x1b]0;x\x07broken\nPASS", output="\x1b[1A\rgone"))
    assert not {"\x1b", "\x07", "\r"} & {*text}
    assert "broken PASS" in text


@pytest.mark.parametrize(
    ("mendable", "sentence"),
    [
        ((), "3 problems: a, b, c."),
        (("d",), "3 problems: a, b, c."),
        (("a", "c", "d"), "3 problems (--fix may mend 2 of them): a, b, c."),
    ],
)
def test_closing_sentence_says_what_can_be_mended(mendable, sentence):
    outcomes = [outcome(name, Status.FAIL) for name in "abc"]
    assert closing(outcomes, True, False, mendable) == sentence


def test_closing_sentence_about_one_problem():
    outcomes = [outcome("a", Status.PASS), outcome("b", Status.ERROR)]
    assert closing(outcomes, True, False, ("a", "b")) == "1 problem (--fix may mend it): b."


def outcome(name: str, status: Status) -> Outcome:
    check = Check()
    check.id = name
    return Outcome(check, Result(status, ""), 0)


def test_every_line_comes_at_once(context, lesson, write_notebook, tmp_path):
    marker = tmp_path / "started"
    os.mkfifo(marker)
    write_notebook(
        context.share / "notebooks" / f"{lesson}.ipynb",
        f"open({str(marker)!r}, 'w').close()\nwhile True: pass",
    )
    folders = ["--share", str(context.share), "--home", str(context.home)]
    process = subprocess.Popen(
        [sys.executable, "-m", "appliance_check", "--only", "standins", "notebooks", *folders],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )
    try:
        seen = b""
        while b"standins" not in seen:  # the lesson holds until somebody opens the pipe
            ready, _, _ = select.select([process.stdout], [], [], 60)
            assert ready, f"nothing more came than {seen}"
            seen += os.read(process.stdout.fileno(), 4096)
        assert seen.startswith(b"Checking ")
        marker.read_text()
        process.send_signal(signal.SIGINT)
        assert b"Interrupted after 1 check" in process.communicate(timeout=60)[0]
    finally:
        process.kill()


def test_line_does_not_wait_for_what_comes_next(context):
    reader, writer = os.pipe()
    with open(writer, "w") as stream, open(reader) as seen:  # noqa: PTH123  descriptors
        os.set_blocking(reader, False)
        TextReport(stream, width=10).start(context)
        assert seen.readline().startswith("Checking ")


def test_first_line_costs_little(context):
    """A second is what a person waits; of processor time, which other work does not change."""
    folders = ["--share", str(context.share), "--home", str(context.home)]
    arguments = [sys.executable, "-m", "appliance_check", "--only", "standins", *folders]
    process = subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    assert used.ru_utime + used.ru_stime < 1
