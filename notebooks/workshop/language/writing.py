"""Lets a network write: character by character, each one read before the next is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import theano
import theano.tensor as T

from .corpus import Alphabet
from .recurrent import Network
from .sampling import draw, sharpened


@dataclass(frozen=True)
class Trace:
    """What went on in a network while it read a text of n characters.

    Attributes:
        text: the text.
        right: (n,) probability of each character before it was read; of the first it is not known,
            and is that of guessing.
        state: (n, units) h after each character, and `cell` c, which a plain network has not.
        gates: (n, 4, units) input, forget and output gate, and candidate; None of a plain network.
    """

    text: str
    right: np.ndarray
    state: np.ndarray
    cell: np.ndarray | None
    gates: np.ndarray | None


class Writer:
    """A network that reads and writes one character at a time. Compiled once.

    Args:
        network: other weights may be put into it later.
        alphabet: what its numbers mean.
    """

    def __init__(self, network: Network, alphabet: Alphabet):
        self.network, self.alphabet = network, alphabet
        codes = T.ivector("codes")
        state = [T.matrix() for _ in range(network.of_kind.states)]
        p, after, gates = network.one_step(codes, state)
        self._step = theano.function([codes, *state], [p, *after, *gates])

    def write(
        self,
        count: int,
        prime: str = "\n",
        temperature: float = 1.0,
        top: int | None = None,
        seed: int = 0,
    ) -> str:
        """So many characters that follow `prime`, which the network has read first.

        Args:
            temperature: see `sharpened`, and so for `top`.
            seed: of what is drawn.

        Raises:
            DataError: `prime` has a character that the network never saw.
        """
        rng, written = np.random.RandomState(seed), []
        state = self.network.zeros(1)
        for code in self.alphabet.encode(prime or "\n"):
            p, state = self._read(code, state)
        for _ in range(count):
            written.append(draw(sharpened(p, temperature, top), rng))
            p, state = self._read(written[-1], state)
        return self.alphabet.decode(written)

    def trace(self, text: str) -> Trace:
        """Read a text, and keep what went on meanwhile."""
        state = self.network.zeros(1)
        p, steps = np.full(len(self.alphabet), 1 / len(self.alphabet)), []
        for code in self.alphabet.encode(text):
            right = p[code]
            found = self._step(np.array([code], np.int32), *state)
            p, state = found[0][0], found[1 : 1 + self.network.of_kind.states]
            steps.append((right, *(values[0] for values in found[1:])))
        right, hidden, *more = map(np.array, zip(*steps, strict=True))
        cell, gates = more or (None, None)
        if gates is not None:
            gates = gates.reshape(len(text), 4, self.network.units)
        return Trace(text, right, hidden, cell, gates)

    def _read(self, code: int, state: Sequence[np.ndarray]) -> tuple[np.ndarray, list]:
        """Probabilities (symbols,) after this character, and the new state."""
        found = self._step(np.array([code], np.int32), *state)
        return found[0][0], found[1 : 1 + self.network.of_kind.states]
