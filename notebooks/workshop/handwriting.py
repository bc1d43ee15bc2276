"""Digits moved about, and drawings made into digits like those of MNIST.

How MNIST's digits were prepared: Y. LeCun et al., "Gradient-based learning applied to document
recognition" (1998), section III: as large as fits into 20 by 20 pixels, then with the centre of
mass of the ink in the middle of 28 by 28.
"""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from .data import SIDE
from .errors import WorkshopError

BOX = 20  # the longer side of a digit's ink, in pixels
FINE = 70  # pixels of a side of a drawing
PEN = 0.07  # width of a stroke, as a share of a drawing's side


class DrawingError(WorkshopError):
    """A drawing cannot be read."""


def shift(images: np.ndarray, right: int = 0, down: int = 0) -> np.ndarray:
    """Pictures (..., height, width) moved by whole pixels, to the left or up if below 0.

    What leaves the picture is gone; what comes in from the other side is paper (0).
    """
    moved = np.zeros_like(images)
    height, width = images.shape[-2:]
    (rows, from_rows), (columns, from_columns) = _overlap(down, height), _overlap(right, width)
    moved[..., rows, columns] = images[..., from_rows, from_columns]
    return moved


def _overlap(steps: int, length: int) -> tuple[slice, slice]:
    """Where a line of pixels goes when it is moved, and where it comes from."""
    steps = max(-length, min(length, steps))
    there = slice(max(0, steps), length + min(0, steps))
    return there, slice(there.start - steps, there.stop - steps)


def strokes(lines: Sequence[Sequence[tuple[float, float]]]) -> np.ndarray:
    """A drawing of lines, each through points (x, y) from (0, 0), top left, to (1, 1).

    Returns:
        (70, 70) float32, 0 is paper and 1 is ink.
    """
    side = 4 * FINE  # made smaller below, so that edges are soft
    picture = Image.new("L", (side, side))
    pen, width = ImageDraw.Draw(picture), round(PEN * side)
    for line in lines:
        points = [(x * side, y * side) for x, y in line]
        pen.line(points, fill=255, width=width)
        for x, y in points:
            pen.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=255)
    small = picture.resize((FINE, FINE), Image.Resampling.BOX)
    return np.asarray(small, np.float32) / 255


def read(ink: bytes) -> np.ndarray:
    """The drawing of a page: (70, 70) float32, 0 is paper and 1 is ink.

    Args:
        ink: a byte for each pixel, row by row; 255 is ink.

    Raises:
        DrawingError: there are more or fewer.
    """
    if len(ink) != FINE * FINE:
        raise DrawingError("the drawing did not arrive whole; run this cell again")
    levels = np.frombuffer(ink, np.uint8).reshape(FINE, FINE)
    return (levels / 255).astype(np.float32)


def shrunk(drawing: np.ndarray) -> np.ndarray:
    """(28, 28) float32: the whole square drawing as small as a digit, where its ink is."""
    return _resize(drawing, SIDE, SIDE)


def centred(drawing: np.ndarray) -> np.ndarray:
    """The drawing prepared as MNIST's digits were: (28, 28) float32.

    Args:
        drawing: (height, width), 0 is paper and 1 is ink.

    Raises:
        DrawingError: there is no ink.
    """
    rows, columns = (np.flatnonzero(drawing.max(axis=axis) > 0.1) for axis in (1, 0))
    if not len(rows):
        raise DrawingError("the drawing is empty; draw a digit first")
    ink = drawing[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = BOX / max(ink.shape)
    ink = _resize(ink, *(max(1, round(scale * length)) for length in ink.shape))
    digit = np.zeros((SIDE, SIDE), np.float32)
    top, left = (_start(ink.sum(axis=axis)) for axis in (1, 0))
    digit[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    return digit


def _start(weights: np.ndarray) -> int:
    """Where a line of ink begins whose centre of mass is in the middle, as far as it fits."""
    centre = (weights * (np.arange(len(weights)) + 0.5)).sum() / weights.sum()
    return int(np.clip(round(SIDE / 2 - centre), 0, SIDE - len(weights)))


def _resize(picture: np.ndarray, height: int, width: int) -> np.ndarray:
    image = Image.fromarray(np.asarray(picture, np.float32))
    return np.asarray(image.resize((width, height), Image.Resampling.BILINEAR)).clip(0, 1)
