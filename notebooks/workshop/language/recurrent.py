"""Networks that read a text character by character: a plain recurrent network, and an LSTM.

Both have one recurrent layer. A character picks a row of `W`, the state of before is multiplied by
`U`, `b` is added; the layer turns that sum into a new state, from which softmax (`V`, `d`) says
how likely each character is to come next.

Source: S. Hochreiter and J. Schmidhuber, "Long short-term memory" (1997), with the forget gate of
F. Gers et al., "Learning to forget" (2000), that R. Jozefowicz et al., "An empirical exploration of
recurrent network architectures" (2015), would have open at first.

Arrays over time are (steps, streams, ...): a training step reads several places of the text at
once, each a stream of its own. The loop over time is one operation, with its gradient: the same
numbers as from Theano's `scan`, but faster, and there is less to compile.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import lasagne
import numpy as np
import theano
import theano.tensor as T

from theano_onednn.recurrent import lstm, rnn

from .checkpoints import BLOCKS, shapes

#: Spread of the first W. A row is a character: with Glorot's 0.04 they hardly differ, and after 80
#: steps an LSTM was at 3.9 bits per character instead of 3.5.
INPUT = 0.3
CLIP = 5.0  # longest gradient of all weights together that a training step follows


def rnn_step(z, U, h):
    """One step of a plain network, symbolically: the new state."""
    return [T.tanh(z + T.dot(h, U))]


def lstm_step(z, U, h, c):
    """One step of an LSTM, symbolically: the new states, and the values of gates and candidate."""
    sums = z + T.dot(h, U)
    units = h.shape[1]
    gates = T.nnet.sigmoid(sums[:, : 3 * units])
    write, keep, show = (gates[:, k * units : (k + 1) * units] for k in range(3))
    new = T.tanh(sums[:, 3 * units :])
    c = keep * c + write * new
    return [show * T.tanh(c), c, T.concatenate([gates, new], axis=1)]


def rnn_loop(z, U, h):
    """A plain network over time, symbolically: h after each step."""
    return [rnn(z, U, h)]


def lstm_loop(z, U, h, c):
    """An LSTM over time, symbolically: h and c after each step, and the values of all four blocks:
    the gates input, forget and output, and the candidate.
    """
    return lstm(z, U, h, c, blocks="ifoc")


@dataclass(frozen=True)
class Kind:
    """What differs between the two networks.

    Attributes:
        states: how many arrays of state there are.
        step: one step, symbolically; takes a row of sums, `U` and the states.
        loop: all steps.
    """

    states: int
    step: Callable[..., list]
    loop: Callable[..., list]


KINDS = {"rnn": Kind(1, rnn_step, rnn_loop), "lstm": Kind(2, lstm_step, lstm_loop)}


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
        self.of_kind = KINDS[kind]
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
        return [np.zeros(shape, theano.config.floatX) for _ in range(self.of_kind.states)]

    def sums(self, codes):
        """Symbolically: what characters contribute to a step, (steps, streams, blocks * units).

        codes: (steps, streams) integers; the place of a character in the alphabet.
        """
        rows = (self.weights["W"] + self.weights["b"])[codes.ravel()]
        return rows.reshape((codes.shape[0], codes.shape[1], BLOCKS[self.kind] * self.units))

    def over_time(self, sums, state: Sequence) -> list:
        """Symbolically: h after each step, (steps, streams, units); of an LSTM c and gates too."""
        return self.of_kind.loop(sums, self.weights["U"], *state)

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
        after = [values[-1] for values in found[: self.of_kind.states]]
        return self.probabilities(found[0] * mask), after

    def one_step(self, codes, state: Sequence) -> tuple:
        """Symbolically: `probabilities`, the new state, and of an LSTM the values of its gates.

        codes: (streams,) integers.
        """
        rows = (self.weights["W"] + self.weights["b"])[codes]
        found = self.of_kind.step(rows, self.weights["U"], *state)
        states = self.of_kind.states
        return self.probabilities(found[0]), found[:states], found[states:]
