"""Random pooling and its gradients beside Theano's own."""

import compared
import numpy as np
import theano.tensor as T
from theano.tensor.signal.pool import pool_2d

EACH = 6  # problems for a compiled function


def graph(mode, ignore_border):
    """Windows are inputs, so that one function serves for all."""
    x, t = T.tensor4("x"), T.tensor4("t")
    size, stride, padding = (T.lvector(name) for name in ("size", "stride", "padding"))
    pooled = pool_2d(x, size, ignore_border, stride, padding, mode)
    return [x, t, size, stride, padding], [pooled], [T.grad((pooled * t).sum(), x)]


def windows(rng, mode, ignore_border):
    """Size, stride and padding. Three by three has loops of its own, and so has what is apart."""
    size = np.array([3, 3]) if rng.rand() < 0.3 else rng.randint(1, 6, 2)
    stride = size if rng.rand() < 0.3 else rng.randint(1, 4, 2)
    padding = np.zeros(2, int)
    if ignore_border and rng.rand() < 0.5:
        padding = rng.randint(0, size)
    return [np.asarray(each, "int64") for each in (size, stride, padding)]


def main():
    count, rng = compared.arguments()
    kinds = [
        (mode, border)
        for mode in ("max", "sum", "average_inc_pad", "average_exc_pad")
        for border in (True, False)
    ]
    parts = {}
    for kind in kinds:
        inputs, pooled, gradient = graph(*kind)
        parts[kind] = compared.both(inputs, pooled), compared.both(inputs, gradient)
        compared.must_have(parts[kind][0][0], "Pooling")
        name = "MaximumGradient" if kind[0] == "max" else "AverageGradient"
        compared.must_have(parts[kind][1][0], name)
    worst, solved, exact = 0.0, 0, 0
    while solved < count:
        kind = kinds[rng.randint(len(kinds))]
        settings = windows(rng, *kind)
        batch, channels = rng.choice([0, 1, 2, 3, 9]), rng.choice([1, 2, 5])
        x = compared.drawn(rng, batch, channels, *rng.randint(1, 24, 2))
        what = f"{kind}, {x.shape}, {[each.tolist() for each in settings]}"
        (ours, theirs), (our_gradient, their_gradient) = parts[kind]
        lying = compared.layouts(x, rng)
        [mine], [its] = ours(lying, x, *settings), theirs(x, x, *settings)
        [scale] = theirs(np.abs(x), x, *settings) if kind[0] != "max" else [np.abs(its)]
        worst = max(worst, compared.deviation(mine, its, scale, what))
        exact += int(np.array_equal(mine, its))
        t = compared.drawn(rng, *its.shape)
        solved += 1
        if kind[0] == "average_exc_pad" and settings[2].any():
            continue  # Theano has no gradient then, and ours is compared with numbers elsewhere
        [mine] = our_gradient(lying, compared.layouts(t, rng), *settings)
        [its] = their_gradient(x, t, *settings)
        [scale] = their_gradient(x, np.abs(t), *settings)
        worst = max(worst, compared.deviation(mine, its, scale, what))
    compared.report(solved=solved, exact=exact, worst=worst)


if __name__ == "__main__":
    main()
