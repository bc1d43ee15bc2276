"""Figures of lesson 5: pictures in classes, scores with intervals, a map, a boundary.

A class has a colour and a kind of line, so that it can be told without colours. Names may come
from files and folders: a dollar sign in them is no formula. Colours: as in `plots`.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.offsetbox import AnnotationBbox, OffsetImage

from .plots import BLUE, GREEN, ORANGE, PURPLE, label, panels

COLOURS = (BLUE, ORANGE, GREEN, PURPLE, "#56B4E9", "#D55E00", "black")
LINES = ("-", "--", ":", "-.")
GREY = "#666666"
THUMBNAIL = 34  # points, of a side
MARKERS = "os^Dv"
WIDE = 15  # letters above a picture


def style(number: int) -> dict[str, object]:
    """How to draw the frame of a class; -1 is no class."""
    if number < 0:
        return {"color": GREY, "linestyle": ":"}
    return {"color": COLOURS[number % len(COLOURS)], "linestyle": LINES[number % len(LINES)]}


def plain(text: object) -> str:
    """Text in which matplotlib sees no formula."""
    return str(text).replace("$", r"\$")


def _cut(line: str) -> str:
    """A line that is no wider than a picture of `gallery`."""
    return plain(line if len(line) <= WIDE else f"{line[: WIDE - 1]}…")


def gallery(
    images: np.ndarray, titles: Sequence[str], groups: Sequence[int], title: str, columns: int = 10
) -> Figure:
    """Pictures side by side, each framed as its class. images: (n, height, width, 3) uint8."""
    rows = -(-len(images) // columns)
    lines = 1 + max(text.count("\n") for text in titles)
    fig = Figure(figsize=(columns, (1 + 0.17 * lines) * rows + 0.3), layout="constrained")
    fig.get_layout_engine().set(w_pad=0.03, h_pad=0.03, wspace=0, hspace=0)
    fig.suptitle(plain(title), fontsize=10)
    for axes in (grid := fig.subplots(rows, columns, squeeze=False).ravel()):
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
    for axes, image, text, group in zip(grid, images, titles, groups, strict=False):
        axes.imshow(image)
        axes.set_title("\n".join(map(_cut, text.splitlines())), fontsize=8)
        for spine in axes.spines.values():
            spine.set(visible=True, linewidth=3, **style(group))
    return fig


def scores(
    shares: Mapping[str, Mapping[str, tuple[float, tuple[float, float]]]], chance: float, title: str
) -> Figure:
    """Shares of right answers as points with intervals.

    shares: for each classifier, for each kind of features, (share, (low, high)).
    """
    fig, (axes,) = panels(1, (8, 3.4))
    label(axes, plain(title), "right answers (%), with 95 % interval", "")
    kinds = list(next(iter(shares.values())))
    for number, (name, results) in enumerate(shares.items()):
        middle = np.array([results[kind][0] for kind in kinds])
        ends = np.array([results[kind][1] for kind in kinds]).T
        axes.errorbar(
            100 * middle,
            np.arange(len(kinds)) - 0.12 + 0.24 * number,
            xerr=100 * np.abs(ends - middle),
            fmt=MARKERS[number],
            color=COLOURS[number],
            capsize=3,
            label=name,
        )
    axes.axvline(100 * chance, color=GREY, linestyle=":", label="chance")
    axes.set_yticks(range(len(kinds)), kinds)
    axes.set(ylim=(len(kinds) - 0.5, -0.5), xlim=(0, 103))
    axes.legend(loc="lower left", fontsize=8)
    return fig


def maps(
    points: Mapping[str, np.ndarray],
    images: np.ndarray,
    groups: Sequence[int],
    classes: Sequence[str],
    title: str,
) -> Figure:
    """Pictures where their points are; points: for each panel's name (n, 2)."""
    fig, grid = panels(len(points), (6 * len(points), 5.2))
    for axes, (name, place) in zip(grid, points.items(), strict=True):
        label(axes, plain(f"{name} - {title}"), "first principal axis", "second principal axis")
        axes.scatter(*place.T, s=1, color=GREY)
        for image, point, group in zip(images, place, groups, strict=True):
            _thumbnail(axes, image, point, group)
        axes.margins(0.12)
    _legend(grid[0], classes, unknown=min(groups) < 0)
    return fig


