"""Trains a recurrent network by truncated backpropagation through time, and measures it."""

from collections.abc import Callable, Iterator

import lasagne
import numpy as np
import theano
import theano.tensor as T

from .corpus import blocks
from .recurrent import CLIP, Network

FRESH = 0.02  # share of the streams that forget everything before a step


class Training:
    """Everything that a training needs to go on later: place in the text, state, moments of Adam.

    A block's gradient is not followed into the block before ("truncated"), but the state is
    carried over, so that what was read long ago can still be used. Every pass cuts the text at
    another place. Now and then a stream's state is emptied: a network that hardly ever began a text
    may be lost when it has to, and stay lost.

    Args:
        network: its weights are changed.
        codes: the text, (n,) integers.
        streams: places of the text that a step reads side by side.
        steps: characters of each that it reads.
        rate: how far the first step goes.
        last_pass: by the end of this pass, counted from 1, the rate has fallen evenly to 0; 0 for
            never.
        seed: of the places where the text is cut, and of the streams that forget.
        fresh: share of the streams that forget before a step.
        drop: share of the numbers in h that softmax does not see in a step.
        smooth: share of certainty that is wrong: the network learns to expect this much from the
            whole alphabet, evenly, beside the character that came (label smoothing: C. Szegedy
            et al., "Rethinking the Inception architecture", 2016).

    Attributes:
        losses: of each step so far, in bits per character.
        passes: how often the text has been read from start to end.
    """

    def __init__(
        self,
        network: Network,
        codes: np.ndarray,
        streams: int,
        steps: int,
        rate: float,
        last_pass: int = 0,
        seed: int = 0,
        fresh: float = FRESH,
        drop: float = 0.0,
        smooth: float = 0.0,
    ):
        self.network, self.codes, self.seed = network, codes, seed
        self.streams, self.steps, self.rate, self.last_pass = streams, steps, rate, last_pass
        self.fresh, self.drop, self.smooth = fresh, drop, smooth
        self._rng = np.random.RandomState(seed)
        self.losses, self.passes = [], 0
        self.steps_in_pass = -(-(len(codes) // streams - 1) // steps)
        if self.steps_in_pass < 1:
            raise ValueError(f"{len(codes)} characters are too few for {streams} streams")
        self._state = [theano.shared(value) for value in network.zeros(streams)]
        self._rate = theano.shared(np.asarray(rate, theano.config.floatX))
        self._blocks = self._pass()
        self._step = self._compile()

    def step(self) -> float:
        """Learn from the next block; its loss before that, in bits per character."""
        try:
            block = next(self._blocks)
        except StopIteration:
            self.passes += 1
            self._blocks = self._pass()
            block = next(self._blocks)
        if self.last_pass:
            done = len(self.losses) / (self.steps_in_pass * self.last_pass)
            self._rate.set_value(np.asarray(self.rate * (1 - done), theano.config.floatX))
        self._forget(self._rng.rand(self.streams) < self.fresh)
        masks = [self._mask(len(block) - 1)] if self.drop else []
        loss = float(self._step(block, *masks)) / np.log(2)
        self.losses.append(loss)
        return loss

    def _forget(self, which: np.ndarray) -> None:
        """Empty the state of some streams; which: (streams,) true for these."""
        for variable in self._state if which.any() else []:
            value = variable.get_value()
            value[which] = 0
            variable.set_value(value)

    def _mask(self, steps: int) -> np.ndarray:
        """What the numbers in h are multiplied by: 0 if hidden from softmax, as a rule 1."""
        kept = self._rng.rand(steps, self.streams, self.network.units) >= self.drop
        return kept.astype(theano.config.floatX) / (1 - self.drop)

    def _pass(self) -> Iterator[np.ndarray]:
        self._forget(np.full(self.streams, True))
        rng = np.random.RandomState([self.seed, self.passes])
        return blocks(np.roll(self.codes, -rng.randint(len(self.codes))), self.streams, self.steps)

    def _compile(self) -> Callable:
        block = T.imatrix("block")
        masks = [T.tensor3("mask")] if self.drop else []
        p, after = self.network.read(block[:-1], self._state, *masks)
        loss = T.nnet.categorical_crossentropy(p, block[1:].ravel()).mean()
        target = loss
        if self.smooth:
            target = (1 - self.smooth) * loss - self.smooth * T.log(p).mean()
        weights = list(self.network.weights.values())
        gradients = lasagne.updates.total_norm_constraint(T.grad(target, weights), CLIP)
        updates = lasagne.updates.adam(gradients, weights, self._rate)
        updates.update(zip(self._state, after, strict=True))
        return theano.function([block, *masks], loss, updates=updates)


class Meter:
    """Measures how well a network predicts texts; changes nothing. Compiled once."""

    def __init__(self, network: Network):
        self.network = network
        block = T.imatrix("block")
        state = [T.matrix() for _ in range(network.of_kind.states)]
        p, after = network.read(block[:-1], state)
        right = T.log2(p[T.arange(p.shape[0]), block[1:].ravel()])
        self._read = theano.function([block, *state], [right, *after])

    def bits(self, codes: np.ndarray, streams: int = 1, steps: int = 100) -> float:
        """Bits per character of a text, its first character left out.

        Args:
            streams: pieces of the text that are read side by side, which is quicker; of each the
                beginning is read without knowing what came before.
            steps: characters in a call; the answer does not depend on it.
        """
        state, total, count = self.network.zeros(streams), 0.0, 0
        for block in blocks(codes, streams, steps):
            right, *state = self._read(block, *state)
            total, count = total - float(right.sum()), count + len(right)
        return total / count


def influence(network: Network, codes: np.ndarray) -> np.ndarray:
    """How much each character of a text still matters to the state after the last one.

    Returns:
        (n,): lengths of the gradient of all of the last h by what each character contributed,
        in parts of the last character's, which is 1.
    """
    text = T.ivector("text")
    sums = network.sums(text.dimshuffle(0, "x"))
    hidden = network.over_time(sums, [T.as_tensor_variable(v) for v in network.zeros(1)])[0]
    gradient = T.grad(hidden[-1].sum(), sums)
    lengths = theano.function([text], T.sqrt((gradient**2).sum(axis=(1, 2))))(codes)
    return lengths / lengths[-1]
