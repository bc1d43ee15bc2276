"""Recurrent layers in NumPy: where C++ is missing, and for float64.

Arguments are those of the operations in `recurrent.py`, arrays in place of variables.
"""

import numpy as np


def over_time(cell, sums, weights, *rest):
    """States after each step, and what the gradient needs."""
    steps, batch, _ = sums.shape
    units = len(weights)
    first, peepholes, mask = _apart(cell, rest)
    states = [np.empty((steps, batch, units), sums.dtype) for _ in first]
    kept = np.empty((steps, batch, 4 * units), sums.dtype)
    for step in range(steps):
        products = first[0] @ weights
        after = FORWARDS[cell.kind](cell, sums[step], products, first, peepholes, kept[step])
        if mask is not None:
            taken = mask[step][:, None]
            after = [taken * new + (1 - taken) * old for new, old in zip(after, first, strict=True)]
        for state, new in zip(states, after, strict=True):
            state[step] = new
        first = after
    return [*states, kept][: cell.outputs]


def back_in_time(cell, by_cells, weights, *rest):
    """Gradients by sums, weights, first states and peepholes."""
    rest, gradients = list(rest), []
    for _ in range(1 + by_cells):
        gradients.insert(0, rest.pop())
    made = [rest.pop() for _ in range(cell.outputs)][::-1]
    first, peepholes, mask = _apart(cell, rest)
    states, kept = made[: cell.states], made[cell.states :]
    steps, batch, units = states[0].shape
    of_sums = np.empty((steps, batch, cell.sums * units), weights.dtype)
    of_products = np.empty_like(of_sums)
    of_peepholes = np.zeros((3, units), weights.dtype)
    flow = [np.zeros((batch, units), weights.dtype) for _ in first]
    for step in reversed(range(steps)):
        for part, gradient in zip(flow, gradients, strict=False):
            part += gradient[step]
        before = [state[step - 1] for state in states] if step else first
        values = kept[0][step] if kept else states[0][step]
        taken = 1 if mask is None else mask[step][:, None]
        past = [(1 - taken) * part for part in flow]
        through = BACKWARDS[cell.kind](
            cell,
            values,
            [taken * part for part in flow],
            before,
            peepholes,
            of_peepholes,
            (of_sums[step], of_products[step]),
        )
        flow = [part + more for part, more in zip(past, through, strict=True)]
        flow[0] += of_products[step] @ weights.T
    before = np.concatenate([first[0][None], states[0]])[:steps]
    rows = steps * batch
    of_weights = before.reshape(rows, units).T @ of_products.reshape(rows, cell.sums * units)
    return [of_sums, of_weights, *flow, *([of_peepholes] if cell.peepholes else [])]


def _apart(cell, rest):
    """First states, peepholes and mask; None for what a cell has not."""
    rest = list(rest)
    first = [rest.pop(0) for _ in range(cell.states)]
    peepholes = rest.pop(0) if cell.peepholes else None
    return first, peepholes, rest.pop(0) if cell.masked else None


def _sigmoid(x):
    return 0.5 * np.tanh(0.5 * x) + 0.5  # overflows nowhere


def _clipped(cell, gradient):
    return np.clip(gradient, -cell.clip, cell.clip) if cell.clip else gradient


def _four(cell, row):
    """The blocks of an LSTM's row as views: i, f, c, o."""
    blocks = dict(zip(cell.blocks, np.split(row, 4, axis=1), strict=True))
    return [blocks[name] for name in "ifco"]


def _rnn(cell, sums, products, before, peepholes, kept):
    return [np.tanh(sums + products)]


def _rnn_back(cell, after, flow, before, peepholes, of_peepholes, made):
    gradient = _clipped(cell, flow[0] * (1 - after**2))
    for each in made:
        each[...] = gradient
    return [0]


def _gru(cell, sums, products, before, peepholes, kept):
    kinds = zip(np.split(sums, 3, axis=1), np.split(products, 3, axis=1), strict=True)
    (sr, pr), (su, pu), (sc, pc) = kinds
    reset, update = _sigmoid(sr + pr), _sigmoid(su + pu)
    candidate = np.tanh(sc + reset * pc)
    kept[...] = np.concatenate([reset, update, candidate, pc], axis=1)
    return [(1 - update) * before[0] + update * candidate]


def _gru_back(cell, values, flow, before, peepholes, of_peepholes, made):
    reset, update, candidate, product = np.split(values, 4, axis=1)
    of_candidate = _clipped(cell, flow[0] * update * (1 - candidate**2))
    of_reset = _clipped(cell, of_candidate * product * reset * (1 - reset))
    of_update = _clipped(cell, flow[0] * (candidate - before[0]) * update * (1 - update))
    for each, last in zip(made, (of_candidate, of_candidate * reset), strict=True):
        each[...] = np.concatenate([of_reset, of_update, last], axis=1)
    return [flow[0] * (1 - update)]


def _lstm(cell, sums, products, before, peepholes, kept):
    _, old = before
    np.add(sums, products, out=kept)
    write, forget, candidate, out = _four(cell, kept)
    if cell.peepholes:
        write += old * peepholes[0]
        forget += old * peepholes[1]
    for gate in (write, forget, out):
        gate[...] = _sigmoid(gate)
    np.tanh(candidate, out=candidate)
    fresh = forget * old + write * candidate
    shown = out + fresh * peepholes[2] if cell.peepholes else out
    return [shown * np.tanh(fresh), fresh]


def _lstm_back(cell, values, flow, before, peepholes, of_peepholes, made):
    (gradient, of_fresh), (_, old) = flow, before
    write, forget, candidate, out = _four(cell, values)
    fresh = forget * old + write * candidate
    seen = np.tanh(fresh)
    shown = out + fresh * peepholes[2] if cell.peepholes else out
    of_fresh = of_fresh + gradient * shown * (1 - seen**2)
    if cell.peepholes:
        of_fresh += gradient * seen * peepholes[2]
    of_write = of_fresh * candidate * write * (1 - write)
    of_forget = of_fresh * old * forget * (1 - forget)
    of_candidate = of_fresh * write * (1 - candidate**2)
    of_out = gradient * seen * out * (1 - out)
    for each in made:
        for block, value in zip(
            _four(cell, each), (of_write, of_forget, of_candidate, of_out), strict=True
        ):
            block[...] = _clipped(cell, value)
    past = of_fresh * forget
    if cell.peepholes:
        past += of_write * peepholes[0] + of_forget * peepholes[1]
        for total, value in zip(
            of_peepholes, (of_write * old, of_forget * old, gradient * seen * fresh), strict=True
        ):
            total += value.sum(axis=0)
    return [0, past]


FORWARDS = {"rnn": _rnn, "gru": _gru, "lstm": _lstm}
BACKWARDS = {"rnn": _rnn_back, "gru": _gru_back, "lstm": _lstm_back}
