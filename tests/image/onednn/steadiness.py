"""The same bits each time, no memory that leaks, threads beside each other, a fork."""

import hashlib
import multiprocessing
import re
import sys
import threading
from pathlib import Path

import compared
import numpy as np
import theano
import theano.tensor as T
from theano.tensor.nnet import conv2d
from theano.tensor.signal.pool import pool_2d

from theano_onednn import local_response_normalisation
from theano_onednn.recurrent import gru, lstm

SPARE = 4.0  # MB that memory may grow by, after everything has been done once


def convolutional():
    """A function of images and filters that has all of these operations in it."""
    x, w, b, t = T.tensor4("x"), T.tensor4("w"), T.vector("b"), T.matrix("t")
    response = conv2d(x, w, border_mode=1) + b.dimshuffle("x", 0, "x", "x")
    layer = local_response_normalisation(pool_2d(T.nnet.relu(response), (3, 3), True, (2, 2)))
    layer = T.nnet.relu(conv2d(layer, w[:, :4].dimshuffle(1, 0, 2, 3), border_mode=1))
    layer = pool_2d(layer, (2, 2), False, mode="average_exc_pad")
    loss = (layer.sum((2, 3)) * t).sum()
    function = theano.function([x, w, b, t], [layer, *T.grad(loss, [x, w, b])])
    compared.must_have(function, "GradientOfInputs", "MaximumGradient", "ChannelSums")
    return function


def convolutional_inputs(rng, batch, side):
    shapes = (batch, 4, side, side), (16, 4, 3, 3), (16,), (batch, 4)
    return [rng.normal(0, 1, shape).astype("float32") for shape in shapes]


def recurrent():
    """A function of sequences and weights: a GRU on the states of an LSTM."""
    sums, U, h, c, V, t = T.tensor3(), T.matrix(), T.matrix(), T.matrix(), T.matrix(), T.tensor3()
    below, cells, _ = lstm(sums, U, h, c, peepholes=h[:3])
    hidden = gru(T.concatenate([below, cells, below], 2), V, h, clip=1)
    of_all = T.grad((hidden * t).sum(), [sums, U, h, c, V])
    return theano.function([sums, U, h, c, V, t], [hidden, cells, *of_all])


def recurrent_inputs(rng, batch, side):
    units, batch = side, batch + 8  # peepholes want three rows, two threads more than eight
    state = batch, units
    over_time = (5, batch, 4 * units), (5, *state)
    shapes = over_time[0], (units, 4 * units), state, state, (units, 3 * units), over_time[1]
    return [rng.normal(0, 0.5, shape).astype("float32") for shape in shapes]


NETWORKS = [(convolutional, convolutional_inputs), (recurrent, recurrent_inputs)]


def digest(arrays):
    return hashlib.sha256(b"".join(each.tobytes() for each in arrays)).hexdigest()


def memory():
    """What this process holds, in MB."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE)[1]) / 1024


def check_bits(function, inputs, rng):
    """Twenty times the same inputs."""
    arrays = inputs(rng, 32, 28)
    digests = {digest(function(*arrays)) for _ in range(20)}
    if len(digests) > 1:
        sys.exit(f"{len(digests)} different results of the same inputs")
    return digests.pop()


def check_memory(function, inputs, rng, steps):
    """More shapes than are remembered, over and over."""
    problems = [inputs(rng, 1 + number % 5, 12 + number) for number in range(20)]
    for arrays in problems * 3:
        function(*arrays)
    before = memory()
    for step in range(steps):
        function(*problems[step % len(problems)])
    grown = memory() - before
    if grown > SPARE:
        sys.exit(f"{steps} steps made it {grown:.1f} MB larger")
    return grown


def check_threads(network, inputs, rng, steps):
    """Functions in two threads, made in a third, give what each gives alone."""
    functions = [network(), network()]
    problems = [inputs(rng, 8, 20), inputs(rng, 3, 31)]
    expected = [digest(f(*arrays)) for f, arrays in zip(functions, problems, strict=True)]
    wrong = []

    def work(number):
        for _ in range(steps):
            if digest(functions[number](*problems[number])) != expected[number]:
                wrong.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    if wrong:
        sys.exit(f"{len(wrong)} results were wrong with two threads")


def check_fork(function, inputs, rng):
    """A forked process has none of the threads, and must not wait for them."""
    arrays = inputs(rng, 32, 28)
    expected = function(*arrays)
    queue = multiprocessing.get_context("fork").Queue()

    def work():
        queue.put([each.copy() for each in function(*arrays)])

    child = multiprocessing.get_context("fork").Process(target=work)
    child.start()
    try:
        results = queue.get(timeout=60)
    except Exception:
        child.kill()
        sys.exit("a forked process did not answer")
    child.join()
    for mine, its in zip(results, expected, strict=True):
        if not np.allclose(mine, its, rtol=1e-3, atol=1e-3):
            sys.exit("a forked process computes something else")


def main():
    steps, rng = compared.arguments()
    digests, grown = [], 0.0
    for network, inputs in NETWORKS:
        function = network()
        digests.append(check_bits(function, inputs, rng))
        check_fork(function, inputs, rng)
        check_threads(network, inputs, rng, min(steps, 100))
        grown = max(grown, check_memory(function, inputs, rng, steps))
    compared.report(digest=" ".join(digests), grown=round(grown, 2))


if __name__ == "__main__":
    main()
