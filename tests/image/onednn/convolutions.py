"""Random convolutions and their gradients beside Theano's own."""

import compared
import numpy as np
import theano.tensor as T
from theano.tensor.nnet import conv2d

EACH = 6  # problems for a compiled function


def settings(rng):
    """Of a convolution, and how many channels and filters a group has."""
    sides = [int(each) for each in rng.randint(1, 6, 2)]
    if rng.rand() < 0.25:
        sides = [1, 1]
    paddings = [
        "valid",
        "full",
        "half",
        tuple(int(each) for each in rng.randint(0, 4, 2)),
        tuple(tuple(int(each) for each in rng.randint(0, 4, 2)) for _ in range(2)),
    ]
    options = {
        "border_mode": paddings[rng.randint(len(paddings))],
        "subsample": tuple(int(each) for each in rng.choice([1, 1, 1, 2, 3], 2)),
        "filter_dilation": tuple(int(each) for each in rng.choice([1, 1, 1, 2, 3], 2)),
        "num_groups": int(rng.choice([1, 1, 1, 2, 3])),
        "filter_flip": bool(rng.randint(2)),
    }
    return options, sides


def graph(options, sides):
    """Inputs and outputs: response, biased and rectified response, gradients by all inputs."""
    x, w, b, t = T.tensor4("x"), T.tensor4("w"), T.vector("b"), T.tensor4("t")
    # Without its size the gradient by the filters could not know it under "half".
    shape = (None, None, *sides)
    response = conv2d(x, w, filter_shape=shape, **options)
    rectified = T.nnet.relu(
        conv2d(x, w, filter_shape=shape, **options) + b.dimshuffle("x", 0, "x", "x")
    )
    gradients = T.grad((response * t).sum(), [x, w])
    learnt = T.grad((rectified * t).sum(), [x, w, b])
    return [x, w, b, t], [response, *gradients], [rectified], learnt


def fits(image, side, padding, stride, dilation):
    """The size of a response."""
    return (image + padding - (side - 1) * dilation - 1) // stride + 1


def total_padding(mode, axis, side, dilation):
    reach = (side - 1) * dilation
    if isinstance(mode, str):
        return {"valid": 0, "full": 2 * reach, "half": 2 * ((reach + 1) // 2)}[mode]
    pair = mode[axis]
    return sum(pair) if isinstance(pair, tuple) else 2 * pair


def problem(rng, options, sides):
    """Arrays for the inputs; None if there is no response."""
    groups = options["num_groups"]
    batch = int(rng.choice([0, 1, 1, 2, 3, 5]))
    channels = groups * int(rng.choice([1, 1, 2, 3, 4, 8, 16, 17]))
    filters = groups * int(rng.choice([1, 2, 3, 8, 16, 19, 32]))
    images = rng.randint(1, 24, 2)
    response = [
        fits(
            images[i],
            sides[i],
            total_padding(options["border_mode"], i, sides[i], options["filter_dilation"][i]),
            options["subsample"][i],
            options["filter_dilation"][i],
        )
        for i in range(2)
    ]
    if min(response) < 1:
        response = [1, 1]
    return [
        compared.drawn(rng, batch, channels, *images),
        compared.drawn(rng, filters, channels // groups, *sides),
        compared.drawn(rng, filters),
        compared.drawn(rng, batch, filters, *response),
    ]


def main():
    count, rng = compared.arguments()
    worst, solved, refused = 0.0, 0, 0
    while solved + refused < count:
        options, sides = settings(rng)
        inputs, plain, rectified, learnt = graph(options, sides)
        parts = [compared.both(inputs, outputs) for outputs in (plain, rectified, learnt)]
        compared.must_have(parts[0][0], "Convolution", "GradientOfWeights", "GradientOfInputs")
        compared.must_have(parts[1][0], "BiasedConvolution")
        compared.must_have(parts[2][0], "ChannelSums")
        for _ in range(EACH):
            arrays = problem(rng, options, sides)
            what = f"{options}, {[each.shape for each in arrays]}"
            absolute = [np.abs(each) for each in arrays]
            if compared.same_failure(*parts[0], arrays, what):
                refused += 1
                continue
            solved += 1
            lying = [compared.layouts(each, rng) if each.ndim == 4 else each for each in arrays]
            for ours, theirs in parts:
                results = ours(*lying)
                # All terms positive, nothing cut off: what was added up, in absolute terms.
                scales = theirs(*absolute)
                for mine, its, scale in zip(results, theirs(*arrays), scales, strict=True):
                    worst = max(worst, compared.deviation(mine, its, scale, what))
    compared.report(solved=solved, refused=refused, worst=worst)


if __name__ == "__main__":
    main()
