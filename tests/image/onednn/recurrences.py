"""Recurrent layers beside NumPy, its gradients beside differences, and layers beside Lasagne's."""

from itertools import product

import compared
import lasagne
import numpy as np
import theano
import theano.tensor as T
from lasagne.layers import InputLayer
from theano.gradient import verify_grad

from theano_onednn import in_numpy, layers, recurrent
from theano_onednn.recurrent import Cell, Recurrent, RecurrentGradient

#: Largest difference, in parts of one and the largest value: float32, over some steps.
TOLERANCE = 5e-6
STEPS, BATCHES, UNITS = (0, 1, 2, 5, 9), (0, 1, 2, 7, 8, 9, 17, 33), (0, 1, 2, 3, 16, 17, 40)
INPUTS = 3
CELLS = [
    Cell("rnn"),
    Cell("rnn", clip=0.3),
    *(Cell("gru", clip=clip, masked=masked) for clip, masked in product((0.0, 0.3), (False, True))),
    *(
        Cell("lstm", blocks, clip, peepholes, masked)
        for (blocks, clip), peepholes, masked in product(
            (("ifco", 0.0), ("ocfi", 0.3)), (False, True), (False, True)
        )
    ),
]


def arrays_of(cell, rng, steps, batch, units):
    """Random inputs of such an operation, float64."""
    width, spread = cell.sums * units, 1 / max(units, 1) ** 0.5
    arrays = [rng.normal(0, 1, (steps, batch, width)), rng.normal(0, spread, (units, width))]
    arrays += [rng.normal(0, 1, (batch, units)) for _ in range(cell.states)]
    if cell.peepholes:
        arrays.append(rng.normal(0, 1, (3, units)))
    if cell.masked:  # zeros, ones, and what lies between
        arrays.append(rng.choice([0, 1, 0.25], (steps, batch)))
    return arrays


def function_of(cell, by_cells):
    """Ours: everything that the operation and its gradient compute, compiled."""
    inputs = [T.tensor3(), T.matrix(), *(T.matrix() for _ in range(cell.states))]
    inputs += [T.matrix() for _ in range(cell.peepholes + cell.masked)]
    made = Recurrent(cell)(*inputs, return_list=True)
    asked = [T.tensor3() for _ in range(1 + by_cells)]
    of_all = RecurrentGradient(cell, by_cells)(*inputs[1:], *made, *asked, return_list=True)
    function = theano.function([*inputs, *asked], [*made, *of_all])
    for node in function.maker.fgraph.toposort():
        if isinstance(node.op, Recurrent) and not node.op.has_code(node):
            raise SystemExit(f"{cell}: is computed by NumPy")
    return function


def check_problem(cell, by_cells, function, rng):
    """One shape; returns the largest difference."""
    steps, batch, units = (int(rng.choice(each)) for each in (STEPS, BATCHES, UNITS))
    arrays = arrays_of(cell, rng, steps, batch, units)
    asked = [rng.normal(0, 1, (steps, batch, units)) for _ in range(1 + by_cells)]
    arrays, asked = ([each.astype("float32") for each in some] for some in (arrays, asked))
    ours = function(*(compared.layouts(each, rng) for each in (*arrays, *asked)))
    exact = [each.astype("float64") for each in arrays]
    made = in_numpy.over_time(cell, *exact)
    theirs = [*made, *in_numpy.back_in_time(cell, by_cells, *exact[1:], *made, *asked)]
    worst = 0.0
    for number, (mine, other) in enumerate(zip(ours, theirs, strict=True)):
        what = f"{cell}, {steps} steps of {batch} rows, {units} units: array {number}"
        if mine.shape != other.shape:
            raise SystemExit(f"{what}: {mine.shape} in place of {other.shape}")
        if mine.size:
            difference = np.abs(mine - other).max() / (1 + np.abs(other).max())
            worst = max(worst, float(difference))
            if not difference < TOLERANCE:
                raise SystemExit(f"{what}: differs by {difference:.1e}")
    return worst


def check_extremes():
    """However large a sum is, a state is a number; what is none stays none."""
    sums = np.array([0, 1e-30, 1e-6, 0.6, 0.7, 9, 87, 89, 200, 1e30, np.inf], "float32")
    sums = np.concatenate([-sums, sums, [np.float32("nan")]]).reshape(-1, 1, 1)
    none = np.zeros((1, 1), "float32")
    tangents = function_of(Cell("rnn"), False)(sums, none, none, np.ones_like(sums))[0].ravel()
    four = np.repeat(sums, 4, axis=2)
    gates = function_of(Cell("lstm"), False)(four, none.repeat(4, 1), none, none, sums)[2]
    with np.errstate(over="ignore"):
        expected = np.tanh(sums.ravel()), 1 / (1 + np.exp(-sums.ravel().astype("float64")))
    for name, found, right in zip(
        ("tangent", "sigmoid"), (tangents, gates[:, 0, 0]), expected, strict=True
    ):
        if not np.allclose(found, right, rtol=1e-6, atol=1e-37, equal_nan=True):
            raise SystemExit(f"{name} of {sums.ravel()}: {found}, not {right}")


