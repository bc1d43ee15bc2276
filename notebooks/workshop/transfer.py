"""Linear classifiers on features that another network computed, and how far to trust them.

Rows are (pictures, features) arrays. A trainer is a function `train(rows, labels)` that returns a
`Linear`. Knows nothing of Theano or scikit-learn.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

Round = tuple[np.ndarray, np.ndarray]  # the pictures to train on, the pictures to judge


@dataclass(frozen=True)
class Linear:
    """A weighted sum of the features for each class; the largest one wins.

    weights: (features, classes); biases: (classes,).
    """

    weights: np.ndarray
    biases: np.ndarray

    @classmethod
    def of(cls, machine: object) -> "Linear":
        """From a linear classifier of scikit-learn, which has one sum instead of two."""
        weights, biases = machine.coef_.T, machine.intercept_
        if weights.shape[1] == 1:
            weights, biases = weights * [-0.5, 0.5], biases * [-0.5, 0.5]
        return cls(weights, biases)

    def distances(self, rows: np.ndarray) -> np.ndarray:
        """(n, classes): how far each point lies inside the region of each class.

        For the winner this is the distance to the nearest boundary with another class; for the
        others it is negative. With two classes the second column is the signed distance.
        """
        scores = rows @ self.weights + self.biases
        gaps = scores[:, :, None] - scores[:, None, :]
        apart = self.weights[:, :, None] - self.weights[:, None, :]
        lengths = np.linalg.norm(apart, axis=0)
        np.fill_diagonal(lengths, 1)
        signed = gaps / np.maximum(lengths, 1e-12)
        itself = np.arange(signed.shape[1])
        signed[:, itself, itself] = np.inf
        return signed.min(axis=2)


Trainer = Callable[[np.ndarray, np.ndarray], Linear]


def fitted(train: Trainer, rows: np.ndarray, labels: np.ndarray) -> Linear:
    """Train on rows that are moved and scaled to mean 0 and mean square length 1.

    What comes back takes rows as they are.
    """
    rows = np.asarray(rows, np.float64)
    middle = rows.mean(axis=0)
    size = np.sqrt(((rows - middle) ** 2).sum(axis=1).mean()) or 1
    scaled = train(((rows - middle) / size).astype(np.float32), labels)
    weights = scaled.weights.astype(np.float64) / size
    return Linear(weights, scaled.biases - middle @ weights)


def compact(rows: np.ndarray) -> np.ndarray:
    """The same points in as few numbers as they need: (n, features) to (n, n - 1 at most).

    n points span n - 1 directions; the axes are turned so that all others are zero and left out.
    All distances stay, so that a classifier of small weights stays the same, too. The first axis
    is the one along which the points differ most, then the second: principal components.
    """
    centred = rows - rows.mean(axis=0, dtype=np.float64)
    squares, axes = np.linalg.eigh(centred @ centred.T)
    keep = np.flatnonzero(squares > 1e-9 * squares[-1])[::-1]
    return axes[:, keep] * np.sqrt(squares[keep])


def one_at_a_time(labels: np.ndarray, rng: np.random.RandomState) -> Iterator[Round]:
    """Leave out each picture in turn; `rng` is not used."""
    for i in range(len(labels)):
        yield np.delete(np.arange(len(labels)), i), np.array([i])


def one_of_each_class(labels: np.ndarray, rng: np.random.RandomState) -> Iterator[Round]:
    """Leave out one picture of every class at a time, each picture once.

    So every class loses as many, and its size tells nothing about what was left out. A small
    class, once through, loses pictures that were judged before.
    """
    members = [rng.permutation(np.flatnonzero(labels == c)) for c in np.unique(labels)]
    for i in range(max(map(len, members))):
        away = [m[i % len(m)] for m in members]
        yield (
            np.setdiff1d(np.arange(len(labels)), away),
            np.array([m[i] for m in members if i < len(m)]),
        )


def leave_out(
    train: Trainer,
    rows: np.ndarray,
    labels: np.ndarray,
    rounds: Callable = one_of_each_class,
    seed: int = 0,
) -> np.ndarray:
    """Judge each picture by a classifier that was trained without it.

    Returns:
        (n, classes) distances, as those of `Linear`.
    """
    distances = np.empty((len(labels), labels.max() + 1))
    for known, away in rounds(labels, np.random.RandomState(seed)):
        distances[away] = fitted(train, rows[known], labels[known]).distances(rows[away])
    return distances


def share_right(distances: np.ndarray, labels: np.ndarray) -> float:
    """The share of pictures whose own class wins."""
    return float((distances.argmax(axis=1) == labels).mean())


def draw(labels: np.ndarray, count: int, rng: np.random.RandomState) -> Round:
    """`count` pictures of each class to train on; all others to judge."""
    known = [
        rng.choice(np.flatnonzero(labels == c), count, replace=False) for c in np.unique(labels)
    ]
    known = np.concatenate(known)
    return known, np.setdiff1d(np.arange(len(labels)), known)


def wilson(right: int, total: int, z: float = 1.96) -> tuple[float, float]:
    """Between which shares the truth lies when `right` of `total` were right.

    The interval covers the truth in 95 of 100 cases (z = 1.96), also for shares near 0 and 1,
    where the textbook's plus-minus does not.
    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference"
    (1927).

    Raises:
        ValueError: such a count cannot be.
    """
    if not 0 <= right <= total or total < 1:
        raise ValueError(f"{right} right of {total} cannot be")
    share, slack = right / total, z * z / total
    middle = (share + slack / 2) / (1 + slack)
    half = z / (1 + slack) * np.sqrt(share * (1 - share) / total + slack / (4 * total))
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))


def mean_interval(values: np.ndarray, z: float = 1.96) -> tuple[float, float]:
    """Between which values the mean lies that very many more draws would have."""
    half = z * np.std(values, ddof=1) / np.sqrt(len(values))
    return float(np.mean(values) - half), float(np.mean(values) + half)
