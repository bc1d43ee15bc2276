"""GoogLeNet, the winner of ILSVRC 2014, as Caffe's `bvlc_googlenet` has it.

Source: C. Szegedy et al., "Going Deeper with Convolutions" (2014); the numbers and the names
of the layers are those of Caffe's `models/bvlc_googlenet/deploy.prototxt`. The two extra
classifiers that only training needs are left out.

Input: (batch, 3, height, width) float32, as `preprocessing.GOOGLENET` makes it, 224 pixels high
and wide in training. Other sizes work, too: the network has no dense layer before it averages
over the picture.
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
)
from lasagne.nonlinearities import softmax

from .layers import CeilMaxPool2DLayer, Correlation2DLayer, CrossChannelNormLayer

# Filters of each module: 1x1; 3x3 after so many 1x1; 5x5 after so many 1x1; 1x1 after pooling.
MODULES = {
    "inception_3a": (64, (96, 128), (16, 32), 32),
    "inception_3b": (128, (128, 192), (32, 96), 64),
    "pool3/3x3_s2": None,
    "inception_4a": (192, (96, 208), (16, 48), 64),
    "inception_4b": (160, (112, 224), (24, 64), 64),
    "inception_4c": (128, (128, 256), (24, 64), 64),
    "inception_4d": (112, (144, 288), (32, 64), 64),
    "inception_4e": (256, (160, 320), (32, 128), 128),
    "pool4/3x3_s2": None,
    "inception_5a": (256, (160, 320), (32, 128), 128),
    "inception_5b": (384, (192, 384), (48, 128), 128),
}
BRANCHES = ("1x1", "3x3", "5x5", "pool_proj")  # in the order in which they are joined
LRN = {"n": 5, "alpha": 1e-4 / 5, "k": 1}  # Caffe divides its alpha of 1e-4 by n
NO_WEIGHTS = Constant(0)  # random ones would take a while, and be replaced


def googlenet() -> dict[str, Layer]:
    """The layers by Caffe's names, in order, from `data` to `prob`; all weights are 0."""
    net: dict[str, Layer] = {}

    def add(layer: Layer) -> Layer:
        net[layer.name] = layer
        return layer

    def conv(below: Layer, name: str, filters: int, size: int, stride: int = 1) -> Layer:
        options = {"pad": size // 2, "W": NO_WEIGHTS, "name": name}
        return add(Correlation2DLayer(below, filters, size, stride, **options))

    def pool(below: Layer, name: str) -> Layer:
        return add(CeilMaxPool2DLayer(below, 3, stride=2, name=name))

    def norm(below: Layer, name: str) -> Layer:
        return add(CrossChannelNormLayer(below, name=name, **LRN))

    def module(below: Layer, name: str) -> Layer:
        direct, (reduce3, filters3), (reduce5, filters5), projected = MODULES[name]
        conv(below, f"{name}/1x1", direct, 1)
        conv(conv(below, f"{name}/3x3_reduce", reduce3, 1), f"{name}/3x3", filters3, 3)
        conv(conv(below, f"{name}/5x5_reduce", reduce5, 1), f"{name}/5x5", filters5, 5)
        pooled = add(MaxPool2DLayer(below, 3, stride=1, pad=1, name=f"{name}/pool"))
        conv(pooled, f"{name}/pool_proj", projected, 1)
        branches = [net[f"{name}/{branch}"] for branch in BRANCHES]
        return add(ConcatLayer(branches, name=f"{name}/output"))

    layer = add(InputLayer((None, 3, None, None), name="data"))
    layer = conv(layer, "conv1/7x7_s2", 64, 7, stride=2)
    layer = norm(pool(layer, "pool1/3x3_s2"), "pool1/norm1")
    layer = conv(layer, "conv2/3x3_reduce", 64, 1)
    layer = norm(conv(layer, "conv2/3x3", 192, 3), "conv2/norm2")
    layer = pool(layer, "pool2/3x3_s2")
    for name in MODULES:
        layer = pool(layer, name) if name.startswith("pool") else module(layer, name)
    layer = add(GlobalPoolLayer(layer, name="pool5"))
    layer = add(DropoutLayer(layer, 0.4, name="pool5/drop"))
    dense = {"W": NO_WEIGHTS, "nonlinearity": None}
    layer = add(DenseLayer(layer, 1000, **dense, name="loss3/classifier"))
    add(NonlinearityLayer(layer, softmax, name="prob"))
    return net
