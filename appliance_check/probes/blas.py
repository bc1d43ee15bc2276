"""How fast is Theano's matrix product beside NumPy's, and which libraries do they use?"""

import math
import os
import re
import time
from collections.abc import Callable
from pathlib import Path

import numpy

from . import reply

SIZE = 512  # big enough to keep two cores busy, small enough for an emulated processor
ROUNDS = 9


def mapped() -> list[str]:
    """The files of all BLAS libraries in this process."""
    lines = Path("/proc/self/maps").read_text().splitlines()
    paths = {line.split(maxsplit=5)[5] for line in lines if line.count("/") > 0}
    return sorted(path for path in paths if re.search(r"/lib[a-z]*(blas|blis|mkl)", path))


def seconds(function: Callable[[], object]) -> float:
    started = time.perf_counter()
    function()
    return time.perf_counter() - started


def main() -> None:
    numpy_libraries = mapped()
    import theano
    from theano import tensor
    from threadpoolctl import threadpool_info

    rng = numpy.random.RandomState(0)
    left, right = (rng.randn(SIZE, SIZE).astype("float32") for _ in range(2))
    shared = [theano.shared(each, borrow=True) for each in (left, right)]
    product = theano.function([], theano.Out(tensor.dot(*shared), borrow=True))
    target = numpy.empty((SIZE, SIZE), "float32")
    pairs = [
        (seconds(lambda: numpy.dot(left, right, out=target)), seconds(product))
        for _ in range(ROUNDS + 1)
    ][1:]  # the first round wakes the threads
    exact = left.astype("float64") @ right
    off = float(numpy.max([numpy.abs(got - exact).max() for got in (product(), target)]))
    ours, theirs = min(pair[1] for pair in pairs), min(pair[0] for pair in pairs)
    pools = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    reply(
        {
            "numpy_libraries": numpy_libraries,
            "libraries": mapped(),
            "theano_gflops": round(2 * SIZE**3 / ours / 1e9, 1),
            "numpy_gflops": round(2 * SIZE**3 / theirs / 1e9, 1),
            "ratio": round(theirs / ours, 2),
            "error": off if math.isfinite(off) else None,
            "threads": min((pool["num_threads"] for pool in pools), default=0),
            "cores": len(os.sched_getaffinity(0)),
            "variables": {
                name: value for name, value in os.environ.items() if name.endswith("_NUM_THREADS")
            },
        }
    )


if __name__ == "__main__":
    main()
