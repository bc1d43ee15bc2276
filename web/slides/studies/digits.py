"""Learns MNIST with one layer and with two, and keeps errors, weights and pictures (parts 8, 9).

usage: python3 digits.py FOLDER      with MNIST's four files in it
"""

import gzip
import sys
from pathlib import Path

import numpy as np
from shared import RELU, Network, coloured, keep_numbers, keep_picture

EPOCHS, BATCH, TRAIN, RATE = 10, 64, 50_000, 0.001
DECAY = (
    1e-4  # of weights a step, for their picture alone: without it they are as noisy as they like
)
EDGE = np.array([[1, 2, 1], [0, 0, 0], [-1, -2, -1]])  # lies level; turned, it stands upright


def read(file):
    """Images as rows between 0 and 1, or labels."""
    raw = np.frombuffer(gzip.decompress(file.read_bytes()), np.uint8)
    return raw[16:].reshape(-1, 784) / np.float32(255) if raw[3] == 3 else raw[8:]


def error(network, images, labels):
    """Per cent of the images whose label is not the likeliest."""
    return round(float(100 * (network.layers(images)[-1].argmax(1) != labels).mean()), 2)


def train(sizes, images, labels, test, decay=0.0):
    """A network and its error on test images after each epoch."""
    rng = np.random.RandomState(8)
    network, errors = Network(sizes, RELU, rng), []
    network.weights[-1] *= 0.1
    for _ in range(EPOCHS):
        for some in np.array_split(rng.permutation(len(images)), len(images) // BATCH):
            layers = network.layers(images[some])
            p = np.exp(layers[-1] - layers[-1].max(1, keepdims=True))
            p /= p.sum(1, keepdims=True)
            p[np.arange(len(some)), labels[some]] -= 1
            network.learn(layers, p / len(some), RATE)
            for weights in network.weights:
                weights *= 1 - decay
        errors.append(error(network, *test))
        print(sizes, errors, flush=True)
    return network, errors


def main(folder):
    images, labels = (read(folder / f"train-{n}-ubyte.gz") for n in ("images-idx3", "labels-idx1"))
    test = [read(folder / f"t10k-{n}-ubyte.gz") for n in ("images-idx3", "labels-idx1")]
    draw(images, labels)
    learn = (images[:TRAIN], labels[:TRAIN], test)
    shown, _ = train([784, 10], *learn, DECAY)
    weights = shown.weights[0].T.reshape(10, 28, 28)
    tiles = coloured(weights, np.abs(weights).max() / 2)
    keep_picture(sheet(tiles, 5), "digits-weights.png", times=4)
    _, few = train([784, 10], *learn)
    _, less = train([784, 100, 10], *learn)
    keep_numbers({"one layer": few, "hidden layer of 100": less}, "digits.json")


def draw(images, labels):
    """Digits as they are, one of them shuffled, and one through two filters."""
    some = np.concatenate([np.flatnonzero(labels == digit)[:6] for digit in range(10)])
    order = some.reshape(10, 6).T.ravel()
    keep_picture(sheet(levels(images[order]).reshape(-1, 28, 28), 10), "digits.png", times=2)
    three = images[np.flatnonzero(labels == 3)[0]]
    mixed = np.random.RandomState(3).permutation(784)
    keep_picture(levels(three).reshape(28, 28), "digit.png", times=8)
    keep_picture(levels(three[mixed]).reshape(28, 28), "digit-shuffled.png", times=8)
    for name, kernel in (("level", EDGE), ("upright", EDGE.T)):
        keep_picture(coloured(slide(three.reshape(28, 28), kernel), 4), f"digit-{name}.png", 8)


def slide(picture, kernel):
    """At each place, the sum of what lies under the filter times its weights."""
    framed = np.pad(picture, 1)
    parts = [framed[y : y + 28, x : x + 28] * kernel[y, x] for y in range(3) for x in range(3)]
    return np.sum(parts, 0)


def levels(images):
    return np.uint8(255 * images)


def sheet(tiles, columns):
    """Tiles side by side, with a line of paper between them."""
    framed = [
        np.pad(t, [(1, 1), (1, 1)] + [(0, 0)] * (t.ndim - 2), constant_values=200) for t in tiles
    ]
    rows = [np.hstack(framed[i : i + columns]) for i in range(0, len(framed), columns)]
    return np.vstack(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
