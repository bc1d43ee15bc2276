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

SPARE = 4.0  # MB that memory may grow by, after everything has been done once


def network():
    """A function of images and filters that has all operations in it."""
    x, w, b, t = T.tensor4("x"), T.tensor4("w"), T.vector("b"), T.matrix("t")
    response = conv2d(x, w, border_mode=1) + b.dimshuffle("x", 0, "x", "x")
    layer = local_response_normalisation(pool_2d(T.nnet.relu(response), (3, 3), True, (2, 2)))
    layer = T.nnet.relu(conv2d(layer, w[:, :4].dimshuffle(1, 0, 2, 3), border_mode=1))
    layer = pool_2d(layer, (2, 2), False, mode="average_exc_pad")
    loss = (layer.sum((2, 3)) * t).sum()
    function = theano.function([x, w, b, t], [layer, *T.grad(loss, [x, w, b])])
    compared.must_have(function, "GradientOfInputs", "MaximumGradient", "ChannelSums")
    return function


def inputs(rng, batch, side):
    shapes = (batch, 4, side, side), (16, 4, 3, 3), (16,), (batch, 4)
    return [rng.normal(0, 1, shape).astype("float32") for shape in shapes]


def digest(arrays):
    return hashlib.sha256(b"".join(each.tobytes() for each in arrays)).hexdigest()


def memory():
    """What this process holds, in MB."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE)[1]) / 1024


def check_bits(function, rng):
    """Twenty times the same inputs."""
    arrays = inputs(rng, 32, 28)
    digests = {digest(function(*arrays)) for _ in range(20)}
    if len(digests) > 1:
        sys.exit(f"{len(digests)} different results of the same inputs")
    return digests.pop()


def check_memory(function, rng, steps):
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


def check_threads(rng, steps):
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


def check_fork(function, rng):
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
    function = network()
    digest_of_all = check_bits(function, rng)
    check_fork(function, rng)
    check_threads(rng, min(steps, 100))
    grown = check_memory(function, rng, steps)
    compared.report(digest=digest_of_all, grown=round(grown, 2))


if __name__ == "__main__":
    main()
