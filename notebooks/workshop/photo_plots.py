"""Figures about networks that look at photos. Shown with `plots.show`, like those of `plots`."""

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from .plots import BLUE, GREEN, ORANGE

Answers = Sequence[tuple[int, str, float]]  # of one photo: index, label, probability

GREY, LINE = "#F2F2F2", "#444444"
GAP = 0.22  # from the middle of a diagram's box to where arrows end


def short(name: str) -> str:
    """A label without its synonyms: 'tabby' of 'tabby, tabby cat'."""
    return name.partition(",")[0]


def answers(
    pictures: Sequence[Image.Image],
    titles: Sequence[str],
    tops: Sequence[Answers],
    right: Sequence[Collection[int]],
    title: str,
) -> Figure:
    """Each photo with its likeliest classes as bars; right ones are green and have a tick.

    Args:
        right: for each photo the numbers of the right classes.
    """
    rows = -(-len(pictures) // 2)
    fig = Figure(figsize=(11, 1.8 * rows + 0.8), layout="tight")
    axes = fig.subplots(rows, 4, squeeze=False, width_ratios=(1, 2, 1, 2)).reshape(-1, 2)
    for axis in axes.flat:
        axis.axis("off")
    entries = zip(axes, pictures, titles, tops, right, strict=False)
    for (left, bars), picture, name, top, correct in entries:
        left.imshow(picture)
        left.set_title(name, fontsize=9)
        _bars(bars, top, correct)
    fig.suptitle(title)
    return fig


def _bars(axes: Axes, top: Answers, right: Collection[int]) -> None:
    for place, (index, name, probability) in enumerate(top):
        known = index in right
        axes.barh(place, probability, color=GREEN if known else BLUE, height=0.75)
        text = f"{'✓ ' if known else ''}{short(name)}  {100 * probability:.0f} %"
        inside = probability > 0.6
        axes.text(
            0.02 if inside else probability + 0.02,
            place,
            text,
            va="center",
            fontsize=9,
            color="white" if inside else "black",
        )
    axes.set(xlim=(0, 1), ylim=(len(top) - 0.5, -0.5))


def side_by_side(
    pictures: Sequence[Image.Image],
    titles: Sequence[str],
    tops: Mapping[str, Sequence[Answers]],
    right: Sequence[Collection[int]],
    title: str,
) -> Figure:
    """Each photo in a row, with the likeliest classes of each network beside it.

    Args:
        tops: by network, in the order of the photos.
    """
    columns = 1 + len(tops)
    fig = Figure(figsize=(11, 1.75 * len(pictures) + 0.9), layout="tight")
    axes = fig.subplots(len(pictures), columns, squeeze=False, width_ratios=(1, *[2] * len(tops)))
    for axis in axes.flat:
        axis.axis("off")
    for row, (picture, name, correct) in enumerate(zip(pictures, titles, right, strict=True)):
        axes[row, 0].imshow(picture)
        axes[row, 0].set_title(name, fontsize=9)
        for axis, (network, answered) in zip(axes[row, 1:], tops.items(), strict=True):
            _bars(axis, answered[row], correct)
            if row == 0:
                axis.set_title(network, fontsize=10)
    fig.suptitle(title)
    return fig


def diagram(below: str, columns: Sequence[Sequence[str]], above: str, title: str) -> Figure:
    """Branches side by side between what they all take and what joins them.

    Args:
        columns: for each branch the texts of its boxes, from below.
    """
    height = max(map(len, columns))
    fig = Figure(figsize=(max(7, 1.8 * len(columns)), 0.8 * height + 1.8), layout="tight")
    axes = fig.subplots()
    bottom, top = ((len(columns) - 1) / 2, 0), ((len(columns) - 1) / 2, height + 1)
    _box(axes, *bottom, below, BLUE)
    _box(axes, *top, above, ORANGE)
    for x, boxes in enumerate(columns):
        places = [(x, y) for y in range(1, len(boxes) + 1)]
        for text, place in zip(boxes, places, strict=True):
            _box(axes, *place, text, GREY)
        for start, end in pairwise([bottom, *places]):
            _arrow(axes, start, end)
        if len(boxes) < height:  # up beside the longer branches, and only then to the middle
            axes.plot((x, x), (len(boxes), height + GAP), color=LINE, linewidth=1, zorder=1)
        _arrow(axes, (x, height), top)
    axes.set(xlim=(-0.6, len(columns) - 0.4), ylim=(-0.4, height + 1.4), title=title)
    axes.axis("off")
    return fig


def _box(axes: Axes, x: float, y: float, text: str, colour: str) -> None:
    dark = colour == BLUE
    style = {"boxstyle": "round,pad=0.4", "facecolor": colour, "edgecolor": LINE}
    axes.text(
        x,
        y,
        text,
        ha="center",
        va="center",
        fontsize=9,
        color="white" if dark else "black",
        bbox=style,
        zorder=2,
    )


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    axes.annotate(
        "",
        xy=(end[0], end[1] - GAP),
        xytext=(start[0], start[1] + GAP),
        arrowprops={"arrowstyle": "->", "color": LINE},
        zorder=1,
    )


def steps(traced: Sequence[tuple], title: str) -> Figure:
    """What each step of a preprocessing makes of a photo: as `preprocessing.trace` returns it.

    Numbers are shown from their smallest as black to their largest as white.
    """
    fig = Figure(figsize=(2.1 * len(traced), 3.1), layout="tight")
    for axes, (step, value) in zip(fig.subplots(1, len(traced)), traced, strict=True):
        pixels = np.asarray(value)
        low, high = pixels.min(), pixels.max()
        shown, cmap = pixels, None
        if pixels.dtype != np.uint8:
            shown = (pixels - low) / max(high - low, 1e-6)
        if pixels.shape[0] == 3:  # a picture for each channel
            shown, cmap = shown.reshape(-1, shown.shape[-1]), "gray"
        axes.imshow(shown, cmap=cmap)
        size = " x ".join(map(str, pixels.shape))
        axes.set_title(f"{step.name}\n{size}\n{low:.3g} to {high:.3g}", fontsize=9)
        axes.axis("off")
    fig.suptitle(title)
    return fig


def heat(picture: Image.Image, values: np.ndarray, title: str, unit: str) -> Figure:
    """A photo, and beside it the same with a map of values on it.

    Args:
        values: (height, width) of the photo.
        unit: what a value means.
    """
    fig = Figure(figsize=(9, 4.2), layout="tight")
    plain, covered = fig.subplots(1, 2)
    limit = max(float(np.abs(values).max()), 1e-6)
    plain.imshow(picture)
    covered.imshow(picture.convert("L"), cmap="gray")
    image = covered.imshow(values, cmap="PuOr_r", vmin=-limit, vmax=limit, alpha=0.6)
    for axes in (plain, covered):
        axes.axis("off")
    fig.colorbar(image, ax=covered, label=unit)
    fig.suptitle(title)
    return fig


def maps(rows: Mapping[str, np.ndarray], title: str) -> Figure:
    """A row of maps for each layer, each map from black (its smallest) to bright (its largest).

    Args:
        rows: for each layer (n, height, width); the same n for all.
    """
    count = len(next(iter(rows.values())))
    fig = Figure(figsize=(1.25 * count + 1, 1.35 * len(rows) + 0.5), layout="tight")
    axes = fig.subplots(len(rows), count, squeeze=False)
    for line, (name, images) in zip(axes, rows.items(), strict=True):
        for axis, image in zip(line, images, strict=True):
            axis.imshow(image, cmap="magma")
            axis.set(xticks=[], yticks=[])
        size = " x ".join(map(str, images.shape[1:]))
        line[0].set_ylabel(f"{name}\n{size}", rotation=0, ha="right", va="center", fontsize=9)
    fig.suptitle(title)
    return fig


def lengths(
    axes: Axes, names: Sequence[str], values: Sequence[float], texts: Sequence[str]
) -> None:
    """Horizontal bars for percents, the first at the top, each with a text at its end."""
    axes.barh(range(len(names)), values, color=BLUE)
    for place, (value, text) in enumerate(zip(values, texts, strict=True)):
        axes.text(value, place, f" {text}", va="center", fontsize=9)
    axes.set(yticks=range(len(names)), yticklabels=names, ylim=(len(names) - 0.5, -0.5))
    axes.set_xlim(0, 1.4 * max(1, *values))
    axes.tick_params(left=False)


def several(axes: Axes, x: Sequence[float], lines: Mapping[str, Sequence[float]]) -> None:
    """A line for each name, told apart by colour, mark and dash."""
    styles = ((BLUE, "o", "-"), (ORANGE, "s", "--"), (GREEN, "^", ":"))
    for (name, y), (colour, marker, dash) in zip(lines.items(), styles, strict=False):
        axes.plot(x, y, color=colour, marker=marker, linestyle=dash, label=name)
    axes.legend()
