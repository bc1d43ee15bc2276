"""What ends a lesson from outside: budgets, memory, crashes, floods; each is told apart."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from appliance_check.checks import notebooks
from appliance_check.probes.watch import Watch, oom_kills

from .notebook_cells import EXPECT, declaring, hold

DEAF = """import os, signal
for each in (signal.SIGINT, signal.SIGTERM):
    signal.signal(each, signal.SIG_IGN)
while True:
    pass"""
# A pause, lest the kernel keeps more of it to send than its memory allows.
FLOOD = "import time\nwhile True:\n    print('x' * 100_000)\n    time.sleep(0.01)"
SMALL_FLOOD = "from IPython.display import display\nwhile True:\n    display(1)"
# name: the first cell, limits of the run, and what the report says.
FAULTS = {
    "cell-seconds": (
        declaring("while True: pass", seconds=1),
        {},
        "cell 1 (`while True: pass`): still running when the 1 s of this cell were over",
    ),
    "run-seconds": (
        declaring("while True: pass", seconds=60),
        {"seconds": 2},
        "still running when its 2 s were over",
    ),
    "seconds-of-the-profile": (
        declaring("while True: pass", seconds={"quick": 1, "full": 60}),
        {},
        "still running when the 1 s of this cell were over",
    ),
    "cell-memory": (
        declaring(hold(400), memory_mb=300),
        {},
        "out of memory: it needs more than the 300 MB of this cell",
    ),
    "run-memory": (
        declaring(hold(400), memory_mb=900),
        {"memory_mb": 300},
        "out of memory: it needs more than its 300 MB",
    ),
    "memory-error": ("b'x' * 10**17", {}, "out of memory: MemoryError"),
    "crash": ("import os\nos.abort()", {}, "the kernel died: compiled code crashed (SIGABRT, peak"),
    "fault": (
        "import ctypes\nctypes.string_at(0)",
        {},
        "the kernel died: compiled code crashed (SIGSEGV, peak",
    ),
    "exit": ("import os\nos._exit(3)", {}, "the kernel died: it ended itself with exit status 3"),
    "deaf": (DEAF, {"seconds": 2}, "still running when its 2 s were over"),
    "flood": (FLOOD, {}, "it puts out more than 20 MB of text or pictures"),
    "small-flood": (SMALL_FLOOD, {}, "it puts out more than 20 MB of text or pictures"),
    "input": ("input('Your name?')", {}, "it asks for input, and in a check nobody answers"),
    "surrogate": (r"raise ValueError('no \udcff text')", {}, "ValueError: no "),
    "control": (r"raise ValueError('a\0b \x1b[31mred')", {}, "ValueError: a?b red"),
    "long": ("raise ValueError('x' * 100_000)", {}, "ValueError: xxx"),
    "unclear": (declaring("x = 1", seconds="soon"), {}, "workshop.seconds must be a number"),
}


def test_what_ends_a_lesson_is_told_apart(run_notebooks):
    sound = [
        "x = 1",
        r"import os; os.write(1, b'\xff\xfe'); print('\udcff')",
        declaring(hold(100), seconds=30, memory_mb=800),
        EXPECT,
    ]
    cases = {name: ([cell, EXPECT], limits) for name, (cell, limits, _) in FAULTS.items()}
    reports, _ = run_notebooks({**cases, "sound": (sound, {})})
    assert reports.pop("sound")["problem"] is None
    assert reports.keys() == FAULTS.keys()
    for name, (_, _, words) in FAULTS.items():
        problem = reports[name]["problem"]
        assert words in problem, name
        assert problem.startswith("cell 1 (`"), name
        assert len(problem) < 500, name
        problem.encode()  # every report can be written
    for name in ("flood", "small-flood"):  # something is left of it, to look at
        kept = Path(reports[name]["kept"]["ipynb"])
        assert 1_000 < kept.stat().st_size < 500_000


def test_each_cell_has_its_seconds_and_memory(run_notebooks):
    cells = ["x = 1", declaring("import time; time.sleep(1)"), hold(300), "del held", EXPECT]
    reports, _ = run_notebooks({"measured": (cells, {})})
    found = reports["measured"]["cells"]
    assert [number for number, _, _ in found] == [1, 2, 3, 4, 5]
    seconds, peaks = [each[1] for each in found], [each[2] for each in found]
    assert 1 <= seconds[1] < 10 and max(seconds[0], seconds[3]) < 1
    assert peaks[2] > peaks[1] + 250
    assert peaks[4] < peaks[2] - 250, "each cell's peak begins anew"
    assert reports["measured"]["peak_mb"] == max(peaks)


def test_time_of_a_cell_grows_with_the_slowness_of_the_machine(run_notebooks):
    cells = [declaring("import time; time.sleep(2)", seconds=1), EXPECT]
    reports, _ = run_notebooks({"slow": (cells, {})}, slowdown=15.0)
    assert reports["slow"]["problem"] is None


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (["false"], "the kernel does not start: Kernel died before replying"),
        (["no-such-program"], "the kernel does not start: [Errno 2] No such file"),
        (
            ["sh", "-c", "sleep 600"],
            "the kernel does not start: Kernel didn't respond in 1 second",
        ),
    ],
)
def test_kernel_that_does_not_start_is_named(run_notebooks, tmp_path, monkeypatch, program, words):
    spec = {"argv": program, "display_name": "Broken", "language": "python"}
    kernel = tmp_path / "jupyter" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    (kernel / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.setattr(notebooks, "START_SECONDS", 1)
    reports, _ = run_notebooks({"a": (["x = 1", EXPECT], {})})
    assert reports["a"]["problem"].startswith(words)


def test_program_that_a_lesson_leaves_running_is_ended(run_notebooks, tmp_path):
    number = tmp_path / "pid"
    source = (
        "import subprocess, sys, time\n"
        "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'],"
        " start_new_session=True)\n"
        f"open({str(number)!r}, 'w').write(str(p.pid))\n"
        "while True: pass"
    )
    run_notebooks({"orphan": ([source, EXPECT], {"seconds": 2})})
    left = int(number.read_text())
    assert not psutil.pid_exists(left) or psutil.Process(left).status() == psutil.STATUS_ZOMBIE


@pytest.fixture
def machine(tmp_path) -> Path:
    """A root folder with the counters of control groups of version 2, and of the machine."""
    for name, text in {
        "proc/self/cgroup": "0::/user.slice/a\n",
        "proc/vmstat": "nr_free_pages 7\noom_kill 40\n",
        "sys/fs/cgroup/user.slice/a/memory.events": "low 0\noom 5\noom_kill 2\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_deaths_for_want_of_memory_are_those_of_our_own_group(machine):
    assert oom_kills(machine) == 2
    (machine / "sys/fs/cgroup/user.slice/a/memory.events").unlink()
    assert oom_kills(machine) == 40
    old = machine / "sys/fs/cgroup/memory/memory.oom_control"
    old.parent.mkdir()
    old.write_text("oom_kill_disable 0\nunder_oom 0\noom_kill 3\n")
    assert oom_kills(machine) == 3
    assert oom_kills(machine / "nowhere") == 0


@pytest.mark.parametrize(
    ("deaths", "sent", "words"),
    [
        (1, signal.SIGKILL, "out of memory: Linux ended the kernel"),
        (0, signal.SIGKILL, "something ended it with SIGKILL"),
        (1, signal.SIGSEGV, "compiled code crashed (SIGSEGV"),  # a neighbour's death is not ours
        (0, signal.SIGTERM, "something ended it with SIGTERM"),
    ],
)
def test_out_of_memory_is_told_apart_from_a_crash(monkeypatch, deaths, sent, words):
    counts = iter([5, 5 + deaths])
    monkeypatch.setattr("appliance_check.probes.watch.oom_kills", lambda: next(counts))
    watch = Watch(900)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as kernel:
        watch.follow(kernel)
        os.kill(kernel.pid, sent)
        kernel.wait()
        watch.stop()
    assert words in watch.cause_of_death()
