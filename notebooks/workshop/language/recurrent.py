"""Networks that read a text character by character: a plain recurrent network, and an LSTM.

Both have one recurrent layer. A character picks a row of `W`, the state of before is multiplied by
`U`, `b` is added; the layer turns that sum into a new state, from which softmax (`V`, `d`) says
how likely each character is to come next.

Source: S. Hochreiter and J. Schmidhuber, "Long short-term memory" (1997), with the forget gate of
F. Gers et al., "Learning to forget" (2000), that R. Jozefowicz et al., "An empirical exploration of
recurrent network architectures" (2015), would have open at first.

Arrays over time are (steps, streams, ...): a training step reads several places of the text at
once, each a stream of its own. The loop over time is an operation of ours, in NumPy, with its
gradient: the same numbers as from Theano's `scan`, but nothing of it has to be compiled.
"""

from collections.abc import Mapping, Sequence

import lasagne
import numpy as np
import theano
import theano.tensor as T
from theano.gradient import DisconnectedType

from .checkpoints import BLOCKS, shapes

#: Spread of the first W. A row is a character: with Glorot's 0.04 they hardly differ, and after 80
#: steps an LSTM was at 3.9 bits per character instead of 3.5.
INPUT = 0.3
CLIP = 5.0  # longest gradient of all weights together that a training step follows


class RnnLoop(theano.Op):
    """h' = tanh(z + h U) over time. Takes z (steps, streams, units), U and the first h."""

    __props__ = ()
    states = 1  # arrays of state

    def make_node(self, z, U, h):
        z, U, h = map(T.as_tensor_variable, (z, U, h))
        return theano.Apply(self, [z, U, h], [z.type()])

    def perform(self, node, inputs, outputs):
        z, U, h = inputs
        hidden = _room(outputs[0], z.shape, z.dtype)
        for now, sums in zip(hidden, z, strict=True):
            np.dot(h, U, out=now)
            now += sums
            np.tanh(now, out=now)
            h = now

    def L_op(self, inputs, outputs, gradients):
        _, U, h = inputs
        return _RnnBack()(U, h, *outputs, *gradients)

    @staticmethod
    def step(z, U, h):
        """One step, symbolically: the new state."""
        return [T.tanh(z + T.dot(h, U))]


class _RnnBack(theano.Op):
    """Gradients of RnnLoop, last step first."""

    __props__ = ()

    def make_node(self, U, h, hidden, gradient):
        inputs = [T.as_tensor_variable(value) for value in (U, h, hidden, gradient)]
        return theano.Apply(self, inputs, [hidden.type(), U.type(), h.type()])

    def perform(self, node, inputs, outputs):
        U, h, hidden, gradient = inputs
        dz, dh = _room(outputs[0], hidden.shape, hidden.dtype), np.zeros_like(h)
        for step in reversed(range(len(hidden))):
            dh += gradient[step]
            np.multiply(dh, 1 - hidden[step] ** 2, out=dz[step])
            dh = np.dot(dz[step], U.T)
        outputs[1][0], outputs[2][0] = _outer(h, hidden, dz), dh


