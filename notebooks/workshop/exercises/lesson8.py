"""Answers to the exercises of lesson 8; they need NumPy alone."""

from collections.abc import Callable

import numpy as np

from . import Wrong, exercise, number, numbers

RIGHT = np.array([0.5, 0.25, 0.125, 1.0])  # 1, 2, 3 and 0 bits: 1.5 on average
CHANCES = np.array([0.5, 0.05, 0.3, 0.15])
# One step of two units. The first keeps half of its cell and writes; the second shows little.
GATES = {
    "write": np.array([0.8, 0.3]),
    "keep": np.array([0.5, 0.9]),
    "show": np.array([0.6, 0.1]),
    "new": np.array([-0.5, 0.7]),
    "cell": np.array([2.0, -1.0]),
}


@exercise
def bits_per_character(answer: Callable) -> str:
    """Is this the mean of minus the logarithm, to the base of 2?"""
    said = number(answer(RIGHT.copy()))
    bits = -np.log2(RIGHT)
    if np.isclose(said, -bits.mean()):
        raise Wrong("below 0: the logarithm of a probability is negative, a cost is not")
    if np.isclose(said, bits.sum()):
        raise Wrong("that is what all four cost together; *per character* is asked for")
    if np.isclose(said, -np.log(RIGHT).mean()):
        raise Wrong(
            "a network's loss has the natural logarithm; bits have the one to the base of 2"
        )
    if np.isclose(said, -np.log10(RIGHT).mean()):
        raise Wrong("these are decimal digits; bits have the logarithm to the base of 2")
    if np.isclose(said, -np.log2(RIGHT.mean())):
        raise Wrong(
            "you take the logarithm of the mean; what is wanted is the mean of what each costs"
        )
    if not np.isclose(said, bits.mean()):
        raise Wrong(
            "probabilities of 1/2, 1/4, 1/8 and 1 cost 1, 2, 3 and 0 bits, 1.5 on average; yours "
            f"gives {said:.3g}"
        )
    return "a character that had the probability 0 would cost infinitely much: never say never"


@exercise
def lstm_step(answer: Callable) -> str:
    """Are these the new h and cell of an LSTM whose gates are known?"""
    before = {name: value.copy() for name, value in GATES.items()}
    found = answer(**before)
    if not isinstance(found, (tuple, list)) or len(found) != 2:
        raise Wrong("a pair is asked for: `return h, cell`")
    h, cell = (numbers(value, (2,)) for value in found)
    true_h, true_cell = _step(**GATES)
    if not np.array_equal(before["cell"], GATES["cell"]):
        raise Wrong("the cell that was handed in has changed: make a new one, without `+=` or `*=`")
    if np.allclose(h, true_cell) and np.allclose(cell, true_h):
        raise Wrong("both are right, but in the wrong order: first h, then the cell")
    if np.allclose(cell, GATES["write"] * GATES["cell"] + GATES["keep"] * GATES["new"]):
        raise Wrong(
            "two gates are exchanged: what is *kept* is the old cell, what is *written* new"
        )
    if np.allclose(cell, GATES["write"] * GATES["new"]):
        raise Wrong("the cell has forgotten everything: where is what was kept of the old one?")
    if np.allclose(cell, GATES["cell"] + GATES["write"] * GATES["new"]):
        raise Wrong("the cell keeps all it ever had: the gate *keep* says how much of it stays")
    if not np.allclose(cell, true_cell):
        raise Wrong(
            f"keep 0.5 of a cell of 2, write 0.8 of -0.5: that is 0.6; yours is {cell[0]:.3g}"
        )
    if np.allclose(h, GATES["show"] * true_cell):
        raise Wrong("the cell is right; h is between -1 and 1, so the cell is squeezed first")
    if np.allclose(h, np.tanh(GATES["show"] * true_cell)):
        raise Wrong("the cell is right; squeeze it first, then the gate *show* lets through a part")
    if np.allclose(h, GATES["show"] * np.tanh(GATES["cell"])):
        raise Wrong("the cell is right, but h shows the old one: it is made of the new cell")
    if np.allclose(h, np.tanh(true_cell)):
        raise Wrong("the cell is right; the gate *show* says how much of it is seen")
    if not np.allclose(h, true_h):
        raise Wrong(f"the cell is right; h of the first unit should be {true_h[0]:.3f}")
    return "along the cell the gradient is only multiplied by *keep*: if that is 1, nothing is lost"


