"""Does Theano compile with the C++ compiler, and is what it computes right?

One graph is compiled into an empty cache, so that a compiler has to run; a matrix product comes
from the attendee's own cache.
"""

import os
import tempfile

from . import compiler_runs, reply


def in_c(function) -> bool:
    """Whether all of a compiled function's steps are C code."""
    return all(hasattr(thunk, "cthunk") for thunk in function.fn.thunks)


def main() -> None:
    runs = compiler_runs()
    import numpy
    import theano  # after compiler_runs, so that nothing it starts is missed
    from theano import tensor
    from theano.gof import cmodule

    rng = numpy.random.RandomState(0)
    left, right = (rng.randn(64, 64).astype(theano.config.floatX) for _ in range(2))
    x, y = tensor.matrix("x"), tensor.matrix("y")
    product = theano.function([x, y], tensor.dot(x, y))
    del runs[:]
    with tempfile.TemporaryDirectory() as folder:
        warm, cmodule._module_cache = cmodule._module_cache, cmodule.ModuleCache(folder)
        smooth = theano.function([x, y], tensor.tanh(x) + y)
        cmodule._module_cache = warm
    pairs = [
        (product(left, right), left.astype("float64") @ right),
        (smooth(left, right), numpy.tanh(left.astype("float64")) + right),
    ]
    off = max(numpy.abs(got - expected).max() for got, expected in pairs)
    import lasagne  # last: when Theano is broken, Theano's own words say best how

    reply(
        {
            "theano": theano.__version__,
            "lasagne": lasagne.__version__,
            "floatX": theano.config.floatX,
            "dtype": str(pairs[0][0].dtype),
            "cxx": theano.config.cxx,
            "flags": os.environ.get("THEANO_FLAGS", ""),
            "ldflags": theano.config.blas.ldflags,
            "product": str(product.maker.fgraph.toposort()[-1].op),
            "product_in_c": in_c(product),
            "in_c": in_c(smooth),
            "compiler_runs": len(runs),
            "error": float(off) if numpy.isfinite(off) else None,
        }
    )


if __name__ == "__main__":
    main()
