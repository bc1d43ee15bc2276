"""A square to draw a digit into, with the mouse or a finger."""

from collections.abc import Callable, Mapping
from pathlib import Path
from string import Template

import numpy as np
from IPython.display import HTML, display

from . import handwriting
from .handwriting import FINE, DrawingError

PAGE = Template(Path(__file__).with_name("pad.html").read_text())
HELP = "A square to draw a digit into, with the mouse or a finger."


def decode(text: str) -> np.ndarray:
    """The drawing that the page has sent: (70, 70) float32, 0 is paper and 1 is ink.

    Raises:
        DrawingError: the text is none of the page's.
    """
    try:
        levels = np.frombuffer(bytes.fromhex(text), np.uint8)
    except ValueError:
        levels = np.empty(0)
    if levels.size != FINE * FINE:
        raise DrawingError("the drawing did not arrive whole; run this cell again")
    return (levels.reshape(FINE, FINE) / 255).astype(np.float32)


def pad(then: Callable[[np.ndarray], None]) -> None:
    """Show the square, and beside it what `then` shows of a drawing, after each stroke.

    The page hands a drawing over in a hidden text field of ipywidgets. JupyterLab lets no script
    of a page talk to the kernel by itself, as the notebooks of 2016 could.

    Args:
        then: takes a drawing (70, 70), and displays something. Called without ink, too.
    """
    import ipywidgets  # only here: all else works without Jupyter

    field, answer = ipywidgets.Text(), ipywidgets.Output()
    name = f"pad-{field.model_id}"
    field.add_class(name)
    field.layout.display = "none"

    def drawn(change: Mapping) -> None:
        answer.clear_output(wait=True)
        with answer:
            then(decode(change["new"]))

    field.observe(drawn, names="value")
    page = PAGE.substitute(id=name, help=HELP, fine=FINE, pen=handwriting.PEN)
    display(HTML(page), ipywidgets.VBox([field, answer]))
