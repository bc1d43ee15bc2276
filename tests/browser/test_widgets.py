"""Lesson 7's board and lesson 2's pad: what is done on the page, the lesson knows and answers."""

import json
import re

import pytest
from playwright.sync_api import Locator, expect

from .lab import SECONDS, Lab

MOVES = 10
PRINT = "import json\nprint(json.dumps(match.page()))  # instead of pictures.process()"
TRAINING = 300  # seconds, at most, for the network of lesson 2 in its quick profile
GROUP = re.compile(r"row (\d+), column (\d+): .+, (\d+) points")
TO_THE_NETWORK = (
    "import lasagne",
    "PROFILE = profile()",
    "digits = load_mnist()",
    "three_maps = ",
    "def convolutional():",
    "fit(cnn, ",
)
#: Strokes through points, as shares of the square's sides.
ONE = [(0.55, 0.15), (0.45, 0.85)]
SEVEN = [(0.25, 0.2), (0.75, 0.2), (0.45, 0.85)]
#: From the end of ONE, by arrow keys, named by their first letters, with the pen down in between.
SEVEN_BY_KEYS = "L" * 6 + "U" * 17 + " " + "R" * 14 + "DDL" * 8 + " "

Stroke = list[tuple[float, float]]


class Board:
    """Bubble Breaker as its player sees it."""

    def __init__(self, lab: Lab) -> None:
        lab.open("7-Reinforcement-Learning")
        for text in ("import inspect", "PROFILE = profile()", "display(Playing(match))"):
            cell = lab.run(text)
        self.lab, self.keys = lab, lab.page.keyboard
        self.score = cell.get_by_label("score", exact=True)
        self.cells = cell.get_by_role("gridcell")
        self.marked = cell.locator(".in-hint")
        self.message = cell.locator(".bubbles-message")
        self.button = lambda name: cell.get_by_role("button", name=name, exact=True)
        self.shows(0, 0)

    def shows(self, points: int, moves: int) -> None:
        """Wait until it does."""
        expect(self.score).to_have_text(f"{points} points, {moves} moves")

    def names(self) -> list[str]:
        """What a screen reader says of each cell."""
        return self.cells.evaluate_all("cells => cells.map(cell => cell.ariaLabel)")

    def group(self) -> tuple[int, int, int]:
        """Row, column and points of a group of those that give least: such a game goes on long."""
        found = [GROUP.fullmatch(name) for name in self.names()]
        groups = [tuple(int(number) for number in match.groups()) for match in found if match]
        return min(groups, key=lambda group: group[2])

    def cell(self, row: int, column: int) -> Locator:
        return self.cells.and_(
            self.lab.page.locator(f"[aria-label^='row {row}, column {column}:']")
        )

    def click(self, row: int, column: int) -> None:
        self.cell(row, column).click()

    def walk(self, row: int, column: int) -> None:
        """With the arrow keys from where the focus is, and pop."""
        name = self.lab.page.evaluate("document.activeElement.ariaLabel")
        here = [int(number) for number in re.match(r"row (\d+), column (\d+)", name).groups()]
        for steps, keys in ((row - here[0], "Up Down"), (column - here[1], "Left Right")):
            for _ in range(abs(steps)):
                self.keys.press(f"Arrow{keys.split()[steps > 0]}")
        expect(self.cell(row, column)).to_be_focused()
        self.keys.press("Enter" if column % 2 else "Space")

    def page(self) -> dict:
        """What the page shows, in the kernel's words."""
        colours = self.cells.evaluate_all("cells => cells.map(cell => +cell.dataset.colour)")
        points, moves = re.fullmatch(r"(\d+) points, (\d+) moves", self.score.inner_text()).groups()
        shown = {"cells": colours, "score": int(points), "moves": int(moves)}
        return shown | {"message": self.message.inner_text()}

    def kernel(self) -> dict:
        """What a cell prints of the match."""
        told = json.loads(self.lab.answer("pictures.process()", PRINT))
        told["cells"] = [colour for row in told["cells"] for colour in row]
        return {name: told[name] for name in ("cells", "score", "moves", "message")}


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_bubble_breaker_is_played(lab: Lab, by: str):
    board = Board(lab)
    pop = board.click if by == "mouse" else board.walk
    undo, hint = {
        "mouse": (board.button("Undo").click, board.button("Hint").click),
        "keyboard": (lambda: board.keys.press("u"), lambda: board.keys.press("h")),
    }[by]
    board.cells.first.focus()
    score, seen = 0, [board.names()]
    for moves in range(1, MOVES + 1):
        row, column, points = board.group()
        pop(row, column)
        score += points
        board.shows(score, moves)
        assert board.names() != seen[-1]
        seen.append(board.names())
    undo()
    board.shows(score - points, MOVES - 1)
    assert board.names() == seen[-2]
    hint()
    expect(board.message).to_contain_text("The network would pop the marked")
    bubbles = int(re.search(r"marked (\d+):", board.message.inner_text())[1])
    expect(board.marked).to_have_count(bubbles)
    assert board.kernel() == board.page()


