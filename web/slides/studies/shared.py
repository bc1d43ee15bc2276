"""What the studies share: a plain network in NumPy, Adam, and pictures of numbers.

The studies make what the deck's figures show: `python3 web/slides/studies/NAME.py`, with NumPy and
Pillow. Each has a fixed seed; what it writes is committed: pictures in `pictures/`, numbers in
`results/`.
"""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image

DECK = Path(__file__).resolve().parent.parent
LOW, MIDDLE, HIGH = (0x00, 0x72, 0xB2), (0xFA, 0xFA, 0xF7), (0xE6, 0x9F, 0x00)


class Network:
    """Layers of units; the last one is linear."""

    def __init__(self, sizes, bend, rng):
        pairs = list(pairwise(sizes))
        self.weights = [rng.randn(n, m) * np.sqrt(2 / n) for n, m in pairs]
        self.biases = [np.zeros(m) for m in sizes[1:]]
        self.bend, self.slope = bend
        self.moments = [[np.zeros_like(p), np.zeros_like(p)] for p in self.parameters]
        self.steps = 0

    @property
    def parameters(self):
        return [*self.weights, *self.biases]

    def layers(self, inputs):
        """What each layer says, the inputs first."""
        found = [inputs]
        for number, (w, b) in enumerate(zip(self.weights, self.biases, strict=True), 1):
            sums = found[-1] @ w + b
            found.append(sums if number == len(self.weights) else self.bend(sums))
        return found

    def learn(self, layers, error, rate):
        """One step of Adam; `error` is the gradient of the loss by the last layer."""
        gradients = []
        for number in reversed(range(len(self.weights))):
            gradients.append((layers[number].T @ error, error.sum(0)))
            if number:
                error = (error @ self.weights[number].T) * self.slope(layers[number])
        gradients.reverse()
        flat = [g for g, _ in gradients] + [g for _, g in gradients]
        self.steps += 1
        for p, g, (mean, square) in zip(self.parameters, flat, self.moments, strict=True):
            mean += 0.1 * (g - mean)
            square += 0.001 * (g**2 - square)
            scale = rate * np.sqrt(1 - 0.999**self.steps) / (1 - 0.9**self.steps)
            p -= scale * mean / (np.sqrt(square) + 1e-8)


RELU = (lambda sums: np.maximum(sums, 0), lambda out: (out > 0).astype(out.dtype))
TANH = (np.tanh, lambda out: 1 - out**2)


def grid(side, reach=1.0):
    """Places of a square picture, row by row from the top, as (x, y)."""
    along = (np.arange(side) + 0.5) / side * 2 - 1
    return np.array([(x, -y) for y in along for x in along]) * reach


def coloured(values, limit):
    """Numbers as colours: blue below zero, pale at zero, orange above."""
    share = np.clip(values / limit, -1, 1)[..., None]
    low, middle, high = (np.array(c, float) for c in (LOW, MIDDLE, HIGH))
    mixed = middle + np.where(share < 0, -share * (low - middle), share * (high - middle))
    return np.uint8(np.round(mixed))


def keep_picture(pixels, name, times=1):
    """Write pixels (levels, or colours) as PNG, each `times` as large."""
    large = pixels.repeat(times, 0).repeat(times, 1)
    Image.fromarray(large).save(DECK / "pictures" / name, optimize=True)


def keep_numbers(numbers, name):
    (DECK / "results" / name).write_text(json.dumps(numbers, indent=1) + "\n")
