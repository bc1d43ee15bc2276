"""Answers to the exercises of lesson 1; they need NumPy alone."""

from collections.abc import Callable

import numpy as np

from . import Wrong, exercise, number, numbers

PIXELS, HIDDEN, DIGITS = 784, 100, 10  # of the network whose weights are counted
# Loss and share of right digits after each epoch. Of the validation digits, the loss is lowest
# after the third epoch, the share highest after the fifth; the training digits go on improving.
HISTORY = [
    {"train": (0.90, 0.80), "valid": (0.95, 0.78)},
    {"train": (0.40, 0.90), "valid": (0.60, 0.85)},
    {"train": (0.20, 0.95), "valid": (0.50, 0.88)},
    {"train": (0.10, 0.98), "valid": (0.52, 0.89)},
    {"train": (0.05, 0.99), "valid": (0.58, 0.90)},
    {"train": (0.02, 1.00), "valid": (0.66, 0.89)},
    {"train": (0.01, 1.00), "valid": (0.70, 0.89)},
]
# Rows are what it is, columns what the network says: 0s are often taken for 2s.
MATRIX = np.array([[60, 0, 40], [0, 90, 10], [5, 0, 45]])


@exercise
def by_hand(answer: Callable) -> str:
    """Does a function of NumPy's compute softmax, of large sums, too?"""
    sums = np.array([[1.0, 2, 3], [0, 0, 0], [-1, 4, 0.5], [2, 2, 9]])
    true, powers = _softmax(sums), np.exp(sums)
    try:
        with np.errstate(all="ignore"):
            p = numbers(answer(sums.copy()), sums.shape)
    except ValueError as error:
        raise Wrong(
            "the shapes do not fit: each row is divided by its own total, which has to stand "
            f"beside the row, so keep the dimension ({str(error).splitlines()[0]})"
        ) from None
    if np.allclose(p, powers / powers.sum()):
        raise Wrong("all numbers together add up to 1; each row, one digit, should do so by itself")
    if np.allclose(p, powers / powers.sum(axis=0)):
        raise Wrong("each column adds up to 1, and each row should: a row is one digit")
    if (p < 0).any() or np.allclose(p[0], sums[0] / sums[0].sum()):
        raise Wrong("sums can be below 0, probabilities cannot; what makes any number positive?")
    if not np.allclose(p.sum(axis=1), 1):
        raise Wrong(f"the first row adds up to {p[0].sum():.3g}; probabilities add up to 1")
    if not np.allclose(p, true):
        raise Wrong(f"the sums 1, 2, 3 should give {true[0].round(3)}, and give {p[0].round(3)}")
    with np.errstate(all="ignore"):
        large = numbers(answer(sums + 1000), sums.shape)
    if not np.allclose(large, true):
        raise Wrong(
            "right for small sums; for sums near 1000 it gives "
            f"{large[0].round(3)}, because their exponentials are beyond every float. The same "
            "number taken away from all sums of a row changes no probability"
        )
    return "for large sums, too; Theano puts the stable form in the place of yours by itself"


def _softmax(sums: np.ndarray) -> np.ndarray:
    powers = np.exp(sums - sums.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@exercise
def count_weights(answer: object) -> str:
    """Is this the number of weights of 784 pixels, 100 hidden units, 10 outputs?"""
    count = number(answer)
    first, second = PIXELS * HIDDEN, HIDDEN * DIGITS
    if count == first + second:
        raise Wrong("nearly: each unit also has a bias, a weight of its own without an input")
    if count in (first, first + HIDDEN):
        raise Wrong("these are those of the hidden layer; the outputs have weights too")
    if count == (first + HIDDEN) * (second + DIGITS) or count == first * DIGITS:
        raise Wrong("the layers' weights are beside each other: add what you multiplied")
    if count == PIXELS + HIDDEN + DIGITS:
        raise Wrong(
            "these are the units; every unit has a weight for every unit of the layer below"
        )
    if count == first + HIDDEN + second + DIGITS + PIXELS:
        raise Wrong("a pixel is given, not computed: the input has no biases")
    if count != first + HIDDEN + second + DIGITS:
        raise Wrong(
            f"not {count:g}; the softmax regression above had 7,850, which is {PIXELS} times "
            f"{DIGITS}, and {DIGITS}"
        )
    return "nearly all of them sit between the pixels and the hidden units"


@exercise
def best_epoch(answer: Callable) -> str:
    """Is this the epoch with the lowest validation loss, counted from 1?"""
    said = number(answer([dict(epoch) for epoch in HISTORY]))
    losses = [epoch["valid"][0] for epoch in HISTORY]
    true = 1 + int(np.argmin(losses))
    if said == true - 1:
        raise Wrong("the right epoch, but Python counts from 0, and the pictures from 1")
    if np.isclose(said, min(losses)):
        raise Wrong("that is the lowest loss itself; after which epoch was it reached?")
    if said in (len(HISTORY), len(HISTORY) - 1):
        raise Wrong(
            "that is the best epoch for the training digits, whose loss only falls; when did the "
            "network do best on digits that it had not learnt from?"
        )
    if said in (1, 0):
        raise Wrong("that is where the validation loss is highest")
    if said == 1 + np.argmax([epoch["valid"][1] for epoch in HISTORY]):
        raise Wrong("that has the most right digits; the loss is asked for, the first of each pair")
    if said != true:
        raise Wrong(f"not {said:g}: the validation losses were {losses}")
    # The answer must not depend on this history: now it gets worse from the start.
    if number(answer([dict(epoch) for epoch in HISTORY[2:]])) != 1:
        raise Wrong("right here, but not for a history that is best after its first epoch")
    return "stopping there is called early stopping, the cheapest remedy for overfitting"


@exercise
def share_right(answer: Callable) -> str:
    """Are these the shares of each true digit that were read right?"""
    share = numbers(answer(MATRIX.copy()), (len(MATRIX),))
    right = np.diag(MATRIX)
    if np.allclose(share, right / MATRIX.sum(axis=0)):
        raise Wrong(
            "you divide by the columns: that is how often the network is right when it *says* this "
            "digit (precision); how often is it right when it *is* one?"
        )
    if np.allclose(share, right / MATRIX.sum()):
        raise Wrong("you divide by all digits; each share is among the digits of its own row")
    if np.allclose(share, right):
        raise Wrong("these are counts; divide each by the number of digits of its row")
    if np.allclose(share, 1 - right / MATRIX.sum(axis=1)):
        raise Wrong("these are the shares of the wrong answers")
    if np.allclose(share, 100 * right / MATRIX.sum(axis=1)):
        raise Wrong("these are per cent; asked for are shares between 0 and 1")
    if not np.allclose(share, right / MATRIX.sum(axis=1)):
        raise Wrong(
            f"for a row of 60, 0, 40 the share is 0.6, because the first is right; yours is "
            f"{share[0]:.3g}"
        )
    return "this is called recall; a network that always says 2 has a recall of 1 for the 2s"
