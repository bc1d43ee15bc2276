"""data and lessons beside the list that the build leaves, which its own script writes here."""

import gzip
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from appliance_check import shipped
from appliance_check.checks import data, lessons, python, weights
from appliance_check.checks.data import DIGITS, Data
from appliance_check.checks.lessons import Lessons
from appliance_check.context import Context
from appliance_check.result import Status

ROOT = Path(__file__).resolve().parents[3]
LIST = ROOT / "ansible" / "roles" / "check" / "files" / "list_files.py"
LABELS = "train-labels-idx1-ubyte.gz"


def labels(counts: list[int]) -> bytes:
    body = b"".join(bytes([digit]) * count for digit, count in enumerate(counts))
    return gzip.compress(bytes([0, 0, 8, 1]) + len(body).to_bytes(4, "big") + body, mtime=0)


def write_list(share: Path) -> None:
    folders = [share / "notebooks", share / "solutions", share / "data", share.parent / "workshop"]
    words = [sys.executable, LIST, share / "files.json", *folders]
    subprocess.run(words, check=True)


@pytest.fixture
def whole(context) -> Context:
    """The appliance with data, a library, and the lists of all its files."""
    for lesson in context.lessons:  # cells have random ids, so that no two are the same
        (context.home / "notebooks" / lesson.name).write_bytes(lesson.read_bytes())
    files = {
        "share/data/text/sonnets.txt": b"Shall I compare thee",
        "share/data/images/sky.jpg": b"blue",
        "share/data/googlenet/weights.npz": b"numbers",
        f"share/data/mnist/{LABELS}": labels(DIGITS[LABELS]),
        "share/solutions/1.ipynb": b"{}",
        "workshop/data.py": b"code",
        "workshop/language/trained/plays.npz": b"our numbers",
        "workshop/__pycache__/data.pyc": b"byte code",
    }
    for name, content in files.items():
        path = context.share.parent / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    write_list(context.share)
    assets = ("text/sonnets.txt", "images/sky.jpg", f"mnist/{LABELS}")
    write_bill(context.share, dict.fromkeys(assets, "CC0-1.0"))
    return context


def write_bill(share: Path, licences: dict[str, str]) -> None:
    entries = [
        {"SPDXID": f"SPDXRef-data-{number}", "name": name, "licenseDeclared": licence}
        for number, (name, licence) in enumerate(licences.items())
    ]
    (share / "sbom.spdx.json").write_text(json.dumps({"packages": entries}))


def test_the_list_has_every_file_once_and_each_is_one_checks_affair(whole):
    names = json.loads((whole.share / "files.json").read_text())
    assert "data/text/sonnets.txt" in names and "../workshop/data.py" in names
    assert names["data/images/sky.jpg"]["size"] == 4
    assert not [name for name in names if "pycache" in name]
    assert list(names) == sorted(names)
    checks = (data, lessons, python, weights)
    assert {name: sum(check.belongs(name) for check in checks) for name in names} == dict.fromkeys(
        names, 1
    )


def test_the_list_is_the_same_each_time_and_half_of_it_is_never_there(whole, tmp_path):
    first = (whole.share / "files.json").read_bytes()
    write_list(whole.share)
    assert (whole.share / "files.json").read_bytes() == first
    assert not list(whole.share.glob("*.part"))


def test_data_as_shipped_pass(whole):
    result = Data().run(whole)
    assert result.status == Status.PASS, result
    assert result.message == "3 files, sizes and hashes as shipped, each with a licence"
    assert result.evidence["files"] == {"images": 1, "mnist": 1, "text": 1}


@pytest.mark.parametrize(
    ("damage", "words", "quick"),
    [
        (lambda path: path.write_bytes(b"Shall I compare thou"), "other bytes", False),
        (lambda path: path.write_bytes(b"Shall"), "has 5 bytes, not 20", True),
        (lambda path: path.unlink(), "is missing", True),
    ],
)
def test_damaged_data_are_named(whole, damage, words, quick):
    path = whole.share / "data" / "text" / "sonnets.txt"
    damage(path)
    result = Data().run(whole)
    assert result.status == Status.FAIL
    assert str(path) in result.message and words in result.message
    assert ";" not in result.message  # one fault, one problem
    at_quick = Data().run(replace(whole, level="quick"))
    assert (at_quick.status == Status.FAIL) is quick
    assert Lessons().run(whole).status == Status.PASS


