"""Shakespeare is read as he is, or stood in for; a text becomes numbers, and these blocks."""

import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from appliance_build.paths import PROJECT

sys.path.insert(0, str(PROJECT / "notebooks"))
from workshop.data import DataError
from workshop.language import corpus
from workshop.language.corpus import SHAKESPEARE, Alphabet, blocks, share_of_speeches

PLAYS = "First Citizen:\nSpeak, speak.\n\nMaster:\nBoatswain!\n\nBoatswain:\nHere, master.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Small texts under the names of the real ones."""
    text = tmp_path / "text"
    text.mkdir()
    (text / "tinyshakespeare.txt").write_text(PLAYS)
    for name in corpus.POEMS:
        (text / name).write_text(f"\t{name[:-4]}\n\nFROM fairest creatures\n")
    (text / "loverscomplaint.txt").write_text("  \tA LOVER'S COMPLAINT\n\nFROM off a hill\n")
    return tmp_path


def test_the_last_play_and_the_last_poem_are_held_out(folder, capsys):
    plays, poems = corpus.load_plays(folder), corpus.load_poems(folder)
    assert plays.train == "First Citizen:\nSpeak, speak.\n\n"
    assert plays.held_out == PLAYS[len(plays.train) :]
    assert poems.held_out == "    A LOVER'S COMPLAINT\n\nFROM off a hill\n"
    assert poems.train.count("FROM fairest") == 4 and "\t" not in poems.train
    assert not plays.is_standin and not poems.is_standin and capsys.readouterr().out == ""


def test_what_is_absent_is_stood_in_for_and_announced(folder, capsys):
    for name in ("tinyshakespeare.txt", "sonnets.txt"):
        (folder / "text" / name).unlink()
    plays, poems = corpus.load_plays(folder), corpus.load_poems(folder)
    said = capsys.readouterr().out
    for found, name in ((plays, "tinyshakespeare.txt"), (poems, "sonnets.txt")):
        assert found.is_standin and f"because {name} not found in {folder}" in found.standin
        assert f"STAND-IN: {found.standin}" in said
        assert set(found.train + found.held_out) <= set(SHAKESPEARE)
        assert len(found.train) > 100_000 and len(found.held_out) > 10_000
    assert plays.train[:1000] not in poems.train


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (PLAYS.replace("Boatswain!", "Bosun!").encode(), "lacks 'Master:"),
        (PLAYS.replace("Speak", "Sp7ak").encode(), "has the characters ['7']"),
        (PLAYS.replace("Speak", "Spéak").encode(), "is not plain ASCII"),
        (None, "cannot be read"),
    ],
)
def test_another_text_is_told(folder, content, says):
    path = folder / "text" / "tinyshakespeare.txt"
    path.unlink()
    path.mkdir() if content is None else path.write_bytes(content)
    with pytest.raises(DataError) as raised:
        corpus.load_plays(folder)
    assert says in str(raised.value) and "put the original" in str(raised.value)


def test_an_alphabet_there_and_back():
    alphabet = Alphabet.of("to be, or\n")
    assert alphabet.symbols == "\n ,beort" and len(alphabet) == 8
    codes = alphabet.encode("be or\n")
    assert codes.dtype == np.int32 and codes.tolist() == [3, 4, 1, 5, 6, 0]
    assert alphabet.decode(codes) == "be or\n"
    with pytest.raises(DataError, match="never saw '2', 'B'; leave them out"):
        alphabet.encode("2 Be")
    with pytest.raises(ValueError, match="each character once"):
        Alphabet("abca")


@pytest.mark.parametrize(("length", "streams", "steps"), [(103, 4, 10), (100, 4, 25), (50, 1, 7)])
def test_blocks_hand_every_stream_on_without_a_gap(length, streams, steps):
    codes = np.arange(length)
    found = list(blocks(codes, streams, steps))
    for before, after in pairwise(found):
        assert len(before) == steps + 1 and (before[-1] == after[0]).all()
    read = np.concatenate([found[0][:1], *(block[1:] for block in found)])
    assert (read.T.ravel() == codes[: length // streams * streams]).all()


def test_speeches_are_told_from_other_paragraphs():
    speech, other = "ROMEO:\nO, she doth teach.\n\n", "no name\nand no colon\n\n"
    assert share_of_speeches(speech * 5) == 1
    assert share_of_speeches(speech + speech + other + speech) == 0.5
    assert share_of_speeches(speech + "ROMEO:\n\n" + "romeo:\nlove\n\n" + speech) == 0
    assert share_of_speeches("") == 0
