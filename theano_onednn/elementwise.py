"""Rectifiers, their gradient, and sums of channels, in vector instructions and on all cores."""

from theano import Apply, Op
from theano.tensor import TensorType

from .loops import Loops, images

FILES = ("loops.h", "elementwise.h")


class Rectifier(Loops, Op):
    """`x`, and 0 where that is less: what `theano.tensor.nnet.relu(x)` is. NaN stays NaN.

    Input and output: (batch, channels, height, width), float32.
    """

    __props__ = ("FILES",)  # an empty one is never cached by Theano 1.0.5
    FILES = FILES

    def make_node(self, x):
        [x] = images(x)
        return Apply(self, [x], [x.type()])

    def infer_shape(self, node, shapes):
        return shapes

    def c_code(self, node, name, inputs, outputs, sub):
        work = "rectified(data[0], result, PyArray_SIZE(given[0]));"
        return self.call(work, inputs, *outputs, sub)

    def L_op(self, inputs, outputs, gradients):
        return [RectifierGradient()(*inputs, *gradients)]


class RectifierGradient(Loops, Op):
    """The gradient of `Rectifier`; where x is 0, half of it, as Theano has it.

    Inputs:
        x: as it has it.
        gradient: by its output, in its shape.

    Output:
        as x.
    """

    __props__ = ("FILES",)  # an empty one is never cached by Theano 1.0.5
    FILES = FILES

    def make_node(self, x, gradient):
        x, gradient = images(x, gradient)
        return Apply(self, [x, gradient], [x.type()])

    def infer_shape(self, node, shapes):
        return shapes[:1]

    def c_code(self, node, name, inputs, outputs, sub):
        work = "rectified_gradient(data[0], data[1], result, PyArray_SIZE(given[0]));"
        return self.call(work, inputs, *outputs, sub)

    def L_op(self, inputs, outputs, gradients):
        x, _ = inputs
        return [x.zeros_like(), self(x, *gradients)]


class ChannelSums(Loops, Op):
    """The sum of each channel, over batch, height and width: the gradient of a bias.

    Maps are added up in float32, sixteen sums side by side, and these in float64.

    Input: (batch, channels, height, width), float32.
    Output: (channels,), float32.
    """

    __props__ = ("FILES",)  # an empty one is never cached by Theano 1.0.5
    FILES = FILES

    def make_node(self, x):
        [x] = images(x)
        return Apply(self, [x], [TensorType("float32", [x.broadcastable[1]])()])

    def infer_shape(self, node, shapes):
        return [shapes[0][1:2]]

    def c_code(self, node, name, inputs, outputs, sub):
        work = "sums_of_channels(data[0], shape, result);"
        return self.call(work, inputs, *outputs, sub, dimensions=1, output_shape="shape + 1")

    def L_op(self, inputs, outputs, gradients):
        [x] = inputs
        [gradient] = gradients
        return [x.zeros_like() + gradient.dimshuffle("x", 0, "x", "x")]
