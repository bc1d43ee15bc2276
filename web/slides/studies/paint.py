"""Lets the workshop's four networks paint a picture: (x, y) in, (r, g, b) out (part 4)."""

import numpy as np
from shared import RELU, Network, grid, keep_numbers, keep_picture

SIDE, STEPS, RATE = 96, 4000, 0.01
NETWORKS = {"4": [4], "20": [20], "10+10": [10, 10], "10x7": [10] * 7}


def target(places):
    """A sun above the sea, a mountain before it: drawn by formulas, so that it is ours."""
    x, y = places.T
    sky = np.array([[0.98, 0.62, 0.25]]) + (y[:, None] + 0.2) * np.array([[-0.55, -0.15, 0.45]])
    sea = np.array([[0.05, 0.25, 0.45]]) + (y[:, None] + 1) * np.array([[0.25, 0.2, 0.1]])
    colours = np.where((y > -0.2)[:, None], sky, sea)
    colours[np.hypot(x - 0.35, y - 0.25) < 0.3] = (1, 0.93, 0.55)
    colours[(y > -0.2) & (y < 0.45 - 1.1 * np.abs(x + 0.45))] = (0.22, 0.2, 0.3)
    glitter = (y < -0.25) & (np.abs(x - 0.35) < 0.28) & (np.floor(y * 14) % 2 == 0)
    colours[glitter] = (0.95, 0.75, 0.4)
    return np.clip(colours, 0, 1)


def main():
    places = grid(SIDE)
    wanted = target(places)
    keep(wanted, "paint-target.png")
    found = {}
    for name, widths in NETWORKS.items():
        rng = np.random.RandomState(4)
        network = Network([2, *widths, 3], RELU, rng)
        for step in range(STEPS):
            some = rng.randint(len(places), size=512)
            layers = network.layers(places[some])
            network.learn(layers, 2 * (layers[-1] - wanted[some]) / 512, RATE * (1 - step / STEPS))
        painted = network.layers(places)[-1]
        keep(painted, f"paint-{name}.png")
        found[name] = {
            "parameters": sum(p.size for p in network.parameters),
            "loss": round(float(((painted - wanted) ** 2).mean()), 4),
        }
        print(name, found[name])
    keep_numbers(found, "paint.json")


def keep(colours, name):
    pixels = np.uint8(np.round(255 * np.clip(colours, 0, 1))).reshape(SIDE, SIDE, 3)
    keep_picture(pixels, name, times=2)


if __name__ == "__main__":
    main()
