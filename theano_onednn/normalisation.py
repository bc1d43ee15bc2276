"""Local response normalisation across channels.

Source: A. Krizhevsky et al., "ImageNet Classification with Deep Convolutional Neural Networks"
(2012), section 3.3.
"""

import numpy as np
from theano import Apply, Op

from .loops import Loops, images

WORK = """
        Norm norm;
        norm.batch = shape[0];
        norm.channels = shape[1];
        norm.size = shape[2] * shape[3];
        norm.reach = {reach};
        norm.alpha = {alpha}f;
        norm.beta = {beta}f;
        norm.k = {k}f;
        normalise(norm, data[0], {of_y}, result);
"""


class _Normalising(Loops, Op):
    __props__ = ("n", "alpha", "beta", "k")
    FILES = ("loops.h", "normalisation.h")

    def __init__(self, n=5, alpha=1e-4, beta=0.75, k=2):
        if n < 1 or n % 2 == 0:
            raise ValueError(f"n must be an odd number, not {n}")
        self.n = n
        self.alpha, self.beta, self.k = (float(np.float32(each)) for each in (alpha, beta, k))

    def work(self, of_y):
        return WORK.format(reach=self.n // 2, alpha=self.alpha, beta=self.beta, k=self.k, of_y=of_y)


class LocalResponseNormalisation(_Normalising):
    """`x / (k + alpha * s) ** beta`, where s sums the squares of n neighbouring channels.

    Input and output: (batch, channels, height, width), float32.

    Args:
        n: an odd number; at the ends there are fewer.
        alpha, beta, k: as in the formula. Caffe divides its alpha by n before.

    Raises:
        ValueError: n is even.
    """

    def make_node(self, x):
        [x] = images(x)
        return Apply(self, [x], [x.type()])

    def infer_shape(self, node, shapes):
        return shapes

    def c_code(self, node, name, inputs, outputs, sub):
        return self.call(self.work("NULL"), inputs, *outputs, sub)

    def L_op(self, inputs, outputs, gradients):
        op = NormalisationGradient(self.n, self.alpha, self.beta, self.k)
        return [op(*inputs, *gradients)]


class NormalisationGradient(_Normalising):
    """The gradient of `LocalResponseNormalisation` by its input.

    Inputs:
        x: as it has it.
        gradient: by its output, in its shape.

    Output:
        as x.
    """

    def make_node(self, x, gradient):
        x, gradient = images(x, gradient)
        return Apply(self, [x, gradient], [x.type()])

    def infer_shape(self, node, shapes):
        return shapes[:1]

    def c_code(self, node, name, inputs, outputs, sub):
        return self.call(self.work("data[1]"), inputs, *outputs, sub)


def local_response_normalisation(x, n=5, alpha=1e-4, beta=0.75, k=2):
    """The same as a function; see `LocalResponseNormalisation`."""
    return LocalResponseNormalisation(n, alpha, beta, k)(x)
