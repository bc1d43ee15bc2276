"""Does Theano compile with the C++ compiler, and is what it computes right?

One graph is compiled into an empty cache, so that a compiler has to run; a matrix product comes
from the attendee's own cache, as do convolution and rectifier, in a network's own form.
"""

import os
import tempfile

from . import compiler_runs, reply


def in_c(function) -> bool:
    """Whether all of a compiled function's steps are C code."""
    return all(hasattr(thunk, "cthunk") for thunk in function.fn.thunks)


def convolved(numpy, theano, tensor, rng):
    """What computes a convolution, its result, and what that should be; and why not oneDNN, or ''.

    Nothing where a GPU or no compiler would compute it.
    """
    if theano.config.device != "cpu" or not theano.config.cxx:
        return None
    try:
        import theano_onednn

        reason = theano_onednn.why_not()
        library = f"oneDNN {theano_onednn.version()} with {theano_onednn.instructions()}"
    except (ImportError, RuntimeError) as error:
        reason, library = str(error), ""
    image, filters, bias = rng.randn(1, 8, 9, 9), rng.randn(16, 8, 3, 3), rng.randn(16)
    arrays = [each.astype("float32") for each in (image, filters, bias)]
    x, w, b = tensor.tensor4("x"), tensor.tensor4("w"), tensor.vector("b")
    response = tensor.nnet.conv2d(x, w, filter_flip=False) + b.dimshuffle("x", 0, "x", "x")
    function = theano.function([x, w, b], tensor.nnet.relu(response))
    windows = numpy.lib.stride_tricks.sliding_window_view(arrays[0][0], (3, 3), (1, 2))
    expected = numpy.einsum("chwij,fcij->fhw", windows, arrays[1], dtype="float64")
    expected = numpy.maximum(expected + arrays[2][:, None, None], 0)
    operations = [type(node.op) for node in function.maker.fgraph.toposort()]
    [operation] = [
        each for each in operations if "Conv" in each.__name__ or "Corr" in each.__name__
    ]
    return {
        "operation": f"{operation.__module__}.{operation.__name__}",
        "library": library,
        "reason": reason,
    }, (function(*arrays)[0], expected)


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
    convolution = convolved(numpy, theano, tensor, rng)
    if convolution:
        pairs.append(convolution[1])
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
            "convolution": convolution and convolution[0],
            "compiler_runs": len(runs),
            "error": float(off) if numpy.isfinite(off) else None,
        }
    )


if __name__ == "__main__":
    main()