class Pad:
    """The square of lesson 2, and what is shown below it."""

    def __init__(self, lab: Lab, cell: Locator) -> None:
        self.lab, self.cell, self.keys = lab, cell, lab.page.keyboard
        self.canvas = cell.get_by_role("application", name=re.compile("^A square to draw"))
        self.canvas.scroll_into_view_if_needed()
        self.devices = lab.page.context.new_cdp_session(lab.page)

    def reads(self, digit: int) -> None:
        """Wait until the network does, of the drawing as MNIST would have it."""
        alt = re.compile(rf"prepared\s{digit}:")
        expect(self.cell.locator("img")).to_have_attribute("alt", alt)

    def is_empty(self) -> None:
        expect(self.cell.get_by_text("Draw a digit.", exact=True)).to_be_visible()

    def by_mouse(self, stroke: Stroke) -> None:
        first, *others = self._on_the_page(stroke)
        self.lab.page.mouse.move(*first)
        self.lab.page.mouse.down()
        for point in others:
            self.lab.page.mouse.move(*point, steps=8)
        self.lab.page.mouse.up()

    def by_pen(self, stroke: Stroke) -> None:
        first, *others = self._on_the_page(stroke)
        pen = {"pointerType": "pen", "button": "left", "clickCount": 1}
        for kind, (x, y), buttons in (
            ("mousePressed", first, 1),
            *(("mouseMoved", point, 1) for point in others),
            ("mouseReleased", others[-1], 0),
        ):
            event = {"type": kind, "x": x, "y": y, "buttons": buttons}
            self.devices.send("Input.dispatchMouseEvent", pen | event)

    def by_finger(self, stroke: Stroke) -> None:
        points = [[{"x": x, "y": y}] for x, y in self._on_the_page(stroke)]
        kinds = ("touchStart", *["touchMove"] * (len(points) - 1), "touchEnd")
        for kind, touched in zip(kinds, [*points, []], strict=True):
            event = {"type": kind, "touchPoints": touched}
            self.devices.send("Input.dispatchTouchEvent", event)

    def by_keyboard(self, keys: str) -> None:
        """Each letter is an arrow's first one, or a space."""
        names = {"L": "ArrowLeft", "R": "ArrowRight", "U": "ArrowUp", "D": "ArrowDown"}
        for key in keys:
            self.keys.press(names.get(key, key))

    def _on_the_page(self, stroke: Stroke) -> list[tuple[float, float]]:
        box = self.canvas.bounding_box()
        return [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]


def test_the_network_reads_what_is_drawn(lab: Lab):
    lab.open("2-MNIST-CNN")
    for text in (*TO_THE_NETWORK, "def answer_to("):
        lab.run(text, TRAINING)
    pad = Pad(lab, lab.run("pad.pad(answer_to)"))
    pad.by_mouse(ONE)
    pad.reads(1)
    pad.by_keyboard("c")
    pad.is_empty()
    pad.by_keyboard(SEVEN_BY_KEYS)
    pad.reads(7)
    # A finger of the debugging protocol never scrolls a page; a real one does, where it may.
    expect(pad.canvas).to_have_css("touch-action", "none")
    for draw, stroke, digit in ((pad.by_finger, ONE, 1), (pad.by_pen, SEVEN, 7)):
        pad.cell.get_by_role("button", name="Clear").click()
        pad.is_empty()
        draw(stroke)
        pad.reads(digit)


def test_a_drawing_is_still_there_when_the_page_is_opened_anew(lab: Lab):
    lab.open("2-MNIST-CNN")
    lab.run("import lasagne")
    code = "pad.pad(lambda drawing: print(drawing[35, [15, 55]].round()))"
    lab.answer("pad.pad(", code)
    _dot(lab, code, "R" * 8, "[0. 1.]")
    lab.cell(code).locator(".cm-content").click()  # the pad keeps the keys to itself
    lab.saved()
    lab.page.reload()
    lab.wait_until("Idle", SECONDS)
    _dot(lab, code, "L" * 8, "[1. 1.]")


def _dot(lab: Lab, code: str, way: str, shown: str) -> None:
    """Draw it some steps from the middle of the pad that this code shows."""
    pad = Pad(lab, lab.cell(code))
    pad.canvas.focus()
    pad.by_keyboard(way + "  ")
    expect(pad.cell.get_by_text(shown)).to_be_visible()