def check_gradients(rng):
    """Theano's comparison with differences of values, in float64."""
    for cell in CELLS:
        if cell.clip:  # is no gradient
            continue
        arrays = arrays_of(cell, rng, 4, 3, 5)
        mask = [arrays.pop()] if cell.masked else []

        def states(*inputs, cell=cell, mask=mask):
            made = Recurrent(cell)(*inputs, *mask, return_list=True)
            return T.concatenate(made[: cell.states], axis=2)

        try:
            verify_grad(states, arrays, rng=rng, mode=theano.Mode("py", None))
        except Exception as error:
            raise SystemExit(f"gradient of {cell}: {error}") from error


def layer_of(module, name, settings, masked):
    """A layer with its inputs, and what it computes beside its gradients."""
    x, mask = T.tensor3(), T.matrix()
    below = InputLayer((None, None, INPUTS), x)
    if masked:
        settings = settings | {"mask_input": InputLayer((None, None), mask)}
    layer = getattr(module, name)(below, 7, **settings)
    hidden = lasagne.layers.get_output(layer)
    direction = T.tensor3()
    parameters = lasagne.layers.get_all_params(layer, trainable=True)
    of_all = T.grad((hidden * direction).sum(), [x, *parameters])
    inputs = [x, direction, *([mask] if masked else [])]
    mode = theano.Mode("cvm" if module is layers else "py", "fast_compile")
    return layer, theano.function(inputs, [hidden, *of_all], mode=mode)


def check_layers(rng):
    """Weights of Lasagne's layers in ours: the same output, the same gradients."""
    usual = {"backwards": True, "grad_clipping": 0.01}, {"precompute_input": False}
    cases = [
        ("LSTMLayer", {"peepholes": True, "learn_init": True}, True),
        ("LSTMLayer", {"peepholes": False, **usual[0]}, True),
        ("LSTMLayer", {"peepholes": True, **usual[0]}, False),
        ("LSTMLayer", usual[1], False),
        ("GRULayer", {"learn_init": True}, True),
        ("GRULayer", usual[0], False),
        ("GRULayer", usual[1], True),
    ]
    x, direction = (rng.normal(0, 1, (5, 6, n)).astype("float32") for n in (INPUTS, 7))
    mask = (np.arange(6) < rng.randint(1, 7, (5, 1))).astype("float32")
    for name, settings, masked in cases:
        theirs, expected = layer_of(lasagne.layers, name, settings, masked)
        ours, found = layer_of(layers, name, settings, masked)
        if not any(isinstance(n.op, Recurrent) for n in found.maker.fgraph.toposort()):
            raise SystemExit(f"{name} {settings}: has Lasagne's own loop")
        weights = [rng.normal(0, 0.5, w.shape) for w in lasagne.layers.get_all_param_values(theirs)]
        weights = [each.astype("float32") for each in weights]
        for layer in (theirs, ours):
            lasagne.layers.set_all_param_values(layer, weights)
        arguments = [x, direction, *([mask] if masked else [])]
        for mine, other in zip(found(*arguments), expected(*arguments), strict=True):
            difference = np.abs(mine - other).max() / (1 + np.abs(other).max())
            if not difference < TOLERANCE:
                raise SystemExit(f"{name} {settings}, masked {masked}: differs by {difference:.1e}")
    return len(cases)


def check_left_alone():
    """What the operation has not is Lasagne's."""
    linear = lasagne.layers.Gate(W_cell=None, nonlinearity=lasagne.nonlinearities.linear)
    for name, settings in (
        ("LSTMLayer", {"nonlinearity": lasagne.nonlinearities.rectify}),
        ("GRULayer", {"hidden_update": linear}),
        ("GRULayer", {"gradient_steps": 3}),
        ("GRULayer", {"precompute_input": False, "grad_clipping": 1}),
    ):
        layer = getattr(layers, name)(InputLayer((None, None, INPUTS)), 7, **settings)
        if layer.is_usual():
            raise SystemExit(f"{name} {settings} is not what the operation computes")


def check_failures(rng):
    """Shapes that do not fit have a sentence."""
    cell = Cell("lstm", masked=True)
    function = function_of(cell, False)
    arrays = [each.astype("float32") for each in arrays_of(cell, rng, 4, 3, 5)]
    asked = rng.normal(0, 1, (4, 3, 5)).astype("float32")
    for number, what in ((1, "weights"), (2, "first state"), (3, "first cell"), (4, "mask")):
        wrong = list(arrays)
        wrong[number] = wrong[number][:-1]
        try:
            function(*wrong, asked)
        except ValueError as error:
            if what not in str(error) and number != 1:
                raise SystemExit(f"{what}: {error}") from error
        else:
            raise SystemExit(f"{what} of another shape passed")
    for call in (
        lambda: recurrent.lstm(*arrays[:4], blocks="ifc"),
        lambda: recurrent.rnn(arrays[1], arrays[1], arrays[2]),
        lambda: recurrent.rnn(arrays[0].astype("complex64"), arrays[1], arrays[2]),
    ):
        try:
            call()
        except (TypeError, ValueError):
            continue
        raise SystemExit("wrong arguments passed")


def main():
    count, rng = compared.arguments()
    check_gradients(rng)
    check_left_alone()
    check_failures(rng)
    check_extremes()
    functions = []
    for cell in CELLS:
        by_cells = cell.kind == "lstm" and not cell.clip
        functions.append((cell, by_cells, function_of(cell, by_cells)))
    worst = max(check_problem(*functions[n % len(functions)], rng) for n in range(count))
    compared.report(solved=count, worst=worst, layers=check_layers(rng))


if __name__ == "__main__":
    main()
