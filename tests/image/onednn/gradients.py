"""The other operations beside formulas, and all gradients beside differences of values."""

import compared
import numpy as np
import theano
import theano.tensor as T
from theano.gradient import verify_grad

from theano_onednn import local_response_normalisation
from theano_onednn.convolution import (
    BiasedConvolution,
    Convolution,
    GradientOfInputs,
    GradientOfWeights,
)
from theano_onednn.elementwise import ChannelSums, Rectifier
from theano_onednn.pooling import Pooling


def normalised(x, n, alpha, beta, k):
    """The formula, in float64."""
    squares, reach = x.astype("float64") ** 2, n // 2
    sums = (
        np.stack(
            [squares[:, max(c - reach, 0) : c + reach + 1].sum(1) for c in range(x.shape[1])], 1
        )
        if x.shape[1]
        else squares
    )
    return x / (k + alpha * sums) ** beta


def check_normalisation(count, rng):
    """Values and gradients of layers with random settings."""
    worst = 0.0
    for _ in range(count):
        n, k = int(rng.choice([1, 3, 5, 7])), float(rng.choice([1, 2]))
        alpha, beta = float(rng.choice([1e-4, 0.1])), float(rng.choice([0.75, 0.5]))
        shape = rng.choice([0, 1, 2]), rng.choice([1, 3, 6, 19]), *rng.choice([1, 5, 17, 33], 2)
        x, t = (rng.normal(0, 3, shape).astype("float32") for _ in range(2))
        images, gradient = T.tensor4(), T.tensor4()
        layer = local_response_normalisation(images, n, alpha, beta, k)
        function = theano.function(
            [images, gradient], [layer, T.grad((layer * gradient).sum(), images)]
        )
        compared.must_have(function, "LocalResponseNormalisation", "NormalisationGradient")
        ours, by_x = function(compared.layouts(x, rng), compared.layouts(t, rng))
        expected = normalised(x, n, alpha, beta, k)
        worst = max(worst, compared.deviation(ours, expected, np.abs(expected) + 1, "norm"))
        # Along a direction, by differences in float64.
        direction, step = rng.normal(0, 1, shape), 1e-5
        ahead, behind = (
            (normalised(x + sign * step * direction, n, alpha, beta, k) * t).sum()
            for sign in (1, -1)
        )
        slope, ours = (ahead - behind) / (2 * step), (by_x * direction).sum(dtype="float64")
        if abs(ours - slope) > 1e-4 * (1 + np.abs(by_x * direction).sum()):
            raise SystemExit(f"gradient of norm {n, alpha, beta, k}, {shape}: {ours}, not {slope}")
    return worst


def check_gradients(rng):
    """Theano's own comparison of each operation's gradient with differences of its values."""
    windows = [np.array(each) for each in ((3, 2), (2, 1), (1, 1))]
    size = np.array([5, 6]), np.array([3, 2])

    def far_apart(*shape):  # maxima and signs must not change under a small step
        return (rng.permutation(np.prod(shape)).reshape(shape) / 7 + 0.05).astype("float32")

    def drawn(*shape):
        return rng.uniform(-1, 1, shape).astype("float32")

    options = {"border_mode": ((1, 0), (2, 1)), "subsample": (2, 1), "num_groups": 2}
    options["filter_dilation"] = (1, 2)
    x, w, b = drawn(2, 4, 5, 6), drawn(6, 2, 3, 2), drawn(6)
    top = drawn(2, 6, 2, 7)
    cases = {
        "Convolution": (Convolution(**options), [x, w]),
        "BiasedConvolution": (BiasedConvolution(**options), [x, w, b]),
        "BiasedConvolution, relu": (
            BiasedConvolution(relu=True, **options),
            [np.abs(x), np.abs(w), np.array([9, 9, 9, -99, -99, -99], "float32")],
        ),
        "GradientOfWeights": (lambda i, t: GradientOfWeights(**options)(i, t, size[1]), [x, top]),
        "GradientOfInputs": (lambda f, t: GradientOfInputs(**options)(f, t, size[0]), [w, top]),
        "Rectifier": (Rectifier(), [far_apart(2, 3, 4, 5) - 9]),
        "ChannelSums": (ChannelSums(), [x]),
        "max": (lambda i: Pooling(True, "max")(i, *windows), [far_apart(2, 2, 5, 6)]),
    }
    for mode in ("sum", "average_inc_pad", "average_exc_pad"):
        cases[mode] = (lambda i, mode=mode: Pooling(True, mode)(i, *windows), [x])
        hanging = (windows[0], windows[1], np.array([0, 0]))
        cases[f"{mode}, border"] = (
            lambda i, mode=mode, hanging=hanging: Pooling(False, mode)(i, *hanging),
            [x],
        )
    for name, (operation, arrays) in cases.items():
        try:
            verify_grad(operation, arrays, rng=rng, abs_tol=1e-3, rel_tol=1e-3, eps=1e-2)
        except Exception as error:
            raise SystemExit(f"gradient of {name}: {error}") from error
    return len(cases)


def check_not_numbers(rng):
    """What is no number must not vanish: it shows that a training has failed."""
    x, w, b = T.tensor4(), T.tensor4(), T.vector()
    response = T.nnet.relu(T.nnet.conv2d(x, w) + b.dimshuffle("x", 0, "x", "x"))
    function = theano.function([x, w, b], [response, Rectifier()(x)])
    compared.must_have(function, "BiasedConvolution")
    image = rng.uniform(-1, 1, (2, 3, 5, 5)).astype("float32")
    image[1, 1, 2, 2] = np.nan
    filters = rng.uniform(-1, 1, (4, 3, 5, 5)).astype("float32")
    through, rectified = function(image, filters, np.zeros(4, "float32"))
    if not np.isnan(through[1]).all() or np.isnan(through[0]).any():
        raise SystemExit(f"a convolution made {through} of NaN in the second image")
    if np.isnan(rectified).sum() != 1:
        raise SystemExit("a rectifier made a number of NaN")


def main():
    count, rng = compared.arguments()
    worst = check_normalisation(count, rng)
    check_not_numbers(rng)
    compared.report(solved=count, worst=worst, gradients=check_gradients(rng))


if __name__ == "__main__":
    main()
