"""Where reports go: asked for before anything runs, written whole or not at all."""

import json
import os
import resource
import signal
import subprocess
import sys
import threading
from pathlib import Path
from xml.etree import ElementTree

import pytest

from appliance_check.checks import CHECKS
from appliance_check.cli import main
from appliance_check.context import LAST_REPORT
from appliance_check.reports import FORMATS
from appliance_check.result import failed, passed

ROOT = Path(__file__).resolve().parents[3]
every_format = pytest.mark.parametrize("form", FORMATS)


@pytest.fixture
def program(context):
    """Starts the command in a process of its own."""

    def start(*arguments: str, **keywords) -> subprocess.Popen:
        folders = ["--share", str(context.share), "--home", str(context.home)]
        return subprocess.Popen(
            [sys.executable, "-m", "appliance_check", "--profile", "tree", *folders, *arguments],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **keywords,
        )

    return start


@pytest.fixture
def refused(context, capfd):
    """Runs the command and gives the sentence that it refuses to run with."""

    def call(*arguments: str) -> str:
        folders = ["--share", str(context.share), "--home", str(context.home)]
        assert main([*folders, *arguments], CHECKS) == 2
        out, err = capfd.readouterr()
        assert out == "" and len(err.splitlines()) == 1
        return err

    return call


@every_format
def test_file_that_cannot_be_written_is_told_before_anything_runs(refused, tmp_path, form):
    option = f"--{form}"
    assert "/no/such is not a folder" in refused(option, "/no/such/file")
    assert "this is a folder" in refused(option, str(tmp_path))
    (tmp_path / "file").touch()
    assert "is not a folder" in refused(option, str(tmp_path / "file" / "report"))


def test_two_reports_in_one_place(refused, tmp_path):
    said = refused("--json", "-", "--html", "-")
    assert "--json - and --html -: standard output cannot hold two reports" in said
    (tmp_path / "link").symlink_to("file")
    said = refused("--json", str(tmp_path / "file"), "--junit", str(tmp_path / "link"))
    assert "one file cannot hold two reports" in said


@every_format
def test_standard_output_is_pure_and_utf_8(program, context, form):
    description = context.description | {"title": "Ünïcode"}
    (context.share / "appliance.json").write_text(json.dumps(description))
    environment = {"PATH": os.environ["PATH"], "PYTHONIOENCODING": "ascii"}
    out, err = program("--only", "standins", f"--{form}", "-", env=environment).communicate()
    report = out.decode("utf-8")
    start = {"json": "{", "junit": "<?xml", "html": "<!DOCTYPE html>", "prometheus": "# HELP"}
    assert report.startswith(start[form]), err
    assert "Checking" not in report and b"Checking" in err
    assert ("Ünïcode" in report) == (form != "prometheus")


@every_format
def test_interrupted_report_is_marked(program, context, lesson, write_notebook, tmp_path, form):
    marker, file = tmp_path / "started", tmp_path / "report"
    os.mkfifo(marker)
    write_notebook(
        context.share / "notebooks" / f"{lesson}.ipynb",
        f"open({str(marker)!r}, 'w').close()\nwhile True: pass",
    )
    process = program("--only", "standins", "notebooks", f"--{form}", str(file))
    marker.read_text()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 3 and not err
    assert b"Interrupted after 1 check" in out
    text = file.read_text()
    if form == "json":
        assert json.loads(text)["complete"] is False
    elif form == "junit":
        errors = ElementTree.fromstring(text.encode()).findall(
            ".//testcase[@name='complete']/error"
        )
        assert "Interrupted after 1 check" in errors[0].get("message")
    elif form == "html":
        assert "This report is incomplete." in text and "<h1>Interrupted after 1 check" in text
    else:
        assert "\nappliance_check_complete 0\n" in text
    assert not (context.home / LAST_REPORT).exists()


@every_format
def test_without_room_the_old_report_stays(program, context, tmp_path, form):
    file = tmp_path / "report"
    file.write_text("old")

    def only_little_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

    process = program("--only", "standins", f"--{form}", str(file), preexec_fn=only_little_files)
    out, err = process.communicate()
    assert out.endswith(b"Ready for the workshop.\n")
    assert (
        err.decode()
        == f"appliance-check: --{form} {file}: File too large; the report is not there\n"
    )
    assert process.returncode == 3
    assert file.read_text() == "old" and [*tmp_path.glob(".report*")] == []


def test_reader_that_has_gone_is_told_in_a_sentence(program):
    process = program("--only", "standins", "--json", "-")
    process.stdout.close()
    err = process.stderr.read().decode().splitlines()
    assert process.wait() == 3
    assert err[-1] == "appliance-check: --json -: Broken pipe; the report is not there"
    assert "Ready for the workshop." in err


def test_pipe_is_written_to_and_link_stays(program, tmp_path):
    pipe, link, file = tmp_path / "pipe", tmp_path / "link", tmp_path / "file"
    os.mkfifo(pipe)
    link.symlink_to(file)
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_text()), daemon=True)
    reader.start()
    process = program("--only", "standins", "--json", str(pipe), "--html", str(link))
    assert process.communicate()[1] == b""
    reader.join(timeout=60)
    assert json.loads(got[0])["complete"] is True
    assert pipe.is_fifo()
    assert link.is_symlink() and file.read_text().startswith("<!DOCTYPE html>")


def test_page_is_kept_with_the_report_or_neither(reported, context):
    kept = context.home / LAST_REPORT
    page = kept.with_suffix(".html")
    reported("text", passed("fine"))
    assert "<h1>Ready for the workshop.</h1>" in page.read_text()
    before = page.read_text()
    kept.unlink()
    kept.mkdir()  # in the way of the report for programs alone
    reported("text", failed("broken"))
    assert page.read_text() == before
    assert sorted(path.name for path in kept.parent.iterdir()) == ["check.html", "check.json"]
