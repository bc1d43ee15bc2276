"""Deep Q-learning of Bubble Breaker, on after-states, with Lasagne.

An action leads to an after-state, the board before new columns come, without chance. So the
network need not know actions: it tells what an after-state is still worth, V, and a choice's Q is
its points plus gamma times that. V. Mnih et al., "Human-level control through deep
reinforcement learning" (2015), for replay and target network; R. Sutton and A. Barto,
"Reinforcement Learning" (2018), section 6.8, for after-states.
"""

from dataclasses import dataclass

import lasagne
import numpy as np
import theano
import theano.tensor as T
from lasagne.layers import DenseLayer, InputLayer

from ..layers import Correlation2DLayer
from ..session import seed
from .games import Games
from .replay import Replay
from .sight import count, planes

UNIT = 100  # points that are 1 to the network
FIRST_SEED = 2**23  # of the games that are learnt from; players are compared in games below


@dataclass(frozen=True)
class Settings:
    """How a network learns.

    Attributes:
        size: height and width of the board.
        colours: how many.
        steps: of the training; every schedule goes by their number.
        games: that are played at once, a move of each in every step.
        batch: moves of the replay that a step learns from.
        replay: moves that are remembered.
        gamma: what a point is worth one move earlier.
        rate: of Adam in the first step; it falls towards 0.
        explore: the share of moves at random in the first step, and at last.
        exploring: the share of the steps in which that falls from the one to the other.
        renew: steps after which the target network becomes a copy of the other.
        filters, units: of the two convolutions and of the dense layer.
        seed: of everything that is drawn.
    """

    size: tuple[int, int]
    colours: int
    steps: int
    games: int = 32
    batch: int = 128
    replay: int = 20_000
    gamma: float = 0.97
    rate: float = 1e-3
    explore: tuple[float, float] = (1.0, 0.02)
    exploring: float = 0.2
    renew: int = 150
    filters: tuple[int, int] = (16, 32)
    units: int = 64
    seed: int = 1


class Network:
    """V, what after-states are still worth.

    Attributes:
        layer: Lasagne's last layer, (batch, 1); its parameters are all that is learnt.
        input: the variable of the planes.
        output: V in units, (batch,).
    """

    def __init__(self, settings: Settings):
        self.settings = settings
        layer = InputLayer((None, count(settings.colours), *settings.size))
        self.input = layer.input_var
        for filters in settings.filters:
            layer = Correlation2DLayer(layer, filters, 3)
        layer = DenseLayer(layer, settings.units)
        self.layer = DenseLayer(layer, 1, nonlinearity=None)
        self.output = lasagne.layers.get_output(self.layer)[:, 0]
        self._worth = theano.function([self.input], self.output)

    def worth(self, boards: np.ndarray) -> np.ndarray:
        """V of each after-state, (n,), in points."""
        if not len(boards):
            return np.zeros(0, np.float32)
        return UNIT * self._worth(planes(boards, self.settings.colours))

    def q(self, games: Games) -> np.ndarray:
        """Q of each choice, (m,): its points, and gamma times what is left to get after it."""
        return games.choices.gains + self.settings.gamma * self.worth(games.choices.afters)

    @property
    def arrays(self) -> list[np.ndarray]:
        """All that was learnt."""
        return lasagne.layers.get_all_param_values(self.layer)

    @arrays.setter
    def arrays(self, values: list[np.ndarray]) -> None:
        lasagne.layers.set_all_param_values(self.layer, values)


class Learner:
    """A network that learns from games that it plays; `step` by step, as often as one likes.

    Attributes:
        network: what learns.
        done: steps so far.
        scores: of the games that ended so far, in their order; some of their moves were random.
        losses: mean squared error of each step's batch, in units.
    """

    def __init__(self, settings: Settings):
        self.settings, self.rng = settings, np.random.RandomState(settings.seed)
        seed(settings.seed)
        self.network, self.target = Network(settings), Network(settings)
        self.target.arrays = self.network.arrays
        self.replay = Replay(settings.replay, settings.size)
        self.done, self.dealt = 0, 0
        self.scores: list[int] = []
        self.losses: list[float] = []
        self.games = self._deal(settings.games)
        self._rate = theano.shared(np.float32(settings.rate))
        self._learn = self._compile()

    @property
    def explore(self) -> float:
        """The share of moves at random, now."""
        first, last = self.settings.explore
        part = self.done / (self.settings.exploring * self.settings.steps)
        return max(last, first + (last - first) * part)

    def step(self) -> None:
        """A move in every game, then a training step."""
        self._move()
        if len(self.replay) >= 10 * self.settings.batch:
            self._train()
        self.done += 1
        if self.done % self.settings.renew == 0:
            self.target.arrays = self.network.arrays

    def _deal(self, count: int) -> Games:
        self.dealt += count
        seeds = FIRST_SEED + np.arange(self.dealt - count, self.dealt)
        return Games.deal(seeds, self.settings.size, self.settings.colours)

    def _move(self) -> None:
        choices = self.games.choices
        by_chance = self.rng.rand(len(self.games)) < self.explore
        random = self.rng.rand(len(choices.which))
        q = np.where(by_chance[choices.which], random, self.network.q(self.games))
        chosen = choices.best(q)
        games = self.games.after(chosen)
        self.replay.add(choices.afters[chosen], games.boards)
        over = np.flatnonzero(games.over)
        if len(over):
            self.scores += games.scores[over].tolist()
            games = games.put(over, self._deal(len(over)))
        self.games = games

    def _train(self) -> None:
        afters, boards = self.replay.sample(self.settings.batch, self.rng)
        x = planes(afters, self.settings.colours)
        self._rate.set_value(np.float32(self.settings.rate * (1 - self.done / self.settings.steps)))
        self.losses.append(float(self._learn(x, self._targets(boards) / UNIT)))

    def _targets(self, boards: np.ndarray) -> np.ndarray:
        """What the target network gives the best choice on each board; 0 where there is none."""
        games = Games.on(boards, self.settings.colours)
        best = np.zeros(len(boards), np.float32)
        if len(games.choices.which):
            np.maximum.at(best, games.choices.which, self.target.q(games))
        return best

    def _compile(self):
        wanted = T.vector("wanted")
        loss = T.sqr(self.network.output - wanted).mean()
        weights = lasagne.layers.get_all_params(self.network.layer, trainable=True)
        updates = lasagne.updates.adam(loss, weights, self._rate)
        return theano.function([self.network.input, wanted], loss, updates=updates)
