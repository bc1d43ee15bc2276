"""Pictures as the numbers that GoogLeNet sees, and back: what lesson 6 paints on.

A *canvas* is (1, 3, height, width) float32: blue, green and red of each pixel from 0 to 255, each
minus the mean that Caffe subtracts, as `preprocessing.GOOGLENET` makes it, but of any size and not
cropped. `LOW` and `HIGH` are what black and white become.
"""

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from .errors import WorkshopError
from .preprocessing import CAFFE_MEAN, centre, channels_first, numbers, reverse

LOW = -np.float32(CAFFE_MEAN).reshape(1, 3, 1, 1)
HIGH = 255 + LOW
LUMINANCE = np.float32([0.299, 0.587, 0.114])  # how bright red, green and blue are (ITU-R BT.601)


class CanvasError(WorkshopError):
    """A picture cannot be saved."""


def fit(photo: Image.Image, side: int) -> Image.Image:
    """The photo with its longer side `side` pixels long, in its own proportions."""
    scale = side / max(photo.size)
    width, height = (max(1, round(length * scale)) for length in photo.size)
    return photo.resize((width, height), Image.Resampling.LANCZOS)


def to_canvas(photo: Image.Image) -> np.ndarray:
    """(1, 3, height, width): the network's input for an RGB picture."""
    return channels_first(centre(reverse(numbers(photo))))[None]


def to_picture(canvas: np.ndarray) -> Image.Image:
    """The RGB picture of a canvas; what is beyond black and white is cut off."""
    levels = np.rint(np.clip(canvas - LOW, 0, 255)).astype(np.uint8)[0]
    return Image.fromarray(np.ascontiguousarray(levels.transpose(1, 2, 0)[:, :, ::-1]))


def resize(canvas: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """A canvas, or the difference of two, with `size` (height, width) pixels; bilinear."""
    height, width = size
    channels = [
        np.asarray(Image.fromarray(channel).resize((width, height), Image.Resampling.BILINEAR))
        for channel in np.float32(canvas[0])
    ]
    return np.stack(channels)[None]


def magnify(canvas: np.ndarray, share: float) -> np.ndarray:
    """Its middle, `share` of the height and of the width, as large as the whole was."""
    height, width = canvas.shape[2:]
    tall, wide = (max(1, round(length * share)) for length in (height, width))
    top, left = (height - tall) // 2, (width - wide) // 2
    return resize(canvas[:, :, top : top + tall, left : left + wide], (height, width))


def with_colours_of(photo: Image.Image, picture: Image.Image) -> Image.Image:
    """The picture's light and dark in the photo's colours; both of the same size.

    In YIQ, the colours of American television, a pixel is one number for how bright it is and
    two for its colour. The latter do not change when red, green and blue grow by the same
    amount: so each pixel of the photo is made as bright as the picture's. Where that leaves
    the range from 0 to 255, it is cut off.
    Source: L. Gatys et al., "Preserving Color in Neural Artistic Style Transfer" (2016).
    """
    colours, light = numbers(photo), numbers(picture)
    brighter = (light - colours) @ LUMINANCE
    return Image.fromarray(
        np.rint(np.clip(colours + brighter[:, :, None], 0, 255)).astype(np.uint8)
    )


def save_png(picture: Image.Image, path: str | Path) -> Path:
    """Write a picture; `path` is whole at any moment, also when the machine is switched off.

    Raises:
        CanvasError: the file cannot be written.
    """
    content = io.BytesIO()
    picture.save(content, format="PNG")
    return _write(content.getvalue(), Path(path))


def save_gif(pictures: Sequence[Image.Image], path: str | Path, seconds: float = 0.15) -> Path:
    """Write an animation that runs forever; `seconds` is how long each picture stays."""
    content = io.BytesIO()
    first, *others = pictures
    first.save(
        content,
        format="GIF",
        save_all=True,
        append_images=others,
        duration=round(1000 * seconds),
        loop=0,
    )
    return _write(content.getvalue(), Path(path))


def _write(content: bytes, path: Path) -> Path:
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        raise CanvasError(
            f"{path} cannot be written: {error.strerror}; make room, or save elsewhere"
        ) from None
    return path