class LstmLoop(theano.Op):
    """An LSTM over time. Takes z (steps, streams, 4 units), U and the first h and c.

    A row of z holds the sums of the gates input, forget and output and of the candidate, each as
    long as there are units. Gives h and c after every step, and the values of all four.
    """

    __props__ = ()
    states = 2

    def make_node(self, z, U, h, c):
        z, U, h, c = map(T.as_tensor_variable, (z, U, h, c))
        return theano.Apply(self, [z, U, h, c], [z.type(), z.type(), z.type()])

    def perform(self, node, inputs, outputs):
        z, U, h, c = inputs
        units = h.shape[1]
        shapes = (*z.shape[:2], units), (*z.shape[:2], units), z.shape
        hidden, cells, gates = map(_room, outputs, shapes, 3 * [z.dtype])
        for step, now in enumerate(gates):
            np.dot(h, U, out=now)
            now += z[step]
            _sigmoid(now[:, : 3 * units])
            np.tanh(now[:, 3 * units :], out=now[:, 3 * units :])
            write, keep, show, new = _four(now)
            np.multiply(keep, c, out=cells[step])
            cells[step] += write * new
            np.multiply(show, np.tanh(cells[step]), out=hidden[step])
            h, c = hidden[step], cells[step]

    def L_op(self, inputs, outputs, gradients):
        if not all(isinstance(g.type, DisconnectedType) for g in gradients[1:]):
            raise NotImplementedError("a loss may depend on the states h only, not on c or gates")
        _, U, h, c = inputs
        return _LstmBack()(U, h, c, *outputs, gradients[0])

    @staticmethod
    def step(z, U, h, c):
        """One step, symbolically: the new states, and the values of gates and candidate."""
        sums = z + T.dot(h, U)
        units = h.shape[1]
        gates = T.nnet.sigmoid(sums[:, : 3 * units])
        write, keep, show = (gates[:, k * units : (k + 1) * units] for k in range(3))
        new = T.tanh(sums[:, 3 * units :])
        c = keep * c + write * new
        return [show * T.tanh(c), c, T.concatenate([gates, new], axis=1)]


class _LstmBack(theano.Op):
    """Gradients of LstmLoop, last step first."""

    __props__ = ()

    def make_node(self, U, h, c, hidden, cells, gates, gradient):
        values = (U, h, c, hidden, cells, gates, gradient)
        types = [gates.type(), U.type(), h.type(), c.type()]
        return theano.Apply(self, [T.as_tensor_variable(value) for value in values], types)

    def perform(self, node, inputs, outputs):
        U, h, c, hidden, cells, gates, gradient = inputs
        dz = _room(outputs[0], gates.shape, gates.dtype)
        dh, dc = np.zeros_like(h), np.zeros_like(c)
        for step in reversed(range(len(gates))):
            write, keep, show, new = _four(gates[step])
            to_write, to_keep, to_show, to_new = _four(dz[step])
            shown = np.tanh(cells[step])
            dh += gradient[step]
            dc += dh * show * (1 - shown * shown)
            before = cells[step - 1] if step else c
            np.multiply(dc * new, write * (1 - write), out=to_write)
            np.multiply(dc * before, keep * (1 - keep), out=to_keep)
            np.multiply(dh * shown, show * (1 - show), out=to_show)
            np.multiply(dc * write, 1 - new * new, out=to_new)
            dc *= keep
            dh = np.dot(dz[step], U.T)
        outputs[1][0] = _outer(h, hidden, dz)
        outputs[2][0], outputs[3][0] = dh, dc


def _four(row: np.ndarray) -> list[np.ndarray]:
    """The four blocks of an LSTM's row, as views."""
    return np.split(row, 4, axis=1)


def _sigmoid(values: np.ndarray) -> None:
    """In place, by tanh, which overflows nowhere."""
    values *= 0.5
    np.tanh(values, out=values)
    values *= 0.5
    values += 0.5


def _room(storage: list, shape: tuple[int, ...], dtype) -> np.ndarray:
    """Where an output goes: the array of the call before if it fits, as fresh memory is slow.

    Theano takes that array away after each call if an output of the whole function is a part of it.
    """
    array = storage[0]
    if (
        array is None
        or array.shape != shape
        or array.dtype != dtype
        or not array.flags.c_contiguous
    ):
        array = storage[0] = np.empty(shape, dtype)
    return array


def _outer(first: np.ndarray, hidden: np.ndarray, dz: np.ndarray) -> np.ndarray:
    """The gradient of U, of all steps and streams in one matrix product."""
    before = np.concatenate([first[None], hidden[:-1]])
    return np.dot(before.reshape(-1, before.shape[-1]).T, dz.reshape(-1, dz.shape[-1]))


