"""What lesson 8 does around its networks: drawing, finding units, own texts, checkpoints."""

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from appliance_build.paths import PROJECT

sys.path.insert(0, str(PROJECT / "notebooks"))
from workshop import weights
from workshop.language import checkpoints, neurons, own
from workshop.language.checkpoints import CheckpointError
from workshop.language.corpus import SHAKESPEARE, Alphabet
from workshop.language.own import TextError
from workshop.language.sampling import draw, sharpened

CHANCES = np.array([0.5, 0.05, 0.3, 0.15])
GERMAN = "Fräulein Müller aß schöne Äpfel.\r\n\tUnd „Öl“?\r\n" * 600


def test_temperature_and_top():
    np.testing.assert_allclose(sharpened(CHANCES), CHANCES)
    np.testing.assert_allclose(sharpened(CHANCES, 0.5), CHANCES**2 / (CHANCES**2).sum())
    np.testing.assert_allclose(sharpened(CHANCES, 1, 2), [0.625, 0, 0.375, 0])
    np.testing.assert_allclose(sharpened(CHANCES, 0.001), [1, 0, 0, 0], atol=1e-9)
    np.testing.assert_allclose(sharpened(np.full(4, 0.25), 1, 1), [1, 0, 0, 0])
    np.testing.assert_allclose(sharpened([0, 1]), [0, 1], atol=1e-20)
    for wrong in ({"temperature": 0}, {"top": 0}):
        with pytest.raises(ValueError, match=r"above 0|at least 1"):
            sharpened(CHANCES, **wrong)


def test_what_is_drawn_is_as_likely_as_it_should_be():
    rng = np.random.RandomState(0)
    drawn = np.bincount([draw(CHANCES, rng) for _ in range(20_000)], minlength=4)
    np.testing.assert_allclose(drawn / 20_000, CHANCES, atol=0.01)
    ends = SimpleNamespace(rand=lambda: 0.0), SimpleNamespace(rand=lambda: 1 - 1e-16)
    assert [draw(np.array([0, 0.5, 0.5 - 1e-9]), end) for end in ends] == [1, 2]


def test_where_names_and_lines_begin():
    text = "ROMEO:\nO, me: no\n\nNurse:\nHo"
    assert "".join(np.where(neurons.in_name(text) > 0, list(text), "")) == "ROMEO:Nurse:"
    assert neurons.place_in_line("ab\n\nc").tolist() == [0, 1, 2, 0, 0]


def test_the_unit_that_knows_is_found():
    rng = np.random.RandomState(1)
    truth, states = rng.rand(200), rng.rand(200, 5)
    states[:, 3] = 1 - truth + 0.01 * states[:, 3]
    states[:, 1] = 0.5  # never changes
    unit, found = neurons.find(states, truth)
    assert unit == 3 and -1 <= found < -0.99


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_an_own_text_in_any_usual_encoding(tmp_path, encoding):
    (tmp_path / "text.txt").write_bytes(GERMAN.encode(encoding))
    (tmp_path / ".hidden").write_bytes(b"\0")
    text, findings = own.read_folder(tmp_path)
    assert text.startswith("Fräulein Müller aß schöne Äpfel.\n    Und „Öl“?\n") and "\r" not in text
    if encoding == "cp1252":
        [finding] = findings
        assert "text.txt is not UTF-8 (byte 2)" in finding and "save it as UTF-8" in finding
    else:
        assert findings == []


def test_files_that_are_no_text_are_told(tmp_path):
    (tmp_path / "a.txt").write_text(GERMAN)
    (tmp_path / "b.docx").write_bytes(b"PK")
    (tmp_path / "c.txt").write_bytes(bytes(range(256)) * 100)
    (tmp_path / "d.txt").mkdir()
    text, (word, binary, folder) = own.read_folder(tmp_path)
    assert text and "b.docx is left out: save it as plain text" in word
    assert "c.txt is no plain text" in binary and "d.txt cannot be read" in folder


