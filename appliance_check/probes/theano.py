"""Does Theano compile with the C++ compiler, and is what it computes right?

One graph is compiled into an empty cache, so that a compiler has to run; a matrix product comes
from the attendee's own cache.
"""

import tempfile

from . import compiler_runs, reply


def main() -> None:
    runs = compiler_runs()
    import lasagne  # after compiler_runs, so that nothing Theano starts is missed
    import numpy
    import theano
    from theano import tensor
    from theano.gof import cmodule

    rng = numpy.random.RandomState(0)
    left, right = (rng.randn(64, 64).astype(theano.config.floatX) for _ in range(2))
    x, y = tensor.matrix("x"), tensor.matrix("y")
    product = theano.function([x, y], tensor.dot(x, y))
    del runs[:]
    with tempfile.TemporaryDirectory() as folder:
        warm, cmodule._module_cache = cmodule._module_cache, cmodule.ModuleCache(folder)
        smooth = theano.function([x, y], tensor.tanh(x) * 2 + y)
        cmodule._module_cache = warm
    pairs = [
        (product(left, right), left.astype("float64") @ right),
        (smooth(left, right), numpy.tanh(left.astype("float64")) * 2 + right),
    ]
    nodes = [node for f in (product, smooth) for node in f.maker.fgraph.toposort()]
    thunks = [thunk for f in (product, smooth) for thunk in f.fn.thunks]
    reply(
        {
            "theano": theano.__version__,
            "lasagne": lasagne.__version__,
            "floatX": theano.config.floatX,
            "dtype": str(pairs[0][0].dtype),
            "cxx": theano.config.cxx,
            "ldflags": theano.config.blas.ldflags,
            "ops": [str(node.op) for node in nodes],
            "in_c": all(hasattr(thunk, "cthunk") for thunk in thunks),
            "compiler_runs": len(runs),
            "error": float(max(numpy.abs(got - expected).max() for got, expected in pairs)),
        }
    )


if __name__ == "__main__":
    main()
