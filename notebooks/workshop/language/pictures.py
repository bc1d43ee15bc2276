"""Figures of lesson 8: a network unrolled, learning curves, what goes on while a text is read."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..plots import BLUE, GREEN, ORANGE, PURPLE, label, panels

COLOURS = (ORANGE, BLUE, GREEN, PURPLE)
STYLES = ("--", "-", "-.", ":")
VISIBLE = {"\n": "\u21b5", " ": "\u2423"}  # what a character without ink is drawn as


def shown(symbol: str) -> str:
    """A character as it is drawn: line end and space get a mark."""
    return VISIBLE.get(symbol, symbol)


def unrolled(text: str, cut: int) -> Figure:
    """A recurrent network drawn once for each step of a text.

    Args:
        text: what it reads; each step should predict the next character.
        cut: after so many steps a block ends: the state goes on, the gradient does not.
    """
    fig, (axes,) = panels(1, (1.35 * len(text), 3.3))
    axes.axis("off")
    for step, (read, wanted) in enumerate(pairwise(text)):
        for height, words, colour in ((0, shown(read), "grey"), (2, shown(wanted), ORANGE)):
            axes.text(
                step,
                height,
                words,
                ha="center",
                va="center",
                fontsize=13,
                color="black",
                bbox={"boxstyle": "circle", "facecolor": "white", "edgecolor": colour},
            )
        axes.text(
            step,
            1,
            f"$h_{{{step + 1}}}$",
            ha="center",
            va="center",
            fontsize=13,
            bbox={"boxstyle": "round", "facecolor": "white", "edgecolor": BLUE},
        )
        _arrow(axes, (step, 0.2), (step, 0.8), "W" if step == 0 else "")
        _arrow(axes, (step, 1.2), (step, 1.8), "V" if step == 0 else "")
        _arrow(axes, (step - 0.8, 1), (step - 0.2, 1), "U")
    edge = cut - 0.5
    axes.axvline(edge, color=PURPLE, linestyle=":")
    axes.text(edge, 2.5, "the gradient goes no further back", ha="center", color=PURPLE)
    names = ((0, "reads"), (1, "state"), (2, "should say"))
    for height, name in names:
        axes.text(-1.05, height, name, ha="right", va="center", color="grey")
    axes.set(xlim=(-1.9, len(text) - 1.4), ylim=(-0.4, 2.8))
    return fig


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float], name: str) -> None:
    axes.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": "grey"})
    x, y = ((a + b) / 2 for a, b in zip(start, end, strict=True))
    axes.text(x + 0.05, y + 0.05, name, color="grey", fontsize=10)


def curves(
    losses: Mapping[str, Sequence[float]],
    lines: Mapping[str, float],
    total: int,
    title: str,
    smooth: int = 20,
) -> Figure:
    """Bits per character of each training's steps so far, a mean over `smooth` of them.

    losses: for each training one number for each step.
    lines: names and heights of what the curves are compared with.
    """
    fig, (axes,) = panels(1, (8, 3.4))
    label(axes, title, "training step", "bits per character")
    for (name, values), colour, style in zip(losses.items(), COLOURS, STYLES, strict=False):
        if not len(values):
            continue
        width = min(smooth, len(values))
        mean = np.convolve(values, np.full(width, 1 / width), "valid")
        axes.plot(np.arange(len(mean)) + width, mean, style, color=colour, label=name)
    for name, height in lines.items():
        axes.axhline(height, color="grey", linewidth=1)
        axes.text(total, height, f" {name}", va="center", fontsize=8)
    axes.set(xlim=(0, total), ylim=(1.5, 6.2))
    axes.legend(fontsize=8)
    return fig


def bars(values: Mapping[str, float], title: str, xlabel: str) -> Figure:
    """A horizontal bar for each value, with its number."""
    fig, (axes,) = panels(1, (7, 0.6 + 0.33 * len(values)))
    label(axes, title, xlabel, "")
    names, numbers = list(values), list(values.values())
    axes.barh(names, numbers, color=BLUE)
    for row, number in enumerate(numbers):
        axes.text(number, row, f" {number:.2f}", va="center", fontsize=8)
    axes.invert_yaxis()
    axes.set_xlim(0, 1.12 * max(numbers))
    return fig


def rows(text: str, values: Mapping[str, np.ndarray], title: str, limits: tuple) -> Figure:
    """Values over a text as rows of coloured squares, a column for each character.

    values: for each name (n,) numbers.
    """
    fig, (axes,) = panels(1, (max(6, 0.2 * len(text)), 1.1 + 0.32 * len(values)))
    label(axes, title, "what was read", "")
    axes.grid(False)
    signed = limits[0] < 0
    image = axes.imshow(
        np.array(list(values.values())),
        cmap="PuOr" if signed else "Blues",
        aspect="auto",
        vmin=limits[0],
        vmax=limits[1],
    )
    axes.set_xticks(range(len(text)), map(shown, text), fontsize=8, family="monospace")
    axes.set_yticks(range(len(values)), list(values), fontsize=8)
    fig.colorbar(image, ax=axes, pad=0.01)
    return fig


def painted(text: str, values: np.ndarray, title: str, width: int = 64) -> Figure:
    """A text in lines, each character on a ground that shows its value from -1 to 1.

    values: (n,) numbers; orange is below 0, purple above.
    """
    lines, line = [[]], 0
    for symbol, value in zip(text, values, strict=True):
        if len(lines[-1]) == width:
            lines.append([])
        lines[-1].append((symbol, value))
        if symbol == "\n":
            lines.append([])
    lines = [line for line in lines if line]
    grid = np.full((len(lines), width), np.nan)
    for row, line in enumerate(lines):
        grid[row, : len(line)] = [value for _, value in line]
    fig, (axes,) = panels(1, (0.135 * width, 0.5 + 0.24 * len(lines)))
    image = axes.imshow(grid, cmap="PuOr", vmin=-1, vmax=1, aspect="auto")
    for row, line in enumerate(lines):
        for column, (symbol, value) in enumerate(line):
            dark = "white" if abs(value) > 0.75 else "black"
            axes.text(
                column,
                row,
                shown(symbol),
                ha="center",
                va="center",
                fontsize=8,
                family="monospace",
                color=dark,
            )
    axes.set(title=title, xticks=[], yticks=[], xlabel="", ylabel="")
    axes.spines[:].set_visible(False)
    fig.colorbar(image, ax=axes, pad=0.01, label="state of the unit")
    return fig


def fading(lengths: Mapping[str, Sequence[float]], title: str) -> Figure:
    """How much earlier characters matter: lengths of gradients, the last character's being last."""
    fig, (axes,) = panels(1, (7, 3.2))
    label(axes, title, "characters ago", "length of the gradient")
    for (name, values), colour, style in zip(lengths.items(), COLOURS, STYLES, strict=False):
        axes.semilogy(np.arange(len(values))[::-1], values, style, color=colour, label=name)
    axes.legend(fontsize=8)
    return fig
