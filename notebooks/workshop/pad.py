"""A square to draw a digit into, with the mouse, a finger, a pen or the keyboard."""

from collections.abc import Callable, Mapping
from pathlib import Path

import anywidget
import ipywidgets
import numpy as np
import traitlets
from IPython.display import display

from . import handwriting
from .handwriting import FINE, PEN

HERE = Path(__file__).parent


class Pad(anywidget.AnyWidget):
    """The square on the page, which draws, and hands the drawing over when the pen is lifted.

    Attributes:
        ink: the drawing, a byte for each of its `side` by `side` pixels, row by row; 0 is paper.
        pen: width of a stroke, as a share of the square's side.
    """

    _esm = HERE / "pad.js"
    _css = HERE / "pad.css"
    side = traitlets.Int(FINE, read_only=True).tag(sync=True)
    pen = traitlets.Float(PEN, read_only=True).tag(sync=True)
    ink = traitlets.CBytes(bytes(FINE * FINE)).tag(sync=True)  # a memoryview comes from the page


def pad(then: Callable[[np.ndarray], None]) -> None:
    """Show the square, and below it what `then` shows of a drawing, after each stroke.

    Args:
        then: takes a drawing (70, 70), and displays something. Called without ink, too.
    """
    square, answer = Pad(), ipywidgets.Output()

    def drawn(change: Mapping) -> None:
        answer.clear_output(wait=True)
        with answer:  # errors are shown there, too
            then(handwriting.read(change["new"]))

    square.observe(drawn, names="ink")
    display(ipywidgets.VBox([square, answer]))
