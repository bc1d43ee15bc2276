"""What our operations do not know stays with Theano's, and is right; so is all, switched off.

It says whether ours compute an ordinary layer, and why not.
"""

import json
import sys

import numpy as np
import theano
import theano.tensor as T
from theano.tensor.nnet import conv2d
from theano.tensor.signal.pool import pool_2d, pool_3d

import theano_onednn
from theano_onednn.recurrent import rnn


def modules(function):
    """Where its operations come from."""
    return {type(node.op).__module__ for node in function.maker.fgraph.toposort()}


def ours(function):
    return any(name.startswith("theano_onednn") for name in modules(function))


def computes_recurrence(rng):
    """Do ours compute a recurrent layer, which must be right in any case?"""
    inputs = T.ftensor3(), T.fmatrix(), T.fmatrix()
    function = theano.function(inputs, rnn(*inputs), mode=theano.Mode("vm"))
    sums, weights, h = (
        rng.normal(0, 1, shape).astype("float32") for shape in ((3, 2, 4), (4, 4), (2, 4))
    )
    for each, found in zip(sums, function(sums, weights, h), strict=True):
        h = np.tanh(each + h @ weights)
        if not np.allclose(h, found, rtol=1e-5, atol=1e-5):
            sys.exit("a recurrent layer: wrong")
    # Python's own has no machine code.
    return all(hasattr(thunk, "cthunk") for thunk in function.fn.thunks)


def strange(rng):
    """By name: functions that oneDNN has no part in, with arguments and what they should give."""
    x64, w64 = rng.normal(0, 1, (2, 3, 6, 6)), rng.normal(0, 1, (4, 3, 1, 1))
    products = np.einsum("nchw,fc->nfhw", x64, w64[:, :, 0, 0])
    x, w = T.dtensor4(), T.dtensor4()
    volumes = rng.normal(0, 1, (1, 2, 4, 4, 4)).astype("float32")
    v, rows = T.ftensor5(), T.ftensor3()
    halves = volumes.reshape(1, 2, 2, 2, 2, 2, 2, 2).max((3, 5, 7))
    flat = volumes[0, :, 0]
    return {
        "float64": (theano.function([x, w], conv2d(x, w)), [x64, w64], products),
        "3-D pooling": (
            theano.function([v], pool_3d(v, (2, 2, 2), ignore_border=True)),
            [volumes],
            halves,
        ),
        "three dimensions": (
            theano.function([rows], pool_2d(rows, (2, 2), ignore_border=True)),
            [flat],
            flat.reshape(2, 2, 2, 2, 2).max((2, 4)),
        ),
    }


def main():
    rng = np.random.RandomState(0)
    for name, (function, arguments, expected) in strange(rng).items():
        if ours(function):
            sys.exit(f"{name}: {modules(function)}")
        if not np.allclose(function(*arguments), expected, rtol=1e-5, atol=1e-5):
            sys.exit(f"{name}: wrong")
    x, w, b = T.ftensor4(), T.ftensor4(), T.fvector()
    layer = T.nnet.relu(conv2d(x, w) + b.dimshuffle("x", 0, "x", "x"))
    function = theano.function([x, w, b], layer)
    arrays = [rng.normal(0, 1, s).astype("float32") for s in ((2, 3, 5, 5), (4, 3, 1, 1), (4,))]
    expected = np.einsum("nchw,fc->nfhw", arrays[0], arrays[1][:, :, 0, 0])
    expected = np.maximum(expected + arrays[2][:, None, None], 0)
    if not np.allclose(function(*arrays), expected, rtol=1e-4, atol=1e-4):
        sys.exit("a layer: wrong")
    if computes_recurrence(rng) != ours(function):
        sys.exit("recurrent layers are not computed as the rest is")
    print(json.dumps({"ours": ours(function), "why_not": theano_onednn.why_not()}))


if __name__ == "__main__":
    main()
