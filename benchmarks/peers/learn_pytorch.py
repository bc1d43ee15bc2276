"""The same training in PyTorch, as one writes it there, not compiled. Runs in its environment.

What is no network's part of lesson 7 is the lesson's own code, which needs NumPy alone.
"""

import copy
from itertools import cycle

import numpy as np
import protocol
import torch
import torch.nn.functional as F
from torch import nn
from workshop.bubbles.games import Games
from workshop.bubbles.replay import Replay
from workshop.bubbles.sight import planes
from workshop.language.corpus import blocks

SIZE, COLOURS, BATCH, GAMMA, UNIT = (8, 8), 4, 128, 0.97, 100


def mlp(inputs, dropout):
    network = nn.Sequential(
        nn.Flatten(),
        *(nn.Linear(784, 512), nn.ReLU(), nn.Dropout(dropout)),
        *(nn.Linear(512, 512), nn.ReLU(), nn.Dropout(dropout)),
        nn.Linear(512, 10),
    )
    return reads_digits(network, inputs)


def cnn(inputs, dropout):
    network = nn.Sequential(
        *(nn.Conv2d(1, 16, 5), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(16, 32, 5), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(512, 128), nn.ReLU(), nn.Dropout(dropout)),
        nn.Linear(128, 10),
    )
    return reads_digits(network, inputs)


def reads_digits(network, inputs):
    """A step of its training."""
    fill(network.parameters(), inputs)
    images, labels = torch.from_numpy(inputs["images"][:, None]), torch.from_numpy(inputs["labels"])
    labels, batches = labels.long(), cycle(torch.from_numpy(inputs["batches"]))
    updater = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9, nesterov=True)

    def step():
        batch = next(batches)
        loss = F.cross_entropy(network(images[batch]), labels[batch])
        return follow(loss, updater)

    return step


def lstm(inputs, _):
    symbols, units = inputs["weights0"].shape[0], inputs["weights1"].shape[0]
    network, readout = nn.LSTM(symbols, units), nn.Linear(units, symbols)
    # Of its two biases one is as good as ours; two that learn would take steps twice as long.
    network.bias_hh_l0.requires_grad_(False).zero_()
    first = (network.weight_ih_l0, network.weight_hh_l0, network.bias_ih_l0)
    learnt = [*first, readout.weight, readout.bias]
    fill(learnt, inputs)
    with torch.no_grad():
        for parameter in first:  # its gates: input, forget, candidate, output; ours ends otherwise
            write, keep, show, new = parameter.chunk(4)
            parameter.copy_(torch.cat([write, keep, new, show]))
    updater = torch.optim.Adam(learnt, lr=0.003)
    codes, state = inputs["codes"], None
    start = np.random.RandomState([8, 0]).randint(len(codes))  # as the lesson cuts the text
    texts = blocks(np.roll(codes, -start), 32, 32)

    def step():
        nonlocal state
        block = torch.from_numpy(np.ascontiguousarray(next(texts))).long()
        hidden, state = network(F.one_hot(block[:-1], symbols).float(), state)
        state = tuple(part.detach() for part in state)
        loss = F.cross_entropy(readout(hidden).flatten(0, 1), block[1:].flatten())
        return follow(loss, updater, clip=5.0) / np.log(2)

    return step


def dqn(inputs, _):
    network, target, updater = learns(inputs)
    replay, rng = remembers(inputs)

    def targets(boards):
        games, best = Games.on(boards, COLOURS), np.zeros(len(boards), np.float32)
        q = games.choices.gains + GAMMA * UNIT * worth(target, seen_as(games.choices.afters))
        np.maximum.at(best, games.choices.which, q)
        return best

    def step():
        afters, boards = replay.sample(BATCH, rng)
        wanted = torch.from_numpy(targets(boards) / UNIT)
        return follow(F.mse_loss(network(seen_as(afters))[:, 0], wanted), updater)

    return step


def dqn_networks(inputs, _):
    network, target, updater = learns(inputs)
    replay, rng = remembers(inputs)
    afters, boards = replay.sample(BATCH, rng)
    x, wanted = seen_as(afters), torch.from_numpy(inputs["wanted"])
    seen = seen_as(Games.on(boards, COLOURS).choices.afters)

    def step():
        worth(target, seen)
        return follow(F.mse_loss(network(x)[:, 0], wanted), updater)

    return step


def learns(inputs):
    """Lesson 7's network, its copy for the targets, and what changes its weights."""
    network = nn.Sequential(
        *(nn.Conv2d(inputs["weights0"].shape[1], 16, 3), nn.ReLU()),
        *(nn.Conv2d(16, 32, 3), nn.ReLU(), nn.Flatten()),
        *(nn.Linear(512, 64), nn.ReLU(), nn.Linear(64, 1)),
    )
    fill(network.parameters(), inputs)
    return network, copy.deepcopy(network), torch.optim.Adam(network.parameters(), lr=1e-3)


def remembers(inputs):
    """The replay, and what draws from it."""
    replay = Replay(20_000, SIZE)
    replay.add(inputs["afters"], inputs["boards"])
    return replay, np.random.RandomState(0)


def seen_as(boards):
    return torch.from_numpy(planes(boards, COLOURS))


def worth(network, seen):
    with torch.inference_mode():
        return network(seen)[:, 0].numpy()


def follow(loss, updater, clip=None):
    """Change the weights, by a gradient not longer than `clip`; the loss before."""
    updater.zero_grad()
    loss.backward()
    if clip is not None:
        nn.utils.clip_grad_norm_(updater.param_groups[0]["params"], clip)
    updater.step()
    return loss.item()


def fill(parameters, inputs):
    """Put our weights into PyTorch's: of a matrix it has the transposed one."""
    ours = [inputs[name] for name in sorted(inputs) if name.startswith("weights")]
    with torch.no_grad():
        for parameter, array in zip(parameters, ours, strict=True):
            parameter.copy_(torch.from_numpy(array.T if array.ndim == 2 else array))


TRAININGS = {"mlp": mlp, "cnn": cnn, "lstm": lstm, "dqn": dqn, "dqn-networks": dqn_networks}
protocol.learn(lambda name, inputs, dropout: TRAININGS[name](inputs, dropout))