LOOPS = {"rnn": RnnLoop, "lstm": LstmLoop}


class Network:
    """A recurrent network with weights of its own.

    Args:
        kind: "rnn" or "lstm".
        symbols: size of the alphabet.
        units: how many numbers h has, and c.
        seed: of the first weights.
    """

    def __init__(self, kind: str, symbols: int, units: int, seed: int):
        self.kind, self.symbols, self.units = kind, symbols, units
        self.loop = LOOPS[kind]()
        lasagne.random.set_rng(np.random.RandomState(seed))
        normal, square = lasagne.init.Normal(INPUT), lasagne.init.Orthogonal()
        uniform = lasagne.init.GlorotUniform()
        recurrent = [square.sample((units, units)) for _ in range(BLOCKS[kind])]
        bias = np.zeros((BLOCKS[kind], units))
        if kind == "lstm":
            bias[1] = 1  # the forget gate begins open: what is in the cell stays there
        first = {
            "W": normal.sample((symbols, BLOCKS[kind] * units)),
            "U": np.concatenate(recurrent, axis=1),
            "b": bias.ravel(),
            "V": uniform.sample((units, symbols)),
            "d": np.zeros(symbols),
        }
        self.weights = {
            name: theano.shared(np.asarray(value, theano.config.floatX), name)
            for name, value in first.items()
        }

    def arrays(self) -> dict[str, np.ndarray]:
        """The weights as they are now."""
        return {name: variable.get_value() for name, variable in self.weights.items()}

    def set(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Put other weights of the same shapes in the place of these."""
        expected = shapes(self.kind, self.symbols, self.units)
        if (found := {name: array.shape for name, array in arrays.items()}) != expected:
            raise ValueError(f"weights of another network: {found}, not {expected}")
        for name, variable in self.weights.items():
            variable.set_value(np.asarray(arrays[name], variable.dtype))

    def count(self) -> int:
        """How many weights there are."""
        return sum(array.size for array in self.arrays().values())

    def zeros(self, streams: int) -> list[np.ndarray]:
        """The state of a network that has read nothing."""
        shape = (streams, self.units)
        return [np.zeros(shape, theano.config.floatX) for _ in range(self.loop.states)]

    def sums(self, codes):
        """Symbolically: what characters contribute to a step, (steps, streams, blocks * units).

        codes: (steps, streams) integers; the place of a character in the alphabet.
        """
        rows = (self.weights["W"] + self.weights["b"])[codes.ravel()]
        return rows.reshape((codes.shape[0], codes.shape[1], BLOCKS[self.kind] * self.units))

    def over_time(self, sums, state: Sequence) -> list:
        """Symbolically: h after each step, (steps, streams, units); of an LSTM c and gates too."""
        found = self.loop(sums, self.weights["U"], *state)
        return found if isinstance(found, list) else [found]

    def probabilities(self, hidden):
        """Symbolically: how likely each character is to come next, (states, symbols).

        hidden: (..., units); everything before the last axis becomes one.
        """
        sums = T.dot(hidden.reshape((-1, self.units)), self.weights["V"]) + self.weights["d"]
        return T.nnet.softmax(sums)

    def read(self, codes, state: Sequence, mask=1) -> tuple:
        """Symbolically: `probabilities` after each character, and the state after the last.

        mask: what h is multiplied by where softmax sees it.
        """
        found = self.over_time(self.sums(codes), state)
        after = [values[-1] for values in found[: self.loop.states]]
        return self.probabilities(found[0] * mask), after

    def one_step(self, codes, state: Sequence) -> tuple:
        """Symbolically: `probabilities`, the new state, and of an LSTM the values of its gates.

        codes: (streams,) integers.
        """
        rows = (self.weights["W"] + self.weights["b"])[codes]
        found = self.loop.step(rows, self.weights["U"], *state)
        states = self.loop.states
        return self.probabilities(found[0]), found[:states], found[states:]
