"""Does Theano compute on a GPU? Needs THEANO_FLAGS with a `device`.

Theano hides a missing GPU: it prints an error and goes on with the CPU, `config.device`
unchanged. So each step is asked for itself, and values are compared.
"""

import numpy
import theano
import theano.gpuarray
from theano import tensor

from . import reply
from .device import compute

SIZE = 512


def difference(function, expected: numpy.ndarray, *arguments: numpy.ndarray) -> dict:
    """Largest difference from `expected`, with whether the graph holds an op for the GPU."""
    ops = [type(node.op).__name__ for node in function.maker.fgraph.toposort()]
    got = numpy.asarray(function(*arguments))
    # A NaN must not hide in a comparison, nor can JSON hold one.
    off = float(numpy.abs(got - expected).max()) if numpy.isfinite(got).all() else None
    return {"difference": off, "ops": ops, "on_gpu": any(op.startswith("Gpu") for op in ops)}


def main() -> None:
    facts = {"activated": theano.gpuarray.pygpu_activated, "device": theano.config.device}
    if not facts["activated"]:
        try:
            compute(theano.config.device)
            facts["error"] = "Theano's GPU back end is not activated"
        except Exception as error:  # pygpu has several classes; the message is what counts
            facts["error"] = f"{type(error).__name__}: {error}"
        reply(facts)
        return
    rng = numpy.random.RandomState(0)
    left, right = (rng.rand(SIZE, SIZE).astype("float32") for _ in range(2))
    x, y = tensor.fmatrix("x"), tensor.fmatrix("y")
    try:
        facts["elementwise"] = difference(
            theano.function([x], tensor.exp(x) + 1), numpy.exp(left) + 1, left
        )
        facts["gemm"] = difference(
            theano.function([x, y], tensor.dot(x, y)), left @ right, left, right
        )
    except Exception as error:  # as above
        facts["error"] = f"{type(error).__name__}: {error}"
    reply(facts)


if __name__ == "__main__":
    main()