def test_level_quick_reads_no_content(whole):
    message = Data().run(replace(whole, level="quick")).message
    assert message == "3 files, sizes as shipped, each with a licence"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (labels([5924, 6741, *DIGITS[LABELS][2:]]), "other digits than MNIST: [5924, 6741, "),
        (labels([0] * 10), "other digits than MNIST: [0, 0, "),
        (b"no archive", "cannot be unpacked"),
        (labels(DIGITS[LABELS])[:-20], "cannot be unpacked"),
    ],
)
def test_digits_that_are_not_mnists_are_told_even_if_a_build_shipped_them(whole, content, words):
    path = whole.share / "data" / "mnist" / LABELS
    path.write_bytes(content)
    write_list(whole.share)
    result = Data().run(whole)
    assert result.status == Status.FAIL
    assert str(path) in result.message and words in result.message


def test_the_digits_of_the_locked_files_are_counted_right():
    """Each file has as many labels as MNIST has pictures, and each digit is among them."""
    assert [sum(counts) for counts in DIGITS.values()] == [60_000, 10_000]
    assert all(len(counts) == 10 for counts in DIGITS.values())


def test_without_mnist_there_is_nothing_to_count(whole):
    (whole.share / "data" / "mnist" / LABELS).unlink()
    write_list(whole.share)
    assert Data().run(whole).status == Status.PASS


@pytest.mark.parametrize("licence", [None, "NOASSERTION", "NONE"])
def test_a_file_without_a_licence_is_named(whole, licence):
    licences = {"text/sonnets.txt": "CC0-1.0", f"mnist/{LABELS}": "CC-BY-SA-3.0"}
    write_bill(whole.share, licences | ({"images/sky.jpg": licence} if licence else {}))
    result = Data().run(whole)
    assert result.status == Status.FAIL
    sky = whole.share / "data" / "images" / "sky.jpg"
    assert result.message == f"{sky} has no licence in sbom.spdx.json"


@pytest.mark.parametrize("name", ["files.json", "sbom.spdx.json"])
@pytest.mark.parametrize("content", [None, "{", "[]", '{"a": 1}', "null"])
def test_without_its_lists_nobody_knows(whole, name, content):
    path = whole.share / name
    path.unlink() if content is None else path.write_text(content)
    result = Data().run(whole)
    assert result.status == Status.FAIL
    assert str(path) in result.message


def test_lessons_as_shipped_need_no_reading(whole, monkeypatch):
    monkeypatch.setattr(Context, "probe", lambda *_: pytest.fail("an interpreter was started"))
    assert Lessons().run(whole).message == "10 lessons, pristine and as the attendee's copies"


def test_a_copy_that_was_changed_is_read_and_fine(whole, lesson):
    copy = whole.home / "notebooks" / f"{lesson}.ipynb"
    copy.write_text(copy.read_text().replace("42", "43"))
    result = Lessons().run(whole)
    assert result.status == Status.PASS
    assert result.message.endswith("copies, 1 of them changed")
    copy.write_text("{")
    result = Lessons().run(whole)
    assert result.status == Status.FAIL
    assert result.message == f"{copy} is damaged (not JSON)"
    assert f"`workshop reset {lesson}`" in result.remedy


@pytest.mark.parametrize("folder", ["notebooks", "solutions"])
def test_a_pristine_notebook_that_was_changed_fails_valid_or_not(whole, folder):
    path = sorted((whole.share / folder).iterdir())[0]
    path.write_text(path.read_text().replace("42", "43") + " ")
    result = Lessons().run(whole)
    assert result.status == Status.FAIL
    assert str(path) in result.message
    assert "mport the appliance again" in (result.remedy or Lessons.remedy)
    assert Data().run(whole).status == Status.PASS


def test_a_lesson_that_the_list_lacks_is_missing(whole, lesson):
    (whole.share / "notebooks" / f"{lesson}.ipynb").unlink()
    write_list(whole.share)
    result = Lessons().run(whole)
    assert result.status == Status.FAIL
    assert f"{lesson}.ipynb is missing" in result.message


def test_first_sentences_and_the_number_of_others():
    assert shipped.first(["a", "b"]) == "a; b"
    assert shipped.first("abcdef") == "a; b; c; d; and 2 more"
