"""What the landing page says of the machine, and the attendee's work in one file."""

import io
import json
import zipfile
from pathlib import Path

from workshop_pages import about, archive

from appliance_build.description import load
from appliance_check import context


def test_report_is_looked_for_where_the_doctor_leaves_it():
    assert about.REPORT == context.LAST_REPORT


def test_facts_come_from_the_files_of_the_build(tmp_path: Path):
    described = load().model_dump(mode="json")
    files = {
        "appliance.json": described,
        "python.json": {"Theano": "1.0.5", "six": "1.16.0"},
        "standins.json": [{"asset": name, "standin": "noise"} for name in ("a", "b")],
    }
    for name, content in files.items():
        (tmp_path / name).write_text(json.dumps(content))
    assert about.facts(tmp_path, tmp_path) == {
        "title": described["title"],
        "logo": None,
        "pages": [],
        "version": described["version"],
        "standins": 1,
        "packages": {"Theano": "1.0.5"},
        "ssh": {"port": described["ports"]["ssh"]["host"], "user": described["user"]["name"]},
        "check": None,
    }


def test_nothing_known_is_no_error(tmp_path: Path):
    facts = about.facts(tmp_path, tmp_path)
    assert not any(facts.values())


def test_damaged_report_is_none(tmp_path: Path):
    for content in ("", "[]", "{}", "{"):
        (tmp_path / "check.json").write_text(content)
        assert about.last_check(tmp_path / "check.json") is None


def test_report_has_a_page_where_the_doctor_left_one(tmp_path: Path):
    report = tmp_path / "check.json"
    report.write_text(json.dumps({"summary": "Ready for the workshop."}))
    assert about.last_check(report)["page"] is False
    about.report_page(report).write_text("<!DOCTYPE html>")
    assert about.last_check(report)["page"] is True
    assert about.report_page(report) == tmp_path / "check.html"


def test_archive_has_the_folder_without_what_is_hidden_or_elsewhere(tmp_path: Path):
    folder = tmp_path / "notebooks"
    for name in ("a.ipynb", "my-photos/cat.jpg", ".ipynb_checkpoints/a.ipynb", ".secret"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (tmp_path / "host").mkdir()
    (tmp_path / "host" / "large").write_text("on the host already")
    (folder / "work").symlink_to(tmp_path / "host")
    (folder / "link").symlink_to(tmp_path / "host" / "large")
    written = io.BytesIO()
    archive.write(folder, written)
    with zipfile.ZipFile(written) as read:
        assert read.testzip() is None
        assert read.namelist() == ["notebooks/a.ipynb", "notebooks/my-photos/cat.jpg"]
