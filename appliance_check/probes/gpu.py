"""Does Theano compute on a GPU, rightly, and how fast? Needs THEANO_FLAGS with a `device`.

Theano hides a missing GPU: it prints an error and goes on with the CPU, `config.device`
unchanged. So each step is asked for itself, and values are compared.
"""

import time
from collections.abc import Callable

import numpy
import theano
import theano.gpuarray
from theano import tensor
from theano.gpuarray.type import get_context

from . import reply
from .cuda import versions
from .device import compute

SIZE = 512  # of the matrices that are compared
LARGE = 2048  # of those whose product is timed
ROUNDS = 5
RNG = numpy.random.RandomState(0)


def random(*shape: int) -> numpy.ndarray:
    """Numbers from 0 to 1, float32."""
    return RNG.rand(*shape).astype("float32")


def difference(function, expected: numpy.ndarray, *arguments: numpy.ndarray) -> dict:
    """Largest difference from `expected` as a share of its largest value; the graph's ops."""
    ops = [type(node.op).__name__ for node in function.maker.fgraph.toposort()]
    got = numpy.asarray(function(*arguments))
    off = numpy.abs(got - expected).max() / numpy.abs(expected).max()
    # A NaN must not hide in a comparison, nor can JSON hold one.
    return {"difference": float(off) if numpy.isfinite(off) else None, "ops": ops}


def elementwise() -> dict:
    x, values = tensor.fmatrix("x"), random(SIZE, SIZE)
    return difference(theano.function([x], tensor.exp(x) + 1), numpy.exp(values) + 1, values)


def gemm() -> dict:
    x, y = tensor.fmatrix("x"), tensor.fmatrix("y")
    left, right = random(SIZE, SIZE), random(SIZE, SIZE)
    product = theano.function([x, y], tensor.dot(x, y))
    return difference(product, left @ right, left, right)


def convolution() -> dict:
    """Beside NumPy: (16, 16, 32, 32) by 32 filters of (16, 5, 5), which are flipped."""
    x, w = tensor.ftensor4("x"), tensor.ftensor4("w")
    pictures, filters = random(16, 16, 32, 32), random(32, 16, 5, 5)
    windows = numpy.lib.stride_tricks.sliding_window_view(pictures, (5, 5), axis=(2, 3))
    expected = numpy.einsum("nchwij,fcij->nfhw", windows, filters[:, :, ::-1, ::-1], optimize=True)
    return difference(
        theano.function([x, w], tensor.nnet.conv2d(x, w)), expected, pictures, filters
    )


def speed() -> dict:
    """Seconds for a large product and convolution, here and by the CPU in this same process."""
    on_cpu = theano.compile.get_default_mode().excluding("gpuarray")
    left, right = random(LARGE, LARGE), random(LARGE, LARGE)
    pictures, filters = random(64, 32, 32, 32), random(64, 32, 5, 5)
    x, w = tensor.ftensor4("x"), tensor.ftensor4("w")
    slow = theano.function([x, w], tensor.nnet.conv2d(x, w), mode=on_cpu)
    pairs = {
        "gemm": (lambda: numpy.dot(left, right), _resident(tensor.dot, left, right)),
        "convolution": (
            lambda: slow(pictures, filters),
            _resident(tensor.nnet.conv2d, pictures, filters),
        ),
    }
    return {name: {"cpu": seconds(cpu), "gpu": seconds(gpu)} for name, (cpu, gpu) in pairs.items()}


def _resident(operation: Callable, *values: numpy.ndarray) -> Callable[[], None]:
    """The operation with arguments and result in the GPU's memory, as in training."""
    inputs = [theano.shared(value) for value in values]
    result = theano.shared(numpy.zeros((1,) * values[0].ndim, "float32"))
    step = theano.function([], updates=[(result, operation(*inputs))])

    def run() -> None:
        step()
        result.get_value(borrow=True, return_internal_type=True).sync()

    return run


def seconds(function: Callable[[], object]) -> float:
    """The quickest of a few runs; the first wakes everything up."""
    function()
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        function()
        times.append(time.perf_counter() - started)
    return round(min(times), 6)


def measure(facts: dict) -> None:
    """Add to the facts; a step that fails leaves those before it."""
    context = get_context(None)
    # OpenCL cannot tell what is free; Theano has convolution for CUDA alone.
    if facts["cuda"]:
        facts["name"] = context.devname
        facts["memory_mb"] = {
            "free": context.free_gmem // 1_000_000,
            "total": context.total_gmem // 1_000_000,
        }
    facts["elementwise"] = elementwise()
    if not any(op.startswith("Gpu") for op in facts["elementwise"]["ops"]):
        return  # which is the finding; the rest could take minutes on the CPU
    facts["gemm"] = gemm()
    if facts["cuda"]:
        facts["convolution"] = convolution()
        facts["speed"] = speed()


def main() -> None:
    device = theano.config.device
    cuda = device.startswith("cuda")
    facts = {"activated": theano.gpuarray.pygpu_activated, "device": device, "cuda": cuda}
    if cuda:
        facts["versions"] = versions()
    try:
        if facts["activated"]:
            measure(facts)
        else:
            compute(device)
            facts["error"] = "Theano's GPU back end is not activated"
    except Exception as error:  # pygpu has several classes; the message is what counts
        facts["error"] = f"{type(error).__name__}: {error}"
    reply(facts)


if __name__ == "__main__":
    main()
