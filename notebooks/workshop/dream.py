"""Deep Dream: change a photo until a network sees more of what it sees in it.

Source: A. Mordvintsev, C. Olah, M. Tyka, "Inceptionism: Going Deeper into Neural Networks"
(2015), and the notebook `dream.ipynb` that they published with it.

Knows nothing of Theano: an *objective* is any function from a canvas (see `canvas`) to a number
that is to grow, and its gradient, which has the canvas's shape.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from .canvas import HIGH, LOW, magnify, resize
from .errors import WorkshopError

Objective = Callable[[np.ndarray], tuple[float, np.ndarray]]
Size = tuple[int, int]

LEAST = 32  # pixels of a picture's shorter side: fewer leave nothing of a deep layer
SLIGHT = 1e-12  # keeps a gradient of zeros from being divided by zero


class DreamError(WorkshopError):
    """A dream cannot begin like that."""


def octave_sizes(size: Size, count: int, ratio: float = 1.4) -> list[Size]:
    """Sizes of the same picture, from the smallest to `size` itself.

    Raises:
        DreamError: the smallest would be too small for the network.
    """
    sizes = [tuple(round(length / ratio**k) for length in size) for k in reversed(range(count))]
    if min(sizes[0]) < LEAST:
        raise DreamError(
            f"the smallest octave would be {sizes[0][1]} by {sizes[0][0]} pixels, and {LEAST} are "
            "the least; take fewer octaves or a larger picture"
        )
    return sizes


def ascend(
    objective: Objective, canvas: np.ndarray, stride: float, shift: Size
) -> tuple[np.ndarray, float]:
    """One step uphill, on the canvas rolled by `shift` (down, right) pixels and back again.

    The step is `stride` levels for the average pixel, however steep it is: gradients of layers
    and octaves differ by orders of magnitude.

    Returns:
        The new canvas, between black and white, and the objective where the step began.
    """
    value, gradient = objective(np.roll(canvas, shift, (2, 3)))
    gradient = np.roll(gradient, (-shift[0], -shift[1]), (2, 3))
    step = stride / (np.abs(gradient).mean() + SLIGHT) * gradient
    return np.clip(canvas + step, LOW, HIGH).astype(np.float32), float(value)


@dataclass(frozen=True)
class Octave:
    """What happened at one size.

    before, after: the objective of the picture as it lies, before the first and after the last
        step; `after` is None as long as steps are missing.
    seen: the objective at each step, where the jitter had moved the picture.
    """

    size: Size
    before: float
    seen: tuple[float, ...] = ()
    after: float | None = None


@dataclass(frozen=True)
class _State:
    canvas: np.ndarray
    octaves: tuple[Octave, ...]


class Dream:
    """A dream, step by step. Whatever interrupts it, the next step goes on where it was.

    Args:
        objective: what is to grow.
        photo: the canvas that it starts from.
        octaves: number of sizes. The dream begins with the smallest; what it has added to the
            photo there is enlarged and added to the photo of the next size.
        ratio: of a size to the one before.
        steps: in each octave.
        stride: levels (of 255) that a step changes the average pixel by.
        jitter: pixels, the farthest that the picture is moved for a step, so that the
            network's grid leaves no trace. Each step has a place of its own, drawn from `seed`.

    Raises:
        DreamError: the photo is too small for so many octaves.
    """

    def __init__(
        self,
        objective: Objective,
        photo: np.ndarray,
        octaves: int = 4,
        ratio: float = 1.4,
        steps: int = 10,
        stride: float = 1.5,
        jitter: int = 32,
        seed: int = 1,
    ) -> None:
        self.objective, self.photo = objective, photo
        self.sizes = octave_sizes(photo.shape[2:], octaves, ratio)
        self.steps, self.stride = steps, stride
        self.shifts = np.random.RandomState(seed).randint(-jitter, jitter + 1, (octaves, steps, 2))
        self._state = _State(resize(photo, self.sizes[0]), ())

    @property
    def octaves(self) -> Sequence[Octave]:
        """What happened so far, an entry for each size."""
        return self._state.octaves

    @property
    def total(self) -> int:
        """Steps of all octaves."""
        return len(self.sizes) * self.steps

    @property
    def done(self) -> int:
        """Steps that were made."""
        return sum(len(octave.seen) for octave in self.octaves)

    @property
    def canvas(self) -> np.ndarray:
        """The picture as it is now; it has the size of its octave."""
        return self._state.canvas

    def step(self) -> None:
        """Make one step; at the end of an octave, also go on to the next size."""
        if self.done == self.total:
            return
        canvas, octaves = self._state.canvas, self._state.octaves
        if self.done == len(octaves) * self.steps:
            octaves += (Octave(self.sizes[len(octaves)], float(self.objective(canvas)[0])),)
        *finished, now = octaves
        shift = tuple(int(s) for s in self.shifts[len(finished), len(now.seen)])
        canvas, value = ascend(self.objective, canvas, self.stride, shift)
        now = replace(now, seen=(*now.seen, value))
        if len(now.seen) == self.steps:
            now = replace(now, after=float(self.objective(canvas)[0]))
            canvas = self._enlarged(canvas, len(octaves))
        self._state = _State(canvas, (*finished, now))  # one assignment: a step is whole, or not

    def _enlarged(self, canvas: np.ndarray, octave: int) -> np.ndarray:
        """The photo in the size of an octave, with the detail that was added to it so far."""
        if octave == len(self.sizes):
            return canvas
        size = self.sizes[octave]
        detail = canvas - resize(self.photo, canvas.shape[2:])
        return np.clip(resize(self.photo, size) + resize(detail, size), LOW, HIGH)


class Zoom:
    """A dream about a dream about a dream: after each, the middle is magnified.

    Args:
        frames: how many dreams.
        share: of height and width that is left for the next.
        options: of `Dream`.
    """

    def __init__(
        self,
        objective: Objective,
        photo: np.ndarray,
        frames: int,
        share: float = 0.95,
        **options: object,
    ) -> None:
        self.objective, self.share, self.options = objective, share, options
        self.dreams = [Dream(objective, photo, **options)]
        self.total = frames * self.dreams[0].total

    @property
    def done(self) -> int:
        """Steps that were made."""
        return sum(dream.done for dream in self.dreams)

    @property
    def frames(self) -> list[np.ndarray]:
        """The finished pictures."""
        return [dream.canvas for dream in self.dreams if dream.done == dream.total]

    @property
    def canvas(self) -> np.ndarray:
        """The picture as it is now."""
        return self.dreams[-1].canvas

    def step(self) -> None:
        """Make one step; after the last of a frame, go on to the next."""
        if self.done == self.total:
            return
        last = self.dreams[-1]
        if last.done == last.total:
            last = Dream(self.objective, magnify(last.canvas, self.share), **self.options)
            self.dreams.append(last)
        last.step()
