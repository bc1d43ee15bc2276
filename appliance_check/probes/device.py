"""Does a GPU compute? Prints its name; ends with an error that says why not.

Without Theano, so that a container starts quickly: one elementwise kernel through NVIDIA's
compiler, one matrix product through cuBLAS, both compared with NumPy.
"""

import sys

import numpy
import pygpu
from pygpu import blas

SIZE, TOLERANCE = 64, 1e-2


def compute(device: str) -> str:
    """The device's name; raises whatever keeps it from computing."""
    context = pygpu.init(device)
    rng = numpy.random.RandomState(0)
    left, right = (rng.rand(SIZE, SIZE).astype("float32") for _ in range(2))
    a, b = (pygpu.array(each, context=context, cls=pygpu.ndgpuarray) for each in (left, right))
    product = pygpu.zeros((SIZE, SIZE), dtype="float32", context=context)
    blas.gemm(1, a, b, 0, product, overwrite_c=True)
    for name, got, expected in (
        ("elementwise sum", a + b, left + right),
        ("matrix product", product, left @ right),
    ):
        if not numpy.allclose(numpy.asarray(got), expected, atol=TOLERANCE):
            raise ValueError(f"the {name} is wrong")
    return context.devname


if __name__ == "__main__":
    print(compute(*(sys.argv[1:] or ["cuda"])))
