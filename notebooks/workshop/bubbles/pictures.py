"""Boards and what players make of them, drawn for lesson 7; each function returns a figure."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch

from ..plots import BLUE, ORANGE, panels
from ..plots import label as name_axes
from . import arena
from .games import Games

#: The bubbles of the page (playing.css): M. Okabe and K. Ito's colours, and a mark for each.
BUBBLES = ("#56B4E9", "#E69F00", "#F0E442", "#CC79A7", "#009E73")
MARKS = ("o", "^", "s", "D", "*")


def _bare(axes: Axes, title: str, size: tuple[int, int]) -> None:
    axes.set(xlim=(-0.6, size[1] - 0.4), ylim=(size[0] - 0.4, -0.6), xticks=[], yticks=[])
    axes.set_aspect("equal")
    axes.set_title(title, fontsize=10)


def bubbles(axes: Axes, board: np.ndarray, title: str, marked: np.ndarray | None = None) -> None:
    """Draw a board, (height, width); `marked` cells get a dark rim."""
    _bare(axes, title, board.shape)
    place, (height, width) = axes.get_window_extent(), board.shape
    room = min(place.height / height, place.width / width) * 72 / axes.figure.dpi
    for colour, (face, mark) in enumerate(zip(BUBBLES, MARKS, strict=True), 1):
        y, x = np.nonzero(board == colour)
        axes.scatter(x, y, (0.8 * room) ** 2, face, edgecolors="none")
        axes.scatter(x, y, (0.3 * room) ** 2, "#222222", mark, edgecolors="none")
    if marked is not None:
        y, x = np.nonzero(marked)
        axes.scatter(x, y, (0.9 * room) ** 2, "none", edgecolors="black", linewidths=2)


def boards(titled: Mapping[str, np.ndarray], marked: Sequence[np.ndarray | None] = ()) -> Figure:
    """Boards side by side, each under its title."""
    fig, several = panels(len(titled), (2.3 * len(titled), 2.6))
    for index, (axes, (title, board)) in enumerate(zip(several, titled.items(), strict=True)):
        bubbles(axes, board, title, marked[index] if index < len(marked) else None)
    return fig


def heat(games: Games, q: np.ndarray, title: str = "") -> Figure:
    """One game: its board, and the same board with each group as bright as its Q is high.

    q: (m,) of every choice. The choice with the highest Q is marked on both.
    """
    [board], choices = games.boards, games.choices
    fig, (left, right) = panels(2, (7, 3.3))
    best = choices.cells[q.argmax()]
    bubbles(left, board, title, best)
    values = np.full(board.shape, np.nan)
    for cells, value in zip(choices.cells, q, strict=True):
        values[cells] = value
        y, x = (int(each[0]) for each in np.nonzero(cells))
        colour = "white" if value >= q.min() + np.ptp(q) / 4 else "black"
        style = {"ha": "center", "va": "center", "fontsize": 8, "color": colour, "zorder": 3}
        right.text(x, y, f"{value:.0f}", **style)
    _bare(right, "Q of each group, in points", board.shape)
    image = right.imshow(values, cmap="Blues", vmin=q.min() - (np.ptp(q) or 1) / 2)
    y, x = np.nonzero(best)
    right.scatter(x, y, 150, "none", edgecolors=ORANGE, linewidths=2)
    fig.colorbar(image, ax=right, label="Q")
    return fig


def process() -> Figure:
    """The four words of reinforcement learning, as a circle between player and game."""
    fig, (axes,) = panels(1, (8, 2.6))
    axes.axis("off")
    axes.set(xlim=(0, 8), ylim=(0, 2.6))
    for x, text in ((1.3, "player\n(policy)"), (6.7, "game\n(environment)")):
        box = {"boxstyle": "round,pad=0.8", "facecolor": "white", "edgecolor": BLUE}
        axes.text(x, 1.3, text, ha="center", va="center", bbox=box)
    for start, end, curve, y, text in (
        ((2.1, 1.7), (5.6, 1.7), -0.2, 2.3, "action: which group is popped"),
        ((5.6, 0.9), (2.1, 0.9), -0.2, 0.15, "state: the board - reward: n(n-1) points"),
    ):
        style = f"arc3,rad={curve}"
        arrow = {"arrowstyle": "->", "mutation_scale": 15, "color": "grey"}
        axes.add_patch(FancyArrowPatch(start, end, connectionstyle=style, **arrow))
        axes.text(3.85, y, text, ha="center", va="center")
    return fig


def after_state(games: Games, choice: int) -> Figure:
    """A move in its two parts: what the player does, and what chance adds."""
    choices = games.choices
    next_board = games.after(np.array([choice])).boards[0]
    return boards(
        {
            "state": games.boards[choices.which[choice]],
            f"after-state, +{choices.gains[choice]}": choices.afters[choice],
            "next state": next_board,
        },
        [choices.cells[choice]],
    )


def table_curves(history: Sequence[tuple[int, float, float]], bars: Mapping[str, float]) -> Figure:
    """What a table has learnt after so many games.

    history: (games, mean score, mean difference from the true Q); bars: scores to compare with.
    """
    games, score, error = np.transpose(history)
    fig, (left, right) = panels(2, (9, 3.2))
    name_axes(left, "How well it plays", "games learnt from", "mean score")
    left.plot(games, score, "o-", color=BLUE, label="table")
    _levels(left, bars)
    name_axes(right, "How wrong it is", "games learnt from", "mean |Q - true Q| (points)")
    right.plot(games, error, "o-", color=BLUE)
    right.set_ylim(0, 1.1 * max(error))
    return fig


def learning(history: Sequence[tuple[int, float, float]], bars: Mapping[str, float]) -> Figure:
    """A network's score and exploring: (steps, mean score, share of random moves) so far."""
    steps, score, explore = np.transpose(history)
    fig, (left, right) = panels(2, (9, 3.2))
    name_axes(left, "How well it plays", "training steps", "mean score")
    left.plot(steps, score, "o-", color=BLUE, label="network")
    _levels(left, bars)
    name_axes(right, "Moves at random", "training steps", "share (epsilon)")
    right.plot(steps, explore, "s--", color=ORANGE)
    right.set_ylim(0, 1.05)
    return fig


def _levels(axes: Axes, bars: Mapping[str, float]) -> None:
    for (name, level), style in zip(bars.items(), (":", "--", "-."), strict=False):
        axes.axhline(level, color="grey", linestyle=style, linewidth=1.2, label=name)
    axes.set_ylim(0, 1.15 * axes.dataLim.y1)
    axes.legend(fontsize=8)


def contest(found: Mapping[str, Games]) -> Figure:
    """Mean scores of players with their 95 % intervals, and all scores behind them."""
    fig, (axes,) = panels(1, (8, 0.7 * len(found) + 1))
    name_axes(axes, "The same games, played by each", "score", "")
    rng = np.random.RandomState(0)
    for row, games in enumerate(found.values()):
        low, high = arena.interval(games.scores)
        mean = games.scores.mean()
        jitter = row + rng.uniform(-0.25, 0.25, len(games))
        axes.plot(games.scores, jitter, ".", color=BLUE, alpha=0.25, markersize=4)
        error = [[mean - low], [high - mean]]
        axes.errorbar(mean, row, xerr=error, fmt="D", color="black", capsize=4, zorder=3)
    axes.set_yticks(range(len(found)), list(found))
    axes.invert_yaxis()
    axes.set_xlim(left=0)
    return fig
