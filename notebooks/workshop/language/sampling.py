"""From the probabilities of characters to one character."""

import numpy as np


def sharpened(p: np.ndarray, temperature: float = 1.0, top: int | None = None) -> np.ndarray:
    """Probabilities made surer or less sure before something is drawn.

    Args:
        p: (symbols,) probabilities.
        temperature: each becomes p to the power of 1 / temperature, divided by the sum of all.
            Near 0 the likeliest wins always, 1 changes nothing, more gives the unlikely a chance.
        top: only so many of the likeliest are kept, of equals those first in the alphabet.

    Raises:
        ValueError: a temperature that is not above 0, or a top below 1.
    """
    if temperature <= 0:
        raise ValueError(f"a temperature of {temperature} means nothing; it must be above 0")
    if top is not None and top < 1:
        raise ValueError(f"of {top} characters none can be drawn; give at least 1")
    logs = np.log(np.maximum(np.asarray(p, float), 1e-30)) / temperature
    powers = np.exp(logs - logs.max())
    if top is not None:
        powers[np.argsort(-powers, kind="stable")[top:]] = 0
    return powers / powers.sum()


def draw(p: np.ndarray, rng: np.random.RandomState) -> int:
    """The number of a symbol, drawn with probabilities p that add up to 1."""
    return min(int(np.searchsorted(p.cumsum(), rng.rand(), side="right")), len(p) - 1)
