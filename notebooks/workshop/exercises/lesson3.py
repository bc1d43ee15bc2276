"""The exercises of lesson 3: counting parameters, from numbers back to a picture, mirroring."""

import numpy as np

from ..preprocessing import CAFFE_MEAN
from . import Wrong, exercise


@exercise
def parameters(answer):
    """answer(inputs, filters, size): how many numbers a convolution learns."""
    for inputs, filters, size in ((3, 64, 7), (192, 64, 1), (16, 32, 5)):
        found = answer(inputs, filters, size)
        weights = filters * inputs * size * size
        if found == weights + filters:
            continue
        layer = f"{filters} filters of {size} by {size} on {inputs} channels"
        if found == weights:
            raise Wrong("the filters are right; each filter also learns one number that is added")
        if found == inputs * size * size + 1:
            raise Wrong("that is one filter; a layer has many")
        if found in (filters * size * size, filters * size * size + filters):
            raise Wrong("a filter looks at every channel of its input, not only at one")
        if found in (filters * inputs * size, filters * inputs * size + filters):
            raise Wrong("a filter is as high as it is wide")
        raise Wrong(f"for {layer} you say {found:,}; draw one filter and count its numbers")
    return "a filter has a number for each channel and pixel that it covers, and one more to add"


@exercise
def undo(answer):
    """answer(numbers): from (3, height, width) back to (height, width, 3), red first, 0 to 255."""
    picture = np.random.RandomState(3).randint(0, 256, (6, 5, 3)).astype(np.float32)
    numbers = np.ascontiguousarray(
        (picture[:, :, ::-1] - np.float32(CAFFE_MEAN)).transpose(2, 0, 1)
    )
    kept = numbers.copy()
    found = np.asarray(answer(numbers), np.float64)
    if not np.array_equal(numbers, kept):
        raise Wrong("your function changes the numbers that it was given; work on a copy")
    if found.shape == (3, 6, 5):
        raise Wrong("the channels still come first; a picture has them last")
    if found.shape == (5, 6, 3):
        raise Wrong("the picture lies on its side: rows and columns are exchanged")
    if found.shape != picture.shape:
        raise Wrong(f"(3, 6, 5) became {found.shape}, not (6, 5, 3)")
    mean = np.array(CAFFE_MEAN)
    for wrong, advice in (
        (picture[:, :, ::-1], "the channels are still blue, green, red"),
        (
            picture - mean[::-1],
            "the mean is not added yet, so that many numbers are below 0",
        ),
        (
            picture[:, :, ::-1] - mean,
            "neither the mean nor the order of colours is undone yet",
        ),
        (
            picture - mean[::-1] + mean,
            "red got blue's mean, and blue got red's: undo the steps from the last to the first",
        ),
    ):
        if np.abs(found - wrong).max() < 1:
            raise Wrong(advice)
    if np.abs(found - picture).max() >= 1:
        raise Wrong("shape and range are fine, the colours are not; compare it step by step")
    return "undone from the last step to the first; only what was cut off is lost for good"


@exercise
def mirror(answer):
    """answer(batch): (n, 3, height, width) with left and right of each picture exchanged."""
    batch = np.random.RandomState(3).uniform(-1, 1, (2, 3, 4, 5)).astype(np.float32)
    found = np.asarray(answer(batch.copy()))
    if found.shape != batch.shape:
        raise Wrong(f"a batch of shape {batch.shape} became one of {found.shape}; keep the shape")
    for axes, advice in (
        ((), "nothing has changed"),
        ((2,), "the pictures stand on their heads: height is the third axis, width the fourth"),
        ((2, 3), "left and right are exchanged, and so are top and bottom"),
        ((1,), "the channels are exchanged: left and right are along another axis"),
        ((0,), "the photos have changed places, not their sides"),
    ):
        if np.array_equal(found, np.flip(batch, axes)):
            raise Wrong(advice)
    if not np.array_equal(found, np.flip(batch, 3)):
        raise Wrong("not every picture is its mirror image")
    return "one slice does it; now ask the network about the mirrored photos"
