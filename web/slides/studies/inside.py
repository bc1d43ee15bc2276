"""Trains a network of three units on a ring of points and keeps what each unit learned (part 5)."""

import numpy as np
from shared import TANH, Network, coloured, grid, keep_numbers, keep_picture

UNITS, STEPS, RATE, NOISE = 3, 600, 0.03, 0.25


def ring(rng, count):
    """Points inside (+1) and around (-1), some of them blurred into the other."""
    label = np.where(np.arange(count) % 2, 1, -1)
    radius = np.where(label > 0, rng.uniform(0, 0.45, count), rng.uniform(0.6, 1, count))
    angle = rng.uniform(0, 2 * np.pi, count)
    places = np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1)
    return places + rng.uniform(-NOISE, NOISE, places.shape), label[:, None]


def main():
    rng = np.random.RandomState(5)
    places, labels = ring(rng, 120)
    others, answers = ring(rng, 400)
    network = Network([2, UNITS, 1], TANH, rng)
    curves = {"train": [], "test": []}
    for step in range(STEPS + 1):
        layers = network.layers(places)
        margin = 1 / (1 + np.exp(labels * layers[-1]))
        if step % 10 == 0:
            curves["train"].append(loss(layers[-1], labels))
            curves["test"].append(loss(network.layers(others)[-1], answers))
        network.learn(layers, -labels * margin / len(labels), RATE)
    _, units, output = network.layers(grid(48, 1.2))
    for number, unit in enumerate(units.T, 1):
        keep_picture(coloured(unit.reshape(48, 48), 1), f"inside-{number}.png", times=4)
    keep_picture(coloured(np.tanh(output / 3).reshape(48, 48), 1), "inside-output.png", times=4)
    points = [
        [*map(float, place.round(3)), int(label[0])]
        for place, label in zip(places, labels, strict=True)
    ]
    keep_numbers({"reach": 1.2, "points": points, **curves}, "inside.json")
    print(curves["train"][::10], curves["test"][::10])


def loss(outputs, labels):
    return round(float(np.log1p(np.exp(-labels * outputs)).mean()), 3)


if __name__ == "__main__":
    main()
