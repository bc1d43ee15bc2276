"""Finds units of a network that keep track of something in the text.

Source of the idea: A. Karpathy, J. Johnson and L. Fei-Fei, "Visualizing and understanding recurrent
networks" (2015).
"""

import re

import numpy as np

NAME = re.compile(r"(?:(?<=\n\n)|^)[^\n:]+:(?=\n)")


def in_name(text: str) -> np.ndarray:
    """(n,): 1 for each character of the line that names a speaker, 0 for all others."""
    found = np.zeros(len(text))
    for match in NAME.finditer(text):
        found[match.start() : match.end()] = 1
    return found


def place_in_line(text: str) -> np.ndarray:
    """(n,): how many characters of its line stand before each character."""
    places, place = [], 0
    for symbol in text:
        places.append(place)
        place = 0 if symbol == "\n" else place + 1
    return np.array(places, float)


def find(states: np.ndarray, truth: np.ndarray) -> tuple[int, float]:
    """The unit whose state goes most with something, or most against it.

    Args:
        states: (n, units) after each character.
        truth: (n,) what is looked for.

    Returns:
        Its number, and the correlation, from -1 to 1.
    """
    found = [correlation(states[:, unit], truth) for unit in range(states.shape[1])]
    best = int(np.argmax(np.abs(found)))
    return best, found[best]


def correlation(values: np.ndarray, truth: np.ndarray) -> float:
    """Pearson's correlation; 0 where one of both never changes."""
    if values.std() == 0 or truth.std() == 0:
        return 0.0
    return float(np.corrcoef(values, truth)[0, 1])
