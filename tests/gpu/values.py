"""usage: python3 values.py FILE.npz [--convolution]       inside the image, with THEANO_FLAGS

Computes the same things on whatever device Theano has: operations, a matrix product, a training
step of a dense network; with --convolution one of a convolutional network as well. Writes the
values, and prints the kinds of GPU operations in the graphs (JSON).
"""

import json
import sys
import time

import lasagne
import numpy
import theano
import theano.tensor as T
from lasagne.layers import Conv2DLayer, DenseLayer, InputLayer, MaxPool2DLayer
from lasagne.nonlinearities import sigmoid, softmax

RNG = numpy.random.RandomState(1)
X = RNG.rand(64, 96).astype("float32")
Y = RNG.rand(96, 32).astype("float32")
V = RNG.rand(96).astype("float32")
LABELS = RNG.randint(0, 10, 32).astype("int32")
PICTURES = RNG.rand(32, 1, 28, 28).astype("float32")
STEPS = 3

x, y, v = T.fmatrix("x"), T.fmatrix("y"), T.fvector("v")
OPERATIONS = {
    "elementwise": ([x], T.exp(x) * 2 + 1, [X]),
    "sigmoid": ([x], T.nnet.sigmoid(x - 0.5), [X]),
    "sum of rows": ([x], x.sum(axis=1), [X]),
    "sum of columns": ([x], x.sum(axis=0), [X]),
    "largest": ([x], x.max(axis=1), [X]),
    "matrix product": ([x, y], T.dot(x, y), [X, Y]),
    # With a sum: CLBlast multiplies by 0 what lies where a mere product goes, and that may be NaN.
    "matrix by vector": ([x, v], T.dot(x, v) + x[:, 0], [X, V]),
    "transposed": ([x], x.T + 1, [X]),
    "part": ([x], x[3:40:2, 5:] * 2, [X]),
    "joined": ([x], T.concatenate([x, x + 1], axis=0), [X]),
    "other shape": ([x], x.reshape((32, 192)) * 3, [X]),
    "chosen rows": ([x], x[T.constant([5, 1, 63])] + 1, [X]),
    "filled": ([x], T.ones_like(x) * x.sum(), [X]),
    "set part": ([x], T.set_subtensor(x[:4], 0.0) * 2, [X]),
}


def dense() -> tuple[lasagne.layers.Layer, object]:
    """784-64-10 and its loss: without softmax, whose kernel Theano wrote for CUDA alone."""
    network = DenseLayer(InputLayer((None, 1, 28, 28)), 64)
    network = DenseLayer(network, 10, nonlinearity=sigmoid)
    return network, lambda output, labels: T.sqr(output - T.eye(10)[labels])


def convolutional() -> tuple[lasagne.layers.Layer, object]:
    """Two convolutions with max pooling, then 32-10, and the cross-entropy."""
    network = InputLayer((None, 1, 28, 28))
    for filters in (8, 16):
        network = MaxPool2DLayer(Conv2DLayer(network, filters, 5), 2)
    network = DenseLayer(DenseLayer(network, 32), 10, nonlinearity=softmax)
    return network, lasagne.objectives.categorical_crossentropy


def training(
    network: lasagne.layers.Layer, objective: object
) -> theano.compile.function_module.Function:
    """A step of momentum on the mean of the objective; returns the loss."""
    pictures, labels = T.ftensor4("pictures"), T.ivector("labels")
    output = lasagne.layers.get_output(network, pictures)
    loss = objective(output, labels).mean()
    parameters = lasagne.layers.get_all_params(network, trainable=True)
    updates = lasagne.updates.nesterov_momentum(loss, parameters, 0.05)
    return theano.function([pictures, labels], loss, updates=updates)


def main(path: str, convolution: bool) -> None:
    values, ops, seconds = {}, set(), {}
    for name, (inputs, output, arguments) in OPERATIONS.items():
        function = theano.function(inputs, output)
        ops |= {type(node.op).__name__ for node in function.maker.fgraph.toposort()}
        values[name] = numpy.asarray(function(*arguments))
    networks = {"dense": dense} | ({"convolutional": convolutional} if convolution else {})
    for name, make in networks.items():
        lasagne.random.set_rng(numpy.random.RandomState(2))
        network, objective = make()
        step = training(network, objective)
        ops |= {type(node.op).__name__ for node in step.maker.fgraph.toposort()}
        values[f"{name} loss"] = numpy.asarray([step(PICTURES, LABELS) for _ in range(STEPS)])
        for number, value in enumerate(lasagne.layers.get_all_param_values(network)):
            values[f"{name} parameter {number}"] = value
        start = time.perf_counter()
        for _ in range(STEPS):
            step(PICTURES, LABELS)
        seconds[name] = (time.perf_counter() - start) / STEPS
    numpy.savez(path, **values)
    print(json.dumps({"ops": sorted(op for op in ops if op.startswith("Gpu")), "step": seconds}))


if __name__ == "__main__":
    main(sys.argv[1], "--convolution" in sys.argv)
