"""Products of matrices on oneDNN: Theano's own operations, but for the function that multiplies.

OpenBLAS is as fast. But its threads are its own, and wait for the next product in a loop. Beside
those of OpenMP, on which convolutions and recurrent layers compute, there are then more threads
than processors, and a step took up to three times as long. So all products that are worth a second
thread are made by those of OpenMP.
"""

from theano.tensor.blas import BatchedDot, Dot22, Dot22Scalar, Gemm

from . import library

FILES = ("cores.h", "product.h")


class OnOneDNN:
    """What the four have in common; comes before Theano's class among the bases."""

    def c_libraries(self):
        return [*super().c_libraries(), "dnnl"]

    def c_compile_args(self):
        return [*super().c_compile_args(), "-fopenmp"]

    def c_support_code(self):
        return super().c_support_code() + library.code(*FILES)

    def c_code_cache_version(self):
        version = super().c_code_cache_version()
        return version and (*version, *library.code_version(*FILES))


class Dot22OnOneDNN(OnOneDNN, Dot22):
    """The product of two matrices."""


class Dot22ScalarOnOneDNN(OnOneDNN, Dot22Scalar):
    """A number times such a product."""


class GemmOnOneDNN(OnOneDNN, Gemm):
    """A matrix times a number, plus such a product."""


class BatchedDotOnOneDNN(OnOneDNN, BatchedDot):
    """Products of pairs of matrices."""


PRODUCTS = {
    Dot22: Dot22OnOneDNN,
    Dot22Scalar: Dot22ScalarOnOneDNN,
    Gemm: GemmOnOneDNN,
    BatchedDot: BatchedDotOnOneDNN,
}