def _step(write, keep, show, new, cell):
    cell = keep * cell + write * new
    return show * np.tanh(cell), cell


@exercise
def with_temperature(answer: Callable) -> str:
    """Are these the probabilities at another temperature?"""
    p = numbers(answer(CHANCES.copy(), 0.5), CHANCES.shape)
    true = _normalised(CHANCES**2)
    if np.allclose(p, CHANCES**2):
        raise Wrong(f"they add up to {p.sum():.3g}; probabilities add up to 1")
    if np.allclose(p, _normalised(CHANCES**0.5)):
        raise Wrong(
            "at 0.5 the likeliest should gain, and here it loses: the power is one divided by the "
            "temperature"
        )
    if np.allclose(p, CHANCES) or np.allclose(p, 2 * CHANCES):
        raise Wrong("dividing by the temperature changes nothing between them; it is a power")
    if np.allclose(p, _normalised(np.exp(CHANCES / 0.5))):
        raise Wrong(
            "that would be right for the sums before softmax; these are probabilities already"
        )
    if not np.allclose(p.sum(), 1):
        raise Wrong(f"they add up to {p.sum():.3g}; probabilities add up to 1")
    if not np.allclose(p, true):
        raise Wrong(f"0.5 at temperature 0.5 should become {true[0]:.3f}, and is {p[0]:.3f}")
    if not np.allclose(
        numbers(answer(CHANCES.copy(), 2.0), CHANCES.shape), _normalised(CHANCES**0.5)
    ):
        raise Wrong("right for 0.5, but not for 2: is a number of yours fixed?")
    return "near 0 the likeliest always wins, and the network says the same again and again"


@exercise
def top_k(answer: Callable) -> str:
    """Are these the k likeliest, and do they add up to 1?"""
    given = CHANCES.copy()
    p = numbers(answer(given, 2), CHANCES.shape)
    kept = np.where(CHANCES >= 0.3, CHANCES, 0)
    if not np.array_equal(given, CHANCES):
        raise Wrong("the probabilities that were handed in have changed: work on a copy")
    if np.allclose(p, kept):
        raise Wrong(f"the right ones are left, and they add up to {p.sum():.3g}, not to 1")
    if np.allclose(p, _normalised(np.where(CHANCES <= 0.15, CHANCES, 0))):
        raise Wrong("these are the unlikeliest")
    if np.allclose(p, _normalised(np.where(CHANCES > 0.3, CHANCES, 0))):
        raise Wrong("2 were asked for, and 1 is left: is the smallest that stays among them?")
    if np.allclose(p, _normalised(np.where(CHANCES >= 0.15, CHANCES, 0))):
        raise Wrong("2 were asked for, and 3 are left: Python counts from 0, but backwards from 1")
    if np.allclose(p, _normalised(CHANCES * [1, 1, 0, 0])):
        raise Wrong("these are the first 2 of the alphabet; the likeliest may stand anywhere in it")
    if np.allclose(p, np.where(kept > 0, 0.5, 0)):
        raise Wrong("those that stay are not equally likely: they keep their proportions")
    if (left := int((p > 0).sum())) != 2:
        raise Wrong(f"2 were asked for, and {left} are left")
    if not np.allclose(p, _normalised(kept)):
        raise Wrong(f"0.5 and 0.3 stay and become 0.625 and 0.375; yours is {p.round(3)}")
    if not np.allclose(numbers(answer(CHANCES.copy(), 4), CHANCES.shape), CHANCES):
        raise Wrong("right for 2; but if all 4 may stay, nothing should change")
    return "it keeps nonsense out even at a temperature of 1, where temperature alone does not"


def _normalised(values: np.ndarray) -> np.ndarray:
    return values / values.sum()
