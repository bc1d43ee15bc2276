"""Style transfer: what is on a photo, in the strokes of a painting.

Source: L. Gatys, A. Ecker, M. Bethge, "A Neural Algorithm of Artistic Style" (2015). They take
VGG-19, whose licence is non-commercial; this works with any network.

Knows nothing of Theano: `losses` is any function from a canvas (see `canvas`) and three weights
to three numbers and the gradient of their weighted sum.
"""

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass

import numpy as np

from .canvas import HIGH, LOW

SLIGHT = 1e-12  # keeps a gradient of zeros from being divided by zero


@dataclass(frozen=True)
class Losses:
    """What is to become small; also the weights of the three.

    content: how far the activations are from the photo's, in parts of the photo's.
    style: how far the Gram matrices are from the painting's, in parts of the painting's.
    variation: mean square of the difference between neighbouring pixels, in levels.
    """

    content: float
    style: float
    variation: float

    def times(self, weights: "Losses") -> float:
        """Their sum, each times its weight."""
        return float(np.dot(astuple(self), astuple(weights)))


Function = Callable[[np.ndarray, Losses], tuple[Losses, np.ndarray]]


def gram(features: np.ndarray) -> np.ndarray:
    """(channels, channels): how much each two channels are active at the same places.

    features: (channels, height, width). The sum over all places is divided by their number, so
    that pictures of different sizes compare.
    """
    rows = features.reshape(len(features), -1)
    return rows @ rows.T / rows.shape[1]


@dataclass(frozen=True)
class _State:
    canvas: np.ndarray
    history: tuple[Losses, ...] = ()
    frames: tuple[tuple[int, np.ndarray], ...] = ()


class Painting:
    """A picture that is being painted. Interrupted, it keeps what the last iteration made of it.

    Args:
        losses: the function to minimise.
        photo: the canvas to start from.
        keep: every how many iterations a frame is kept.

    Attributes:
        evaluations: how often the function was asked.
    """

    def __init__(self, losses: Function, photo: np.ndarray, keep: int = 10) -> None:
        self.losses, self.keep, self.evaluations = losses, keep, 0
        self._state = _State(photo)

    @property
    def canvas(self) -> np.ndarray:
        """The picture as it is now."""
        return self._state.canvas

    @property
    def history(self) -> Sequence[Losses]:
        """The losses at the start and after each iteration."""
        return self._state.history

    @property
    def frames(self) -> Sequence[tuple[int, np.ndarray]]:
        """Iteration and canvas, of the start and of those that were kept."""
        return self._state.frames

    @property
    def iterations(self) -> int:
        """How many iterations were made."""
        return max(0, len(self.history) - 1)

    def paint(self, weights: Losses, until: int, tell: Callable[[], None] = lambda: None) -> None:
        """Minimise by L-BFGS, between black and white, until there are so many iterations.

        L-BFGS learns the shape of the valley from its last ten steps. That memory is lost
        between two calls; the picture is not.

        Args:
            weights: of the three losses.
            tell: is called after each iteration.
        """
        from scipy.optimize import Bounds, minimize  # only here: the import takes its time

        if self.iterations >= until:
            return
        shape = self.canvas.shape
        latest, slope = self.losses(self.canvas, weights)
        if not self.history:
            self._accept(self.canvas, latest)
        # The first step is as long as the gradient: it is to change the average pixel by a level.
        scale = 1 / (np.abs(slope).mean(dtype=float) + SLIGHT)

        def evaluate(x: np.ndarray) -> tuple[float, np.ndarray]:
            nonlocal latest
            self.evaluations += 1
            latest, gradient = self.losses(x.reshape(shape).astype(np.float32), weights)
            return scale * latest.times(weights), scale * gradient.ravel().astype(float)

        def accept(x: np.ndarray) -> None:
            # L-BFGS accepts what it has evaluated last.
            self._accept(x.reshape(shape).astype(np.float32), latest)
            tell()

        low, high = (np.broadcast_to(end, shape).ravel() for end in (LOW, HIGH))
        missing = until - self.iterations
        minimize(
            evaluate,
            self.canvas.ravel().astype(float),
            jac=True,
            method="L-BFGS-B",
            bounds=Bounds(low, high),
            callback=accept,
            options={"maxiter": missing, "maxfun": 2 * missing, "ftol": 0, "gtol": 0},
        )

    def _accept(self, canvas: np.ndarray, found: Losses) -> None:
        iteration, frames = len(self.history), self.frames
        if iteration % self.keep == 0:
            frames = (*frames, (iteration, canvas))
        self._state = _State(canvas, (*self.history, found), frames)  # whole, or not at all


def column(history: Sequence[Losses], name: str) -> np.ndarray:
    """One of the losses over time."""
    return np.array([getattr(losses, name) for losses in history])
