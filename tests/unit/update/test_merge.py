"""Merging cells and lines: the attendee's goes first, and nothing of it is lost."""

import itertools
import json
import random

import pytest

from appliance_update.merge import Unmergeable, is_same, merge, three_way

from .laptops import notebook, sources


@pytest.mark.parametrize(
    ("old", "new", "mine", "merged", "clashes"),
    [
        ("abc", "abc", "abc", "abc", 0),
        ("abc", "aBc", "abc", "aBc", 0),
        ("abc", "abc", "aBc", "aBc", 0),
        ("abc", "Abc", "abC", "AbC", 0),
        ("abc", "Abc", "aBc", "ABc", 0),  # neighbours
        ("abc", "aXc", "aYc", "aYc", 1),
        ("abc", "aXc", "aXc", "aXc", 0),
        ("abc", "abcd", "xabc", "xabcd", 0),
        ("abc", "ac", "abcd", "acd", 0),
        ("abc", "abcX", "abcY", "abcY", 1),
        ("abc", "ac", "aBc", "aBc", 1),
        ("abcd", "abXcd", "abYYcD", "abYYcD", 1),
        ("abc", "", "abc", "", 0),
        ("", "x", "", "x", 0),
        ("aba", "abba", "aba!", "abba!", 0),
    ],
)
def test_sequences(old: str, new: str, mine: str, merged: str, clashes: int):
    taken, found = three_way(old, new, mine, new, mine)
    assert ("".join(taken), found) == (merged, clashes)


def test_whatever_one_side_alone_did_is_the_result():
    letters = random.Random(0)
    for _ in range(300):
        old, other = ("".join(letters.choices("abcd", k=letters.randrange(8))) for _ in range(2))
        assert three_way(old, other, old, other, old) == (list(other), 0)
        assert three_way(old, old, other, old, other) == (list(other), 0)
        assert three_way(old, other, other, other, other) == (list(other), 0)


def test_what_the_attendee_wrote_is_always_there():
    letters = random.Random(1)
    for _ in range(300):
        old, new = ("".join(letters.choices("abcd", k=6)) for _ in range(2))
        mine = list(old)
        mine[letters.randrange(6)] = "M"
        mine.insert(letters.randrange(7), "N")
        taken, _ = three_way(old, new, "".join(mine), new, mine)
        assert {"M", "N"} <= set(taken)


def test_each_cell_has_an_id_of_its_own():
    old, new = notebook("a", "b"), notebook("x", "a", "b")
    merged = merge("a.ipynb", old.encode(), new.encode(), notebook("a", "b", "x").encode())
    cells = json.loads(merged.content)["cells"]
    assert [cell["source"] for cell in cells] == [["x"], ["a"], ["b"], ["x"]]
    for one, other in itertools.combinations(cells, 2):
        assert one["id"] != other["id"]


def test_sources_may_be_text_or_lines():
    old = notebook("a\nb", "c")
    mine = json.loads(old)
    mine["cells"][0]["source"] = ["a\n", "b"]
    mine["cells"][1]["source"] = "mine"
    merged = merge("a.ipynb", old.encode(), notebook("A", "c").encode(), json.dumps(mine).encode())
    assert sources(merged.content.decode()) == ["A", "mine"]


@pytest.mark.parametrize("damaged", [b"", b"{", b"[]", b"{}", b'{"cells": [{}]}', b"\xff"])
def test_what_is_no_notebook_is_not_merged(damaged: bytes):
    whole = notebook("a").encode()
    with pytest.raises(Unmergeable):
        merge("a.ipynb", whole, whole, damaged)
    assert not is_same("a.ipynb", whole, damaged)


@pytest.mark.parametrize("binary", [b"\xff\xfe", b"a\0b"])
def test_what_is_no_text_is_not_merged(binary: bytes):
    with pytest.raises(Unmergeable):
        merge("a.png", b"a", b"b", binary)


def test_running_a_notebook_changes_it():
    one, other = (notebook("a", ran=ran).encode() for ran in (False, True))
    assert not is_same("a.ipynb", one, other)
    assert is_same("a.ipynb", one, one + b"\n")
    assert not is_same("a.txt", b"a", b"a\n")
