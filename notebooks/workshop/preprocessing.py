"""From a photo to the numbers that a network was trained on, in steps that can be shown.

Each network has its own: a forgotten step is not noticed by the network, which then
answers with confidence, and worse.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from PIL import Image

# Blue, green and red of the average ImageNet picture, which Caffe subtracts.
CAFFE_MEAN = (104.0, 117.0, 123.0)


@dataclass(frozen=True)
class Step:
    """One step: its name, what it does in a sentence, and the function that does it."""

    name: str
    what: str
    apply: Callable


def crop(photo: Image.Image, share: float) -> Image.Image:
    """The square in the middle; its side is `share` of the photo's shorter side."""
    width, height = photo.size
    side = max(1, round(min(width, height) * share))
    left, top = (width - side) // 2, (height - side) // 2
    return photo.crop((left, top, left + side, top + side))


def resize(square: Image.Image, side: int) -> Image.Image:
    """The same square with `side` times `side` pixels."""
    return square.resize((side, side), Image.Resampling.BILINEAR)


def numbers(picture: Image.Image) -> np.ndarray:
    """(height, width, 3) float32: red, green and blue of each pixel, 0 to 255."""
    return np.asarray(picture, np.float32)


def reverse(pixels: np.ndarray) -> np.ndarray:
    """(height, width, 3) with the channels as blue, green, red."""
    return pixels[:, :, ::-1]


def centre(pixels: np.ndarray, mean: Sequence[float] = CAFFE_MEAN) -> np.ndarray:
    """(height, width, 3), around 0: the mean of each channel subtracted."""
    return pixels - np.float32(mean)


def scale(pixels: np.ndarray, middle: float = 127.5, unit: float = 127.5) -> np.ndarray:
    """(height, width, 3): `(x - middle) / unit`, so that 0 to 255 becomes -1 to 1.

    Both belong to the weights: those that Google published in 2015 want 128 for both.
    """
    return (pixels - np.float32(middle)) / np.float32(unit)


def channels_first(pixels: np.ndarray) -> np.ndarray:
    """(3, height, width), one picture for each channel, as the layers want it."""
    return np.ascontiguousarray(pixels.transpose(2, 0, 1))


def _geometry(side: int, share: float) -> tuple[Step, ...]:
    return (
        Step("crop", "Cut the square out of the middle.", partial(crop, share=share)),
        Step("resize", f"Make it {side} by {side} pixels.", partial(resize, side=side)),
        Step("numbers", "Take red, green and blue as numbers from 0 to 255.", numbers),
    )


_FIRST = Step("channels first", "Put the channels before the rows.", channels_first)

GOOGLENET = (
    *_geometry(224, 1),
    Step("BGR", "Turn red, green, blue into blue, green, red: Caffe's order.", reverse),
    Step("centre", "Subtract the colour of the average ImageNet picture.", centre),
    _FIRST,
)

INCEPTION_V3 = (
    *_geometry(299, 299 / 342),
    Step("scale", "Bring the numbers from 0 to 255 into the range from -1 to 1.", scale),
    _FIRST,
)


def trace(steps: Sequence[Step], photo: Image.Image) -> list[tuple[Step, Image.Image | np.ndarray]]:
    """Each step with what it makes of the photo, in order; the last is the network's input."""
    results, value = [], photo
    for step in steps:
        value = step.apply(value)
        results.append((step, value))
    return results


def seen(steps: Sequence[Step], photo: Image.Image) -> Image.Image:
    """The part of the photo that becomes numbers, as a picture."""
    return [value for _, value in trace(steps, photo) if isinstance(value, Image.Image)][-1]


def without(steps: Sequence[Step], name: str) -> tuple[Step, ...]:
    """The steps but for one that is forgotten."""
    left = tuple(step for step in steps if step.name != name)
    if len(left) == len(steps):
        raise ValueError(
            f"no step is called {name!r}; there are {', '.join(s.name for s in steps)}"
        )
    return left


def prepare(steps: Sequence[Step], photo: Image.Image) -> np.ndarray:
    """The network's input for one photo: (3, side, side) float32."""
    return trace(steps, photo)[-1][1]
