"""Layers that Lasagne 0.1 lacks, for networks that were trained with other frameworks.

Caffe, TensorFlow and PyTorch compute cross-correlations and call them convolutions;
Lasagne's own `Conv2DLayer` flips each filter first, as the mathematical convolution does.
A network with the one's weights and the other's layers runs, and is wrong.
"""

import numpy as np
import theano
import theano.tensor as T
from lasagne import init
from lasagne.layers import (
    Conv2DLayer,
    Layer,
    LocalResponseNormalization2DLayer,
    MaxPool2DLayer,
)
from theano.tensor.nnet import conv2d

try:
    import theano_onednn
except ImportError:
    theano_onednn = None


class Correlation2DLayer(Conv2DLayer):
    """Slides the filters over the picture without flipping them.

    Takes the arguments of `Conv2DLayer`, `pad` as a number or a pair of numbers.
    Shapes: (batch, channels, height, width) to (batch, filters, height', width').
    """

    def get_output_for(self, input, **kwargs):
        response = conv2d(
            input,
            self.W,
            input_shape=self.input_shape,
            filter_shape=self.get_W_shape(),
            border_mode=self.pad,
            subsample=self.stride,
            filter_flip=False,
        )
        if self.b is not None:
            response = response + self.b.dimshuffle("x", 0, "x", "x")
        return self.nonlinearity(response)


class CeilMaxPool2DLayer(MaxPool2DLayer):
    """Maxima of windows that may hang over the right and lower border, as in Caffe.

    Where a window does not fit, Lasagne's default leaves the border out (it rounds the
    output's size down); Caffe takes what there is of it (it rounds up).
    """

    def __init__(self, incoming, pool_size, stride, **kwargs):
        super().__init__(incoming, pool_size, stride, ignore_border=False, **kwargs)


class CrossChannelNormLayer(LocalResponseNormalization2DLayer):
    """`x / (k + alpha * s) ** 0.75`, where s sums the squares of n neighbouring channels.

    Takes the arguments of Lasagne's layer but for `beta`. Two roots take the place of the power,
    which made this one of the slowest parts of GoogLeNet; results differ in the last bits. Where
    `theano_onednn` is there, it computes this on a processor in one loop.
    Source: A. Krizhevsky et al., "ImageNet Classification with Deep Convolutional Neural
    Networks" (2012), section 3.3.
    """

    def __init__(self, incoming, n, alpha, k, **kwargs):
        super().__init__(incoming, n=n, alpha=alpha, k=k, beta=0.75, **kwargs)

    def get_output_for(self, input, **kwargs):
        if theano_onednn and not theano_onednn.why_not() and theano.config.device == "cpu":
            settings = {"n": self.n, "alpha": self.alpha, "beta": self.beta, "k": self.k}
            return theano_onednn.local_response_normalisation(input, **settings)
        channels, reach = self.input_shape[1], self.n // 2
        batch, _, height, width = input.shape
        padded = T.alloc(np.float32(0), batch, channels + 2 * reach, height, width)
        squares = T.set_subtensor(padded[:, reach : reach + channels], T.sqr(input))
        total = sum(squares[:, i : i + channels] for i in range(self.n))
        root = T.sqrt(self.k + self.alpha * total)
        return input / (root * T.sqrt(root))


class BatchNormLayer(Layer):
    """Batch normalisation of a trained network: a scale and a shift for each channel.

    `(x - mean) / sqrt(variance + epsilon) * gamma + beta`, with the mean and the variance
    that were gathered in training; this layer does not gather them itself.
    Source: S. Ioffe and C. Szegedy, "Batch Normalization" (2015).
    """

    def __init__(self, incoming, epsilon, **kwargs):
        super().__init__(incoming, **kwargs)
        self.epsilon = epsilon
        channels = (self.input_shape[1],)
        self.gamma = self.add_param(init.Constant(1), channels, "gamma")
        self.beta = self.add_param(init.Constant(0), channels, "beta", regularizable=False)
        fixed = {"trainable": False, "regularizable": False}
        self.mean = self.add_param(init.Constant(0), channels, "mean", **fixed)
        self.variance = self.add_param(init.Constant(1), channels, "variance", **fixed)

    def get_output_for(self, input, **kwargs):
        scale = self.gamma / T.sqrt(self.variance + self.epsilon)
        shift = self.beta - self.mean * scale
        return input * scale.dimshuffle("x", 0, "x", "x") + shift.dimshuffle("x", 0, "x", "x")