def _thumbnail(axes: Axes, image: np.ndarray, point: Sequence[float], group: int) -> None:
    small = image[:: max(1, len(image) // 112), :: max(1, len(image) // 112)]
    frame = {"edgecolor": style(group)["color"], "linestyle": style(group)["linestyle"]}
    picture = OffsetImage(small, zoom=THUMBNAIL / len(small))
    box = AnnotationBbox(picture, tuple(point), pad=0.1, bboxprops={**frame, "linewidth": 2})
    box.set_in_layout(False)  # else the axes shrink until no picture sticks out
    axes.add_artist(box)


def _legend(axes: Axes, classes: Sequence[str], unknown: bool) -> None:
    names = [*enumerate(classes), *([(-1, "unseen")] if unknown else [])]
    lines = [Line2D([], [], linewidth=2, label=plain(name), **style(i)) for i, name in names]
    axes.legend(handles=lines, fontsize=8)


def training(history: Sequence[Mapping[str, float]], steps: int, title: str) -> Figure:
    """Loss of the pictures that are learnt from and of those set aside, after each step.

    history: for each step {"known": loss, "away": loss}.
    """
    fig, (axes,) = panels(1, (7, 3))
    label(axes, plain(title), "step", "loss (cross-entropy)")
    for part, name, line in (("known", "learnt from", "-"), ("away", "set aside", "--")):
        losses = [step[part] for step in history]
        colour = BLUE if part == "known" else ORANGE
        axes.plot(range(1, len(losses) + 1), losses, line, color=colour, label=name)
    axes.set(xlim=(0, steps), ylim=(0, None))
    axes.legend()
    return fig


def shuffled(
    shares: Mapping[str, Sequence[float]],
    truth: Mapping[str, float],
    chance: float,
    title: str,
) -> Figure:
    """How often shuffled labels were told right, beside the true labels, for each classifier."""
    fig, grid = panels(len(shares), (4.5 * len(shares), 3))
    for axes, (name, values) in zip(grid, shares.items(), strict=True):
        label(axes, plain(f"{name} - {title}"), "right answers (%)", "shuffles")
        axes.title.set_fontsize(9)
        axes.hist(100 * np.asarray(values), np.arange(-2.5, 105, 5), color=BLUE)
        axes.axvline(100 * chance, color=GREY, linestyle=":", label="chance")
        axes.axvline(100 * truth[name], color=ORANGE, linestyle="--", label="true labels")
        axes.yaxis.get_major_locator().set_params(integer=True)
    grid[0].legend(loc="upper left", fontsize=8)
    return fig


def growing(
    sizes: Sequence[int],
    shares: Mapping[str, Mapping[int, Sequence[float]]],
    chance: float,
    title: str,
) -> Figure:
    """Right answers by number of pictures: mean and standard deviation of the draws.

    shares: for each line, for each number of pictures, the shares of all draws.
    """
    fig, (axes,) = panels(1, (7, 3.4))
    label(axes, plain(title), "pictures of each class to learn from", "right answers (%)")
    for number, (name, draws) in enumerate(shares.items()):
        done = [size for size in sizes if len(draws[size])]
        values = [100 * np.asarray(draws[size]) for size in done]
        mean, spread = (np.array([f(v) for v in values]) for f in (np.mean, np.std))
        axes.errorbar(
            np.array(done) + 0.08 * (number - 1),
            mean,
            [spread, np.minimum(spread, 100 - mean)],
            fmt=f"{MARKERS[number]}{LINES[number]}",
            color=COLOURS[number],
            capsize=3,
            label=name,
        )
    axes.axhline(100 * chance, color=GREY, linestyle=":", label="chance")
    axes.set(xticks=sizes, xlim=(min(sizes) - 0.5, max(sizes) + 0.5), ylim=(0, 105))
    axes.legend(fontsize=8, loc="lower right")
    return fig


def boundary(
    distances: np.ndarray, images: np.ndarray, classes: Sequence[str], title: str
) -> Figure:
    """Pictures in order along their distance from the boundary.

    With two classes the first one is left of the boundary, the second right of it. With more,
    each class has a line, on which its pictures stand the further right the surer they are.

    distances: (n, classes), as those of `transfer.Linear`.
    """
    winners = distances.argmax(axis=1)
    two = len(classes) == 2
    signed = distances[:, 1] if two else distances.max(axis=1)
    fig, (axes,) = panels(1, (10, 2.9 if two else 1 + 1.1 * len(classes)))
    label(axes, plain(title), "distance from the boundary", "")
    axes.axvline(0, color="black")
    for rank, i in enumerate(np.argsort(signed)):
        height = rank % 2 if two else winners[i]
        if two:
            axes.plot([signed[i]] * 2, [height, -0.8], color=GREY, linewidth=0.7)
        _thumbnail(axes, images[i], (signed[i], height), winners[i])
    reach = 1.15 * np.abs(signed).max()
    axes.set(xlim=(-reach if two else -0.05 * reach, reach))
    axes.set(ylim=(-0.8, 2.1) if two else (len(classes) - 0.4, -0.6))
    axes.set_yticks([] if two else range(len(classes)), [] if two else map(plain, classes))
    if two:
        for side, name in zip((0.02, 0.98), classes, strict=True):
            end = "left" if side < 0.5 else "right"
            axes.text(side, 0.9, plain(name), transform=axes.transAxes, ha=end, weight="bold")
    return fig
