"""What Theano compiles for lesson 6: numbers about a picture, and their gradients.

Both classes compile one function, when they are made: it serves pictures of every size, every
choice of channels, every guide, and all weights, and computes only as deep as the layers that it
is made for. Pictures are a `canvas`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple

import numpy as np
import theano
import theano.tensor as T
from lasagne.layers import Layer, get_output, get_output_shape
from theano.gradient import disconnected_grad

from . import compiling
from .dream import Objective
from .style import Losses

GUIDES = 1024  # places of a guide that are compared with; more would need much memory


class Dreamer:
    """How strongly a layer is active, and in which direction of the pixels it gets stronger.

    Args:
        layers: of a network, by name, with `data` for its input.
        name: of the layer.

    Attributes:
        channels: of the layer.
    """

    def __init__(self, layers: Mapping[str, Layer], name: str) -> None:
        self.name, self.channels = name, layers[name].output_shape[1]
        x = layers["data"].input_var
        share, guide = T.vector("share"), T.matrix("guide")
        activations = get_output(layers[name], deterministic=True)[0].flatten(2)
        strength = T.dot(share, (activations**2).mean(axis=1))
        nearest = T.dot(activations.T, guide).argmax(axis=1)
        wanted = disconnected_grad(guide.T[nearest].T)
        likeness = (activations * wanted).sum(axis=0).mean()
        value = strength + likeness
        self._function = compiling.function(
            [x, share, guide], [value, T.grad(value, x), activations]
        )

    def strength(self, channels: Sequence[int] | None = None) -> Objective:
        """The mean square of the activations, of all channels or of those with these numbers."""
        share = np.zeros(self.channels, np.float32)
        share[slice(None) if channels is None else list(channels)] = 1
        return self._objective(share / share.sum(), np.zeros((self.channels, 1)))

    def likeness(self, guide: np.ndarray) -> Objective:
        """How much the activations are like a guide's, whatever it shows where.

        Each place of the picture is compared, by the dot product, with the place of the guide that
        it is most like.

        Args:
            guide: the canvas of another picture.
        """
        places = self.activations(guide)
        return self._objective(np.zeros(self.channels), places[:, :: -(-places.shape[1] // GUIDES)])

    def activations(self, canvas: np.ndarray) -> np.ndarray:
        """(channels, places) of a picture."""
        nothing = np.zeros((self.channels, 1), np.float32)
        return self._function(canvas, nothing[:, 0], nothing)[2]

    def _objective(self, share: np.ndarray, guide: np.ndarray) -> Objective:
        share, guide = np.float32(share), np.float32(guide)

        def objective(canvas: np.ndarray) -> tuple[float, np.ndarray]:
            value, gradient, _ = self._function(canvas, share, guide)
            return float(value), gradient

        return objective


class StyleTransfer:
    """The three losses of a style transfer. Their weights are inputs: nothing is compiled again.

    Args:
        layers: of a network, by name, with `data` for its input.
        content: name of the layer that knows what is on a photo.
        style: names of the layers that know what strokes and colours there are.
    """

    def __init__(self, layers: Mapping[str, Layer], content: str, style: Sequence[str]) -> None:
        self._data, self._content = layers["data"], layers[content]
        self._channels = [layers[name].output_shape[1] for name in style]
        x, weights = self._data.input_var, T.vector("weights")
        wanted, *painted = get_output(
            [self._content, *(layers[name] for name in style)], deterministic=True
        )
        target = T.tensor4("content")
        goals = [T.matrix(name) for name in style]
        grams = [_gram(features[0].flatten(2)) for features in painted]
        style_losses = [_relative(found, goal) for found, goal in zip(grams, goals, strict=True)]
        losses = [_relative(wanted, target), sum(style_losses) / len(style), _variation(x)]
        total = sum(weights[i] * loss for i, loss in enumerate(losses))
        self._function = compiling.function(
            [x, weights, target, *goals], [T.stack(losses), T.grad(total, x), wanted, *grams]
        )

    def of(self, photo: np.ndarray, painting: np.ndarray) -> Callable:
        """The losses for a photo and a painting, as `style.Painting` wants them."""
        target = self._measure(photo)[0]
        goals = self._measure(painting)[1:]

        def losses(canvas: np.ndarray, weights: Losses) -> tuple[Losses, np.ndarray]:
            found, gradient, *_ = self._function(
                canvas, np.float32(astuple(weights)), target, *goals
            )
            return Losses(*map(float, found)), gradient

        return losses

    def _measure(self, canvas: np.ndarray) -> list[np.ndarray]:
        """Activations of the content layer, and the Gram matrix of each style layer."""
        shape = get_output_shape(self._content, {self._data: canvas.shape})
        goals = [np.ones((count, count), np.float32) for count in self._channels]
        return self._function(canvas, np.zeros(3, np.float32), np.ones(shape, np.float32), *goals)[
            2:
        ]


def _gram(rows: T.TensorVariable) -> T.TensorVariable:
    """As `style.gram`, of (channels, places)."""
    return T.dot(rows, rows.T) / rows.shape[1].astype(theano.config.floatX)


def _relative(found: T.TensorVariable, target: T.TensorVariable) -> T.TensorVariable:
    """The square of the distance, in parts of the target's own square."""
    return T.sum((found - target) ** 2) / T.sum(target**2)


def _variation(x: T.TensorVariable) -> T.TensorVariable:
    """The mean square of the difference between a pixel and the next one, down and right."""
    down, right = x[:, :, 1:] - x[:, :, :-1], x[:, :, :, 1:] - x[:, :, :, :-1]
    return T.mean(down**2) + T.mean(right**2)