def test_no_file_is_no_error_and_too_little_text_is(tmp_path):
    assert own.read_folder(tmp_path / "new") == ("", []) and (tmp_path / "new").is_dir()
    (tmp_path / "short.txt").write_text("To be, or not to be")
    (tmp_path / "other.pdf").write_bytes(b"%PDF")
    with pytest.raises(TextError) as raised:
        own.read_folder(tmp_path)
    said = str(raised.value)
    assert "has 19 characters of text, and 20,000 are the least" in said and "other.pdf" in said


def test_rare_characters_and_what_is_too_long_are_left_out(tmp_path, monkeypatch):
    rare = "".join(map(chr, range(0x4E00, 0x4E00 + 300)))
    (tmp_path / "text.txt").write_text(rare + GERMAN, encoding="utf-8")
    text, [finding] = own.read_folder(tmp_path)
    assert len(set(text)) == own.SYMBOLS and "rare kinds" in finding
    monkeypatch.setattr(own, "MOST", 25_000)
    text, findings = own.read_folder(tmp_path)
    assert len(text) <= 25_000 and "the first 25,000 of" in findings[0]


def network(units: int = 3, symbols: int = 4) -> SimpleNamespace:
    rng = np.random.RandomState(2)
    shapes = checkpoints.shapes("lstm", symbols, units)
    arrays = {name: rng.rand(*shape).astype(np.float32) for name, shape in shapes.items()}
    return SimpleNamespace(kind="lstm", arrays=lambda: arrays)


def test_a_checkpoint_there_and_back(tmp_path):
    for name in ("one", "two"):
        checkpoints.save(tmp_path / f"{name}.npz", network(), Alphabet("abcd"), 0.5)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    found = checkpoints.load("one", tmp_path)
    assert (found.kind, found.alphabet.symbols, found.passes) == ("lstm", "abcd", 0.5)
    for name, array in network().arrays().items():
        np.testing.assert_allclose(found.arrays[name], array, rtol=1e-3)


@pytest.mark.parametrize(
    ("alphabet", "change", "says"),
    [
        ("abc", {}, "do not fit the 3 symbols"),
        ("abcd", {"V": np.zeros((4, 4), np.float16)}, "do not fit the 4 symbols"),
        ("abcd", {"d": np.full(4, np.nan, np.float16)}, "not finite"),
        ("aabc", {}, "damaged (an alphabet has each character once)"),
        ("abcd", {"about": np.array("{}")}, "damaged ('kind')"),
    ],
)
def test_parts_that_do_not_fit_are_told(tmp_path, alphabet, change, says):
    path = tmp_path / "net.npz"
    checkpoints.save(path, network(), SimpleNamespace(symbols=alphabet), 1)
    with np.load(path) as file:
        arrays = {name: file[name] for name in file.files}
    weights.write(path, arrays | change)
    with pytest.raises(CheckpointError) as raised:
        checkpoints.load("net", tmp_path)
    assert says in str(raised.value) and "put the original file back" in str(raised.value)


def test_a_damaged_or_absent_checkpoint_is_told(tmp_path):
    path = tmp_path / "net.npz"
    checkpoints.save(path, network(), Alphabet("abcd"), 1)
    content = path.read_bytes()
    for damaged in (content[:-40], b"", content[:200] + b"x" + content[201:]):
        path.write_bytes(damaged)
        with pytest.raises(CheckpointError, match="is damaged"):
            checkpoints.load("net", tmp_path)
    with pytest.raises(CheckpointError, match=r"there is no .*other.npz; there are: net"):
        checkpoints.load("other", tmp_path)


@pytest.mark.parametrize("path", sorted(checkpoints.FOLDER.glob("*.npz")), ids=lambda p: p.stem)
def test_shipped_checkpoints_are_small_and_know_shakespeares_alphabet(path: Path):
    assert path.stat().st_size < 2_000_000
    assert checkpoints.load(path.stem).alphabet.symbols == SHAKESPEARE
