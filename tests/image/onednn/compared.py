"""What the programs beside this have in common.

They run in the appliance: python3 PROGRAM.py COUNT SEED.
"""

import json
import sys

import numpy as np
import theano
import theano.tensor as T
from theano.compile.mode import get_default_mode

import theano_onednn

#: Of the sum of the absolute values of all terms of a result: what two orders of adding differ by.
TOLERANCE = 2e-6


def layouts(array, rng):
    """The same numbers, lying in memory in another way: one drawn of seven."""
    kind = rng.randint(7)
    if kind == 0 and array.size:  # backwards
        return np.ascontiguousarray(array[..., ::-1])[..., ::-1]
    if kind == 1:  # every second of a larger one
        larger = np.zeros([2 * length for length in array.shape], array.dtype)
        part = larger[(slice(None, None, 2),) * array.ndim]
        part[...] = array
        return part
    if kind == 2:
        return np.asfortranarray(array)
    if kind == 3:  # channels last, or each of many matrices transposed
        return np.moveaxis(np.ascontiguousarray(np.moveaxis(array, 1, -1)), -1, 1)
    return array


def drawn(rng, *shape):
    """Numbers with few different values, so that maxima are often equal."""
    return (rng.randint(-8, 9, shape) / np.float32(4)).astype(np.float32)


def both(inputs, outputs):
    """The same function, computed by oneDNN and by Theano."""
    theirs = get_default_mode().excluding("onednn")
    return (
        theano.function(inputs, outputs, on_unused_input="ignore"),
        theano.function(inputs, outputs, mode=theirs, on_unused_input="ignore"),
    )


def operations(function):
    """The names of its operations."""
    return {type(node.op).__name__ for node in function.maker.fgraph.toposort()}


def must_have(function, *names):
    """Or the comparison would be Theano's with itself."""
    missing = set(names) - operations(function)
    if missing:
        sys.exit(f"{', '.join(missing)} is not in a graph with {operations(function)}")


def deviation(ours, theirs, scale, what):
    """The largest difference, in parts of `scale`; ends the program where it is too large."""
    if ours.shape != theirs.shape:
        sys.exit(f"{what}: {ours.shape} in place of {theirs.shape}")
    if not ours.size:
        return 0.0
    worst = float((np.abs(ours - theirs) / np.maximum(scale, 1e-30)).max())
    if not worst < TOLERANCE:
        sys.exit(f"{what}: differs by {worst:.1e}")
    return worst


def same_failure(ours, theirs, arguments, what):
    """True if both refuse these arguments; ends the program where one alone does."""
    failures = []
    for function in (ours, theirs):
        try:
            function(*arguments)
            failures.append(None)
        except ValueError as error:
            failures.append(str(error).splitlines()[0])
    if (failures[0] is None) != (failures[1] is None):
        sys.exit(f"{what}: ours says {failures[0]}, Theano {failures[1]}")
    return failures[0] is not None


def report(**figures):
    """Say what was found."""
    if theano_onednn.why_not():
        sys.exit(theano_onednn.why_not())
    print(json.dumps(figures))


def arguments():
    """COUNT and a generator that starts at SEED."""
    count, seed = map(int, sys.argv[1:])
    return count, np.random.RandomState(seed)


__all__ = ["T", "np", "theano"]
