"""Weights and a batch for Inception v3 that both sides of a comparison draw from a seed.

No filter is symmetric and no two channels are alike, so that flips and transposes show.
NumPy's RandomState gives the same numbers in all its versions.
"""

from collections.abc import Mapping

import numpy as np

SEED = 3
BATCH = (2, 3, 299, 299)


def arrays(shapes: Mapping[str, tuple[int, ...]]) -> dict[str, np.ndarray]:
    """An array for each of our parameters; in the order of their names."""
    rng = np.random.RandomState(SEED)
    found = {}
    for name, shape in sorted(shapes.items()):
        if name.endswith(".W"):
            inputs = shape[0] if len(shape) == 2 else np.prod(shape[1:])
            numbers = rng.standard_normal(shape) * np.sqrt(2 / inputs)
        elif name.endswith((".gamma", ".variance")):
            numbers = rng.uniform(0.5, 1.5, shape)
        else:
            numbers = rng.standard_normal(shape) / 10
        found[name] = numbers.astype(np.float32)
    return found


def batch() -> np.ndarray:
    """Pictures of noise, from -1 to 1."""
    return np.random.RandomState(SEED).uniform(-1, 1, BATCH).astype(np.float32)


def sample(output: np.ndarray, count: int = 300) -> np.ndarray:
    """Some numbers of a layer's output, the same places each time, and its mean and deviation."""
    flat = output.ravel()
    places = np.random.RandomState(SEED).randint(0, flat.size, count)
    return np.append(flat[places], [flat.mean(dtype=float), flat.std(dtype=float)])
