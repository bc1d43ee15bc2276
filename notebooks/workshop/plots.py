"""Figures of the lessons: labelled, readable when printed grey or seen without red or green.

Every function returns a matplotlib figure, made without pyplot and so without hidden state;
`show` puts it on the page with a sentence for those who cannot see it, which Jupyter's own
display of figures has no room for.
Colours: M. Okabe and K. Ito, "Color universal design" (2008); counts are
one hue from light to dark.
"""

import base64
import io
from collections.abc import Sequence
from html import escape

import numpy as np
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.figure import Figure

BLUE, ORANGE, GREEN, PURPLE = "#0072B2", "#E69F00", "#009E73", "#CC79A7"
DPI = 90


def show(fig: Figure, alt: str) -> None:
    """Put a figure on the page. `alt` tells in words what it shows."""
    display(_bundle(fig, alt), raw=True)


class Live:
    """One place on the page whose figure is replaced while a loop runs."""

    def __init__(self, alt: str):
        self.alt, self._handle = alt, None

    def show(self, fig: Figure) -> None:
        """Show `fig` instead of the one before."""
        bundle = _bundle(fig, self.alt)
        if self._handle:
            self._handle.update(bundle, raw=True)
        else:
            self._handle = display(bundle, raw=True, display_id=True)


def _bundle(fig: Figure, alt: str) -> dict[str, str]:
    if not alt.strip():
        raise ValueError("say in `alt` what the figure shows, for those who cannot see it")
    png = io.BytesIO()
    fig.savefig(png, format="png", dpi=DPI, bbox_inches="tight", facecolor="white")
    data = base64.b64encode(png.getvalue()).decode()
    html = f'<img alt="{escape(alt)}" src="data:image/png;base64,{data}" style="max-width: 100%">'
    return {"text/html": html, "text/plain": f"[figure: {alt}]"}


def panels(count: int = 1, size: tuple[float, float] = (9, 3.2)) -> tuple[Figure, np.ndarray]:
    """A figure with `count` axes side by side, each to be named with `label`."""
    fig = Figure(figsize=size, layout="tight")
    return fig, fig.subplots(1, count, squeeze=False)[0]


def label(axes: Axes, title: str, xlabel: str, ylabel: str) -> None:
    """Title and axis labels, a light grid, no box."""
    axes.set(title=title, xlabel=xlabel, ylabel=ylabel)
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)


def pictures(
    images: np.ndarray,
    titles: Sequence[object],
    columns: int = 10,
    cmap: str = "gray_r",
    limits: tuple[float, float] = (0, 1),
) -> Figure:
    """A gallery on one scale. images: (n, height, width); titles: n texts."""
    rows = -(-len(images) // columns)
    lines = 1 + max(str(title).count("\n") for title in titles)
    size = (0.95 * columns, (0.95 + 0.2 * lines) * rows)
    fig = Figure(figsize=size, layout="tight")
    axes = fig.subplots(rows, columns, squeeze=False)
    for axis in axes.flat:
        axis.axis("off")
    for axis, image, title in zip(axes.flat, images, titles, strict=False):
        axis.imshow(image, cmap=cmap, vmin=limits[0], vmax=limits[1])
        axis.set_title(title, fontsize=9)
    return fig


def learning_curves(history: Sequence[dict[str, float]], epochs: int, title: str) -> Figure:
    """Loss and errors after each epoch, for training and validation digits.

    history: for each epoch {"train": (loss, share of right digits), "valid": (the same)}.
    """
    fig, (left, right) = panels(2)
    label(left, title, "epoch", "loss (cross-entropy)")
    label(right, "Mistakes", "epoch", "wrong digits (%)")
    number = np.arange(1, len(history) + 1)
    for part, name, style in (
        ("train", "training", {"color": BLUE, "marker": "o"}),
        ("valid", "validation", {"color": ORANGE, "marker": "s", "linestyle": "--"}),
    ):
        loss, share = np.transpose([epoch[part] for epoch in history])
        left.plot(number, loss, label=name, **style)
        right.plot(number, 100 - 100 * share, label=name, **style)
    for axes in (left, right):
        axes.set(xlim=(0.5, epochs + 0.5))
        axes.set_ylim(0, 1.1 * axes.dataLim.y1)
        axes.xaxis.get_major_locator().set_params(integer=True)
    left.legend()
    return fig


def confusion(matrix: np.ndarray) -> Figure:
    """Counts of true (row) against predicted (column) digit; colour for the mistakes only.

    matrix: (10, 10) integers.
    """
    mistakes = np.where(np.eye(len(matrix), dtype=bool), 0, matrix)
    fig, (axes,) = panels(1, (6, 5))
    image = axes.imshow(mistakes, cmap="Blues")
    for (row, column), count in np.ndenumerate(matrix):
        dark = mistakes[row, column] > mistakes.max() / 2
        weight = "bold" if row == column else "normal"
        text = axes.text(column, row, count, ha="center", va="center", fontsize=8)
        text.set(color="white" if dark else "black", weight=weight)
    ticks = range(len(matrix))
    axes.set(xlabel="what the network says", ylabel="what it is", xticks=ticks, yticks=ticks)
    axes.set_title("Right answers (bold) and mistakes (coloured)", fontsize=10)
    fig.colorbar(image, label="mistakes")
    return fig
