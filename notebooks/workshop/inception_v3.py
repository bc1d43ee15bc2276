"""Inception v3, with the names of torchvision's `inception_v3`.

Source: C. Szegedy et al., "Rethinking the Inception Architecture for Computer Vision" (2015);
names, sizes and strides are those of torchvision's implementation, without the extra classifier
that only training needs.

Input: (batch, 3, height, width) float32, as `preprocessing.INCEPTION_V3` makes it, 299 pixels
high and wide in training. Other sizes from 75 pixels on work, too.
"""

from lasagne.init import Constant
from lasagne.layers import (
    ConcatLayer,
    DenseLayer,
    DropoutLayer,
    GlobalPoolLayer,
    InputLayer,
    Layer,
    MaxPool2DLayer,
    NonlinearityLayer,
    Pool2DLayer,
)
from lasagne.nonlinearities import rectify, softmax

from .layers import BatchNormLayer, Correlation2DLayer

EPSILON = 0.001  # of all batch normalisations
NO_WEIGHTS = Constant(0)  # random ones would take a while, and be replaced


def inception_v3(count_padding: bool = False) -> dict[str, Layer]:
    """The layers by torchvision's names, in order, from `data` to `prob`; all weights are 0.

    Args:
        count_padding: whether average pooling at the border counts the zeros beyond it. It
            belongs to the weights: Google's network, and so the weights that were trained with
            it, does not count them; torchvision's code does.
    """
    net: dict[str, Layer] = {}

    def add(layer: Layer) -> Layer:
        net[layer.name] = layer
        return layer

    def conv(below: Layer, name: str, filters: int, size, stride: int = 1, pad=0) -> Layer:
        """Convolution without bias, batch normalisation, ReLU."""
        plain = {"W": NO_WEIGHTS, "b": None, "nonlinearity": None}
        layer = Correlation2DLayer(below, filters, size, stride, pad, name=f"{name}.conv", **plain)
        layer = BatchNormLayer(add(layer), EPSILON, name=f"{name}.bn")
        return add(NonlinearityLayer(add(layer), rectify, name=name))

    def row(below: Layer, name: str, filters: int, length: int) -> Layer:
        return conv(below, name, filters, (1, length), pad=(0, length // 2))

    def column(below: Layer, name: str, filters: int, length: int) -> Layer:
        return conv(below, name, filters, (length, 1), pad=(length // 2, 0))

    def averages(below: Layer, name: str) -> Layer:
        mode = "average_inc_pad" if count_padding else "average_exc_pad"
        return add(Pool2DLayer(below, 3, stride=1, pad=1, mode=mode, name=name))

    def maxima(below: Layer, name: str) -> Layer:
        return add(MaxPool2DLayer(below, 3, stride=2, name=name))

    def join(name: str, *branches: Layer) -> Layer:
        return add(ConcatLayer(branches, name=name))

    def module_a(x: Layer, name: str, pooled: int) -> Layer:
        direct = conv(x, f"{name}.branch1x1", 64, 1)
        five = conv(x, f"{name}.branch5x5_1", 48, 1)
        five = conv(five, f"{name}.branch5x5_2", 64, 5, pad=2)
        double = conv(x, f"{name}.branch3x3dbl_1", 64, 1)
        double = conv(double, f"{name}.branch3x3dbl_2", 96, 3, pad=1)
        double = conv(double, f"{name}.branch3x3dbl_3", 96, 3, pad=1)
        pool = conv(averages(x, f"{name}.pool"), f"{name}.branch_pool", pooled, 1)
        return join(name, direct, five, double, pool)

    def module_b(x: Layer, name: str) -> Layer:
        """Halves the grid."""
        three = conv(x, f"{name}.branch3x3", 384, 3, stride=2)
        double = conv(x, f"{name}.branch3x3dbl_1", 64, 1)
        double = conv(double, f"{name}.branch3x3dbl_2", 96, 3, pad=1)
        double = conv(double, f"{name}.branch3x3dbl_3", 96, 3, stride=2)
        return join(name, three, double, maxima(x, f"{name}.pool"))

    def module_c(x: Layer, name: str, inner: int) -> Layer:
        """Each 7x7 convolution is factorised into a row and a column."""
        direct = conv(x, f"{name}.branch1x1", 192, 1)
        seven = conv(x, f"{name}.branch7x7_1", inner, 1)
        seven = row(seven, f"{name}.branch7x7_2", inner, 7)
        seven = column(seven, f"{name}.branch7x7_3", 192, 7)
        double = conv(x, f"{name}.branch7x7dbl_1", inner, 1)
        double = column(double, f"{name}.branch7x7dbl_2", inner, 7)
        double = row(double, f"{name}.branch7x7dbl_3", inner, 7)
        double = column(double, f"{name}.branch7x7dbl_4", inner, 7)
        double = row(double, f"{name}.branch7x7dbl_5", 192, 7)
        pool = conv(averages(x, f"{name}.pool"), f"{name}.branch_pool", 192, 1)
        return join(name, direct, seven, double, pool)

    def module_d(x: Layer, name: str) -> Layer:
        """Halves the grid again."""
        three = conv(x, f"{name}.branch3x3_1", 192, 1)
        three = conv(three, f"{name}.branch3x3_2", 320, 3, stride=2)
        seven = conv(x, f"{name}.branch7x7x3_1", 192, 1)
        seven = row(seven, f"{name}.branch7x7x3_2", 192, 7)
        seven = column(seven, f"{name}.branch7x7x3_3", 192, 7)
        seven = conv(seven, f"{name}.branch7x7x3_4", 192, 3, stride=2)
        return join(name, three, seven, maxima(x, f"{name}.pool"))

    def module_e(x: Layer, name: str) -> Layer:
        """Row and column stand side by side here."""
        direct = conv(x, f"{name}.branch1x1", 320, 1)
        three = conv(x, f"{name}.branch3x3_1", 384, 1)
        three = (
            row(three, f"{name}.branch3x3_2a", 384, 3),
            column(three, f"{name}.branch3x3_2b", 384, 3),
        )
        double = conv(x, f"{name}.branch3x3dbl_1", 448, 1)
        double = conv(double, f"{name}.branch3x3dbl_2", 384, 3, pad=1)
        double = (
            row(double, f"{name}.branch3x3dbl_3a", 384, 3),
            column(double, f"{name}.branch3x3dbl_3b", 384, 3),
        )
        pool = conv(averages(x, f"{name}.pool"), f"{name}.branch_pool", 192, 1)
        return join(name, direct, *three, *double, pool)

    layer = add(InputLayer((None, 3, None, None), name="data"))
    layer = conv(layer, "Conv2d_1a_3x3", 32, 3, stride=2)
    layer = conv(layer, "Conv2d_2a_3x3", 32, 3)
    layer = maxima(conv(layer, "Conv2d_2b_3x3", 64, 3, pad=1), "maxpool1")
    layer = conv(layer, "Conv2d_3b_1x1", 80, 1)
    layer = maxima(conv(layer, "Conv2d_4a_3x3", 192, 3), "maxpool2")
    for name, pooled in (("Mixed_5b", 32), ("Mixed_5c", 64), ("Mixed_5d", 64)):
        layer = module_a(layer, name, pooled)
    layer = module_b(layer, "Mixed_6a")
    for name, inner in (("Mixed_6b", 128), ("Mixed_6c", 160), ("Mixed_6d", 160), ("Mixed_6e", 192)):
        layer = module_c(layer, name, inner)
    layer = module_d(layer, "Mixed_7a")
    layer = module_e(module_e(layer, "Mixed_7b"), "Mixed_7c")
    layer = add(DropoutLayer(add(GlobalPoolLayer(layer, name="avgpool")), 0.5, name="dropout"))
    layer = add(DenseLayer(layer, 1000, W=NO_WEIGHTS, nonlinearity=None, name="fc"))
    add(NonlinearityLayer(layer, softmax, name="prob"))
    return net
