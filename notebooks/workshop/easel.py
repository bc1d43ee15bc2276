"""Shows dreams and paintings while they form, and pictures side by side, for lesson 6."""

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from . import plots
from .canvas import to_picture
from .dream import Dream, Zoom
from .progress import Progress
from .style import Losses, Painting, column

UPDATES = 8  # of the figure while a picture forms: drawing takes time, too


def watch(work: Dream | Zoom, title: str, alt: str) -> None:
    """Make the steps that are missing and show the picture; interrupted and run again, it goes on.

    Args:
        title: of the figure.
        alt: tells in words what the picture shows.
    """
    live = plots.Live(alt)
    every = -(-work.total // UPDATES)
    if work.done < work.total:
        with Progress(work.total - work.done, title) as progress:
            while work.done < work.total:
                work.step()
                progress.advance()
                if work.done % every == 0 and work.done < work.total:
                    live.show(_dreamt(work, title))
    live.show(_dreamt(work, title))


def finish(works: Sequence[Dream | Zoom], label: str) -> None:
    """Make the missing steps of all of them, and show no picture; can be resumed, as `watch`."""
    missing = sum(work.total - work.done for work in works)
    if missing == 0:
        return
    with Progress(missing, label) as progress:
        for work in works:
            while work.done < work.total:
                work.step()
                progress.advance()


def paint(painting: Painting, weights: Losses, iterations: int, title: str, alt: str) -> None:
    """Paint until a whole number of rounds of so many iterations is done; show the picture.

    Interrupted and run again, it goes on with the round; after that, with another one.

    Args:
        weights: of the three losses, in this round.
        title, alt: as of `watch`.
    """
    until = iterations * (painting.iterations // iterations + 1)
    every = -(-iterations // UPDATES)
    live = plots.Live(alt)
    with Progress(until - painting.iterations, title) as progress:

        def tell() -> None:
            progress.advance()
            if painting.iterations % every == 0:
                live.show(_painted(painting, title))

        painting.paint(weights, until, tell)
    if painting.iterations < until and not progress.interrupted:
        print("L-BFGS ended early: no step makes the losses smaller.")
    live.show(_painted(painting, title))


def gallery(
    pictures: Sequence[Image.Image], titles: Sequence[str], columns: int = 3, width: float = 10
) -> Figure:
    """Pictures side by side, `columns` in a row; `width` in inches."""
    rows = -(-len(pictures) // columns)
    tallest = max(picture.height / picture.width for picture in pictures)
    fig = Figure(figsize=(width, (width / columns * tallest + 0.4) * rows), layout="tight")
    axes = fig.subplots(rows, columns, squeeze=False)
    for axis in axes.flat:
        axis.axis("off")
    for axis, picture, title in zip(axes.flat, pictures, titles, strict=False):
        axis.imshow(picture)
        axis.set_title(title, fontsize=10)
    return fig


class Sliders:
    """A slider for the weight of each loss, from a hundredth to a hundred times of `start`.

    Attributes:
        weights: what they say now.
    """

    def __init__(self, start: Losses) -> None:
        from ipywidgets import FloatLogSlider, Layout, VBox  # only here: nothing else needs it

        self._sliders = {
            name: FloatLogSlider(
                value=value,
                min=np.log10(value) - 2,
                max=np.log10(value) + 2,
                step=0.1,
                description=name,
                layout=Layout(width="30em"),
            )
            for name, value in asdict(start).items()
        }
        display(VBox(list(self._sliders.values())))

    @property
    def weights(self) -> Losses:
        return Losses(**{name: slider.value for name, slider in self._sliders.items()})


def _picture(axes: Axes, canvas: np.ndarray, title: str) -> None:
    axes.axis("off")
    axes.imshow(to_picture(canvas))
    axes.set_title(title, fontsize=10)


def _dreamt(work: Dream | Zoom, title: str) -> Figure:
    fig = Figure(figsize=(10, 3.6), layout="tight")
    left, right = fig.subplots(1, 2, width_ratios=(3, 2))
    _picture(left, work.canvas, title)
    dreams = work.dreams if isinstance(work, Zoom) else [work]
    octaves = [octave for dream in dreams for octave in dream.octaves]
    plots.label(right, "The objective, octave by octave", "step", "objective")
    start = 0
    for octave in octaves:
        steps = start + np.arange(len(octave.seen))
        right.plot(steps + 0.5, octave.seen, ".", color=plots.BLUE, markersize=4)
        if octave.after is not None:
            ends = (octave.before, octave.after)
            right.plot((start, start + len(steps)), ends, "-o", color=plots.ORANGE, markersize=4)
        start += len(steps)
    right.plot([], [], ".", color=plots.BLUE, label="at a step, moved by the jitter")
    right.plot([], [], "-o", color=plots.ORANGE, label="unmoved, before and after")
    right.set_xlim(0, work.total)
    right.legend(fontsize=8)
    return fig


def _painted(painting: Painting, title: str) -> Figure:
    fig = Figure(figsize=(11, 3), layout="tight")
    left, *others = fig.subplots(1, 4, width_ratios=(2, 1, 1, 1))
    _picture(left, painting.canvas, title)
    for axes, name in zip(others, ("content", "style", "variation"), strict=True):
        plots.label(axes, name, "iteration", "loss" if name == "content" else "")
        axes.plot(column(painting.history, name), color=plots.BLUE)
    others[1].set_yscale("log")
    return fig
