"""Products of random matrices beside Theano's own, and that they are written where Theano would."""

import compared
import numpy as np
import theano
import theano.tensor as T

LENGTHS = (0, 1, 2, 7, 33, 64, 65, 100, 129, 200)


def functions():
    """By operation: ours and Theano's."""
    x, y, z, many, more = T.matrix(), T.matrix(), T.matrix(), T.tensor3(), T.tensor3()
    graphs = {
        "Dot22OnOneDNN": ([x, y, z], T.dot(x, y)),
        "Dot22ScalarOnOneDNN": ([x, y, z], 0.25 * T.dot(x, y)),
        "GemmOnOneDNN": ([x, y, z], 0.5 * z - 2 * T.dot(x, y)),
        "BatchedDotOnOneDNN": ([many, more], T.batched_dot(many, more)),
    }
    found = {}
    for name, (inputs, output) in graphs.items():
        found[name] = compared.both(inputs, output)
        compared.must_have(found[name][0], name)
    return list(found.items())


def check_problem(name, ours, theirs, rng):
    """Random shapes; small fractions, whose sums are exact in any order."""
    m, k, n = (int(each) for each in rng.choice(LENGTHS, 3))
    shapes = [(m, k), (k, n)]
    if name.startswith("Batched"):
        shapes = [(3, *shape) for shape in shapes]
    else:
        shapes.append((m, n))
    arrays = [compared.layouts(compared.drawn(rng, *shape), rng) for shape in shapes]
    mine, other = ours(*arrays), theirs(*arrays)
    if mine.shape != other.shape or not np.array_equal(mine, other):
        raise SystemExit(f"{name} of {shapes}: another result")


def check_in_place(rng):
    """A step of a training adds the product to the weights themselves."""
    start, x, y = (compared.drawn(rng, *shape) for shape in ((130, 90), (130, 70), (70, 90)))
    weights = theano.shared(start)
    left, right = T.matrix(), T.matrix()
    step = theano.function([left, right], updates=[(weights, weights - T.dot(left, right))])
    [product] = [
        node for node in step.maker.fgraph.toposort() if type(node.op).__name__ == "GemmOnOneDNN"
    ]
    step(x, y)
    if not product.op.inplace or not np.array_equal(weights.get_value(), start - x @ y):
        raise SystemExit("weights are not what a step makes of them, or not where they were")


def main():
    count, rng = compared.arguments()
    found = functions()
    for number in range(count):
        name, (ours, theirs) = found[number % len(found)]
        check_problem(name, ours, theirs, rng)
    check_in_place(rng)
    compared.report(solved=count)


if __name__ == "__main__":
    main()
