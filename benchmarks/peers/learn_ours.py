"""The lessons' training. Runs in the appliance."""

from itertools import cycle

import lasagne
import numpy as np
import protocol
import theano
import theano.tensor as T
from lasagne.layers import DenseLayer, DropoutLayer, InputLayer, MaxPool2DLayer
from lasagne.nonlinearities import softmax
from workshop.bubbles.deep import Learner, Settings
from workshop.bubbles.games import Games
from workshop.bubbles.sight import planes
from workshop.language.recurrent import Network
from workshop.language.training import Training
from workshop.layers import Correlation2DLayer
from workshop.training import Model


def mlp(inputs, dropout):
    """Lesson 1's: its cells `class Model` and `hidden_layers`, and the inner loop of `fit`."""
    layer = InputLayer((None, 784))
    for _ in range(2):
        layer = DropoutLayer(DenseLayer(layer, 512), p=dropout)
    network = DenseLayer(layer, 10, nonlinearity=softmax)
    lasagne.layers.set_all_param_values(network, weights(inputs))
    x, y = T.matrix("x"), T.ivector("y")
    noisy = lasagne.layers.get_output(network, x)
    loss = lasagne.objectives.categorical_crossentropy(noisy, y).mean()
    learnt = lasagne.layers.get_all_params(network, trainable=True)
    rate = theano.shared(np.float32(0.1))
    updates = lasagne.updates.nesterov_momentum(loss, learnt, rate)
    step = theano.function([x, y], loss, updates=updates)
    rows, labels, batches = inputs["images"].reshape(-1, 784), inputs["labels"], taken(inputs)
    return lambda: float(step(rows[batch := next(batches)], labels[batch]))


def cnn(inputs, dropout):
    """Lesson 2's: its cell `convolutional`, and the inner loop of `workshop.training.fit`."""
    layer = InputLayer((None, 1, 28, 28))
    for filters in (16, 32):
        layer = MaxPool2DLayer(Correlation2DLayer(layer, filters, 5), 2)
    layer = DropoutLayer(DenseLayer(layer, 128), dropout)
    network = DenseLayer(layer, 10, nonlinearity=softmax)
    lasagne.layers.set_all_param_values(network, weights(inputs))
    model = Model("convolutional network", network, 0.1)
    images, labels, batches = inputs["images"], inputs["labels"], taken(inputs)
    return lambda: float(model.step(images[batch := next(batches), None], labels[batch]))


def lstm(inputs, _):
    """Lesson 8's, but that no stream forgets at random."""
    W, U, b, V, d = weights(inputs)
    network = Network("lstm", len(W), len(U), seed=0)
    network.set({"W": W, "U": U, "b": b, "V": V, "d": d})
    return Training(network, inputs["codes"], 32, 32, rate=0.003, seed=8, fresh=0).step


def dqn(inputs, _):
    """Lesson 7's update on moves of the replay: what `Learner.step` does beside playing."""
    learner = learns(inputs)

    def step():
        learner._train()
        return learner.losses[-1]

    return step


def dqn_networks(inputs, _):
    """What the two networks do in an update; the boards have become planes before."""
    learner = learns(inputs)
    afters, boards = learner.replay.sample(learner.settings.batch, learner.rng)
    x = planes(afters, learner.settings.colours)
    choices = Games.on(boards, learner.settings.colours).choices
    seen = planes(choices.afters, learner.settings.colours)

    def step():
        learner.target._worth(seen)
        return float(learner._learn(x, inputs["wanted"]))

    return step


def learns(inputs):
    """Lesson 7's learner with these weights and these moves in its replay."""
    learner = Learner(Settings((8, 8), 4, steps=2_000))
    learner.network.arrays = learner.target.arrays = weights(inputs)
    learner.replay.add(inputs["afters"], inputs["boards"])
    learner.rng = np.random.RandomState(0)
    return learner


def weights(inputs):
    """Those to start with, in the order of Lasagne's parameters."""
    return [inputs[name] for name in sorted(inputs) if name.startswith("weights")]


def taken(inputs):
    """Indices of the digits of each batch, over and over."""
    return cycle(inputs["batches"])


TRAININGS = {"mlp": mlp, "cnn": cnn, "lstm": lstm, "dqn": dqn, "dqn-networks": dqn_networks}
protocol.learn(lambda name, inputs, dropout: TRAININGS[name](inputs, dropout))
