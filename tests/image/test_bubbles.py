"""Lesson 7 in the appliance: the board on the page, and the network that we trained."""

import json
import shlex
from pathlib import Path

import numpy as np
import pytest

from appliance_build.paths import NOTEBOOKS

from .tree import Tree

COMMITTED = json.loads((NOTEBOOKS / "workshop/bubbles/pretrained/training.json").read_text())

#: What a page sends, and what it is shown after that.
ON_THE_PAGE = """
from workshop.bubbles import players
from workshop.bubbles.match import Match
from workshop.bubbles.playing import Playing
playing = Playing(Match(3, (10, 10), 4, players.ahead))
first, sent = playing.page, []
playing.send_state = lambda key=None: sent.append(key)
def ask(**what):
    playing._handle_custom_msg(what, [])
    return playing.page
groups = first["groups"]
row, column = next((y, x) for y in range(10) for x in range(10) if groups[y][x] == 2)
popped = ask(do="pop", row=row, column=column)
print(popped["score"] == first["gains"][2], popped["cells"] != first["cells"], len(sent))
print(ask(do="undo")["cells"] == first["cells"], ask(do="hint")["hint"] >= 0)
print(ask(do="new")["cells"] != first["cells"])
before = playing.page
print(ask(do="pop", row=0, column="1; import os") == before, ask(do="other") == before)
"""

#: A board whose best choice is marked on both of its pictures.
HEAT = """
import numpy as np
from workshop.bubbles import pictures, players
from workshop.bubbles.games import Games
games = Games.deal([5], (6, 6), 3)
q = players.ahead(games).astype(float)
left, right = pictures.heat(games, q).axes[:2]
best = {tuple(at) for at in np.argwhere(games.choices.cells[q.argmax()])}
for axes in (left, right):
    rim = axes.collections[-1].get_offsets()
    print({(int(y), int(x)) for x, y in rim} == best)
print([text.get_text() for text in right.texts] == [f"{value:.0f}" for value in q])
"""

FIGURES = """
import json
from workshop.bubbles import pretrained, train
print(json.dumps(train.figures(pretrained.load().q)))
"""

DAMAGED = """
import shutil
from pathlib import Path
from workshop.bubbles import pretrained
folder = Path("~/damaged").expanduser()
shutil.copytree(pretrained.FOLDER, folder)
weights = folder / pretrained.WEIGHTS
whole = weights.read_bytes()
report = (folder / pretrained.REPORT).read_text()
for change in (
    lambda: weights.write_bytes(whole[: len(whole) // 2]),
    lambda: (weights.write_bytes(whole), (folder / pretrained.REPORT).write_text(
        report.replace('"units": 64', '"units": 32'))),
    lambda: (folder / pretrained.REPORT).unlink(),
):
    change()
    try:
        pretrained.load(folder)
        print("nothing noticed")
    except pretrained.PretrainedError as error:
        print(error)
"""


def lines(tree: Tree, code: str) -> list[str]:
    """What code prints in the tree."""
    return tree.ok(f"/opt/jupyter/bin/python3 -W ignore -c {shlex.quote(code)}").splitlines()


def test_what_a_page_asks_is_done_and_nothing_else(tree):
    assert lines(tree, ON_THE_PAGE) == ["True True 1", "True True", "True", "True True"]


def test_a_heat_map_marks_the_choice_with_the_highest_q(tree):
    assert lines(tree, HEAT) == ["True", "True", "True"]


def test_the_weights_that_ship_are_small(tree):
    shipped = "/usr/local/lib/python3.11/dist-packages/workshop/bubbles/pretrained/network.npz"
    assert int(tree.ok(f"stat -c %s {shipped}")) < 2_000_000


def test_damage_of_the_shipped_network_is_told(tree):
    cut, other, gone = lines(tree, DAMAGED)
    assert "network.npz cannot be read" in cut
    assert "arrays of other shapes" in other
    assert "training.json cannot be read" in gone


def bars(figures: dict) -> None:
    """What the lesson promises of a trained network."""
    learnt = figures["learnt"]
    assert learnt["mean"] >= 3 * figures["random"]["mean"]
    assert learnt["mean"] > figures["greedy"]["mean"]
    assert learnt["p_against_greedy"] < 0.01


def test_the_shipped_network_plays_as_its_report_says(tree):
    figures = json.loads(lines(tree, FIGURES)[-1])
    bars(figures)
    bars(COMMITTED["figures"])
    for name, found in figures.items():
        committed = COMMITTED["figures"][name]
        # Players without a network compute with whole numbers; the rounding of another processor
        # may turn a close choice of the network, and so a game.
        tolerance = 0.1 if name == "learnt" else 0
        assert found["mean"] == pytest.approx(committed["mean"], rel=tolerance), name


@pytest.mark.full
def test_training_again_gives_the_committed_figures(tree):
    tree.ok("python3 -m workshop.bubbles.train --to ~/again")
    again = Path(tree.upper, "home", tree.user, "again")
    report = json.loads((again / "training.json").read_text())
    assert report["settings"] == COMMITTED["settings"]
    bars(report["figures"])
    # Rounding makes another training of it on another processor: as far apart as two seeds.
    committed = COMMITTED["figures"]["learnt"]["mean"]
    assert report["figures"]["learnt"]["mean"] == pytest.approx(committed, rel=0.25)
    with np.load(again / "network.npz") as arrays:
        assert all(np.isfinite(arrays[name]).all() for name in arrays.files)
