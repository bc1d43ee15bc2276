"""Figures of lesson 2: digits and what filters make of them. Shown with `plots.show`."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from .feature_maps import as_rgb


def filters_and_maps(
    filters: Sequence[np.ndarray], maps: Sequence[np.ndarray], titles: Sequence[str]
) -> Figure:
    """Filters above, their maps below, a scale for each row; purple is above 0, orange below."""
    fig = Figure(figsize=(2.5 * len(filters), 5), layout="tight")
    axes = fig.subplots(2, len(filters), squeeze=False)
    for row, pictures in zip(axes, (filters, maps), strict=True):
        limit = max(np.abs(picture).max() for picture in pictures)
        for axis, picture in zip(row, pictures, strict=True):
            axis.axis("off")
            axis.imshow(picture, cmap="PuOr", vmin=-limit, vmax=limit)
    for axis, picture, title in zip(axes[0], filters, titles, strict=True):
        axis.set_title(title, fontsize=10)
        for (y, x), weight in np.ndenumerate(picture):
            text = axis.text(x, y, f"{weight:.2g}", ha="center", va="center", fontsize=9)
            text.set(bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})
    return fig


def coloured(images: np.ndarray, maps: np.ndarray, title: str) -> Figure:
    """A column for each digit: itself, its three maps in grey, and the three as one picture.

    Args:
        images: (n, height, width), 0 is paper and 1 is ink.
        maps: (n, 3, height, width).
    """
    colours = as_rgb(maps)
    names = ("digit", "map 1: red", "map 2: green", "map 3: blue", "together")
    fig = Figure(figsize=(0.95 * len(images) + 1, 5.2), layout="tight")
    axes = fig.subplots(len(names), len(images), squeeze=False)
    for column, (digit, colour) in enumerate(zip(images, colours, strict=True)):
        for row, picture in enumerate((1 - digit, *np.moveaxis(colour, 2, 0), colour)):
            axes[row, column].imshow(picture, cmap="gray", vmin=0, vmax=1)
            axes[row, column].set(xticks=[], yticks=[])
    for axis, name in zip(axes[:, 0], names, strict=True):
        axis.set_ylabel(name, rotation=0, ha="right", va="center")
    fig.suptitle(title)
    return fig


def side_by_side(images: Sequence[np.ndarray], titles: Sequence[str]) -> Figure:
    """A few digits, large enough to see their pixels."""
    fig = Figure(figsize=(3 * len(images), 3.2), layout="tight")
    for axes, image, title in zip(fig.subplots(1, len(images)), images, titles, strict=True):
        axes.axis("off")
        axes.imshow(image, cmap="gray_r", vmin=0, vmax=1)
        axes.set_title(title, fontsize=10)
    return fig
