"""Answers to the exercises of lesson 0.

Four of them ask for a function that compiles one. What was compiled is only called here, so
that these checks need NumPy alone. A wrong answer is recognised by what it computes: each check
makes typical mistakes itself and compares.
"""

from collections.abc import Callable, Iterator

import numpy as np

from . import Wrong, exercise, number, numbers

TABLE = np.array([[1, 2, 6], [10, 30, 20]], "float32")
CALLS = 60  # of the Fibonacci function: beyond what 32 bits can hold
AT = np.linspace(-4, 4, 9)
X = np.linspace(-1, 1, 9, dtype="float32")
Y = 2 * X - 1  # the line to be found
LINE_RATE = 0.1  # as the exercise says


@exercise
def centre_rows(answer: Callable) -> str:
    """Is each row's own mean subtracted from it?"""
    function = _compiled(answer)
    try:
        centred = _single(function(TABLE))
    except ValueError as error:  # Theano's or NumPy's word for shapes that do not fit
        raise Wrong(
            "the means do not fit the table: a vector is repeated for every row, so it needs one "
            f"number for each column ({str(error).splitlines()[0]})"
        ) from None
    centred = numbers(centred, TABLE.shape)
    if np.allclose(centred, TABLE - TABLE.mean(axis=0)):
        raise Wrong("each column is centred, as above; along which axis do the rows run?")
    if np.allclose(centred, TABLE - TABLE.mean()):
        raise Wrong("one mean was taken of the whole table; each row has its own")
    if np.allclose(centred, TABLE.mean(axis=1, keepdims=True)):
        raise Wrong("these are the means; they are to be taken away from their rows")
    if not np.allclose(centred, TABLE - TABLE.mean(axis=1, keepdims=True), atol=1e-5):
        raise Wrong(f"the rows now have the means {centred.mean(axis=1).round(2)}, not 0")
    return (
        "the means are a column, declared as one wide; a plain vector of three means would have "
        "met the columns of a 3 by 3 table without any error, and given wrong numbers"
    )


@exercise
def fibonacci(answer: Callable) -> str:
    """Does each call return the next Fibonacci number?"""
    step = _compiled(answer)
    said = [number(_single(step())) for _ in range(CALLS)]
    true = [0, 1]
    while len(true) < CALLS:
        true.append(true[-2] + true[-1])
    if said == true:
        return "both updates used the old values: in a loop of Python, one had to be kept aside"
    if len(set(said)) == 1:
        raise Wrong(f"every call returns {said[0]:g}: which updates change the shared variables?")
    adds_up = all(a + b == c for a, b, c in zip(said[:30], said[1:], said[2:], strict=False))
    if adds_up and said[:2] != [0, 1]:
        raise Wrong(
            f"each is the sum of the two before, but they begin with {said[0]:g}: start from 0 and "
            "1, return the older of the two, and make the shared variables inside the function, "
            "so that they start anew with it"
        )
    if said[2:6] == [2 * n for n in said[1:5]]:
        raise Wrong(
            "the numbers double; an update knows the old values only, so write the new second "
            "number as the sum of the two old ones"
        )
    wrong = next(i for i, (a, b) in enumerate(zip(said, true, strict=True)) if a != b)
    if wrong > 30:
        raise Wrong(
            f"right up to {true[wrong - 1]}, then {said[wrong]:.0f}: float32 keeps 7 digits, and "
            "int32 ends at 2,147,483,647; take a type with more room"
        )
    first = ", ".join(f"{value:g}" for value in said[:6])
    raise Wrong(f"the first numbers are {first}; expected are 0, 1, 1, 2, 3, 5")


@exercise
def logistic(answer: Callable) -> str:
    """Does the function return the logistic curve and its slope?"""
    result = _compiled(answer)(AT)
    if not isinstance(result, list | tuple) or len(result) != 2:
        raise Wrong("two things are asked for, in a list: the curve, and its slope")
    value = numbers(result[0], AT.shape)
    curve = 1 / (1 + np.exp(-AT))
    _value(value, curve)
    if np.ndim(result[1]) == 0:
        raise Wrong("this is one slope; each of the numbers that go in has its own")
    _slope(numbers(result[1], AT.shape), curve)
    return (
        "the slope is s (1 - s): never above 1/4, and next to nothing far from 0, so that a unit "
        "which is very sure learns very slowly"
    )


def _value(value: np.ndarray, curve: np.ndarray) -> None:
    if np.allclose(value, curve * (1 - curve)):
        raise Wrong("the first is the slope already; the curve itself comes first")
    if np.allclose(value, curve[::-1]):
        raise Wrong("the curve falls where it should rise; look at the sign in the exponent")
    if not np.allclose(value, curve):
        raise Wrong(
            f"at 0 the curve should be 0.5 and at 4 0.982; yours is {value[4]:.3g} and "
            f"{value[8]:.3g}"
        )


def _slope(slope: np.ndarray, curve: np.ndarray) -> None:
    true = curve * (1 - curve)
    if np.allclose(slope, true / len(AT)):
        raise Wrong(
            f"the slope is {len(AT)} times too small for these {len(AT)} numbers; did you derive "
            "their mean? What made one number of `wave` in section 5?"
        )
    if np.allclose(slope, -true):
        raise Wrong("the curve rises everywhere, and this slope is negative")
    if np.allclose(slope, curve):
        raise Wrong("the second is the curve again; its slope is asked for")
    if not np.allclose(slope, true):
        raise Wrong("the curve is right, the slope is not: derive that very expression")


@exercise
def line_step(answer: Callable) -> str:
    """Does each call return the loss, and take a step towards the line?"""
    step = _compiled(answer)
    losses = np.array([number(_single(step(X, Y))) for _ in range(50)])
    for message, typical in _typical_steps():
        if np.allclose(losses, typical, rtol=1e-3, atol=1e-6):
            if message:
                raise Wrong(message)
            return "that is all of it: a loss, its gradient, and an update for each weight"
    start = (Y**2).mean()
    if not np.isclose(losses[0], start, rtol=1e-3):
        raise Wrong(
            f"the first loss is {losses[0]:.3g}; with both weights 0 it is the mean of y squared, "
            f"{start:.3g} here"
        )
    raise Wrong(
        f"the first loss is right, but it goes on with {losses[1]:.3g} and {losses[2]:.3g}; check "
        "what is taken away from which weight, and the rate"
    )


def _typical_steps() -> Iterator[tuple[str, np.ndarray]]:
    """Losses of the right step (no message), then of typical mistakes, each with its message."""
    yield "", _line_losses()
    yield "the loss stays the same: where are the updates?", _line_losses(rate=0)
    yield (
        "the loss grows: the gradient points uphill, and you follow it",
        _line_losses(rate=-LINE_RATE),
    )
    yield (
        "the loss stops falling too early: only one of the two weights learns",
        _line_losses(intercept=0),
    )
    yield (
        "the loss stops falling too early: only one of the two weights learns",
        _line_losses(slope=0),
    )
    yield (
        "this is the sum of the squared errors; with their mean the steps do not depend on how "
        "many points there are",
        _line_losses(rate=LINE_RATE * len(X)) * len(X),
    )


def _line_losses(rate: float = LINE_RATE, slope: float = 1, intercept: float = 1) -> np.ndarray:
    """The mean squared error before each of 50 steps; 0 for a weight that does not learn."""
    a, b, losses = 0.0, 0.0, []
    for _ in range(50):
        error = a * X + b - Y
        losses.append((error**2).mean())
        a -= slope * rate * 2 * (error * X).mean()
        b -= intercept * rate * 2 * error.mean()
    return np.array(losses)


@exercise
def step_by_hand(answer: Callable) -> str:
    """Does a function of NumPy's take the step that Theano would take?"""
    rng = np.random.RandomState(0)
    x, t = rng.normal(size=(7, 2)), np.array([0.0, 1, 1, 0, 1, 0, 1])
    w, b, rate = np.array([0.5, -1.0]), 0.25, 0.5
    result = answer(w.copy(), b, x.copy(), t.copy(), rate)
    if not isinstance(result, list | tuple) or len(result) != 2:
        raise Wrong("two things are asked for: the new w, and the new b")
    moved = np.append(w - numbers(result[0], w.shape), b - number(result[1])) / rate
    slope = _slope_of_loss(np.append(w, b), x, t)
    if np.allclose(moved, slope, atol=1e-6):
        return (
            "the same as finite differences say, and as T.grad; and this network has one layer, "
            "so imagine the paper for GoogLeNet's 22"
        )
    _typical_gradients(moved, slope, x, t, x @ w + b)
    raise Wrong(
        f"w and b moved by {(-rate * moved).round(3)}, but finite differences of the loss say "
        f"{(-rate * slope).round(3)}"
    )


def _typical_gradients(
    moved: np.ndarray, slope: np.ndarray, x: np.ndarray, t: np.ndarray, z: np.ndarray
) -> None:
    if not moved.any():
        raise Wrong("nothing moved; return the new weights, not the old ones")
    if np.allclose(moved, -slope, atol=1e-6):
        raise Wrong("this step goes uphill: what is the sign of p - t where p is too large?")
    if np.allclose(moved, len(t) * slope, atol=1e-6):
        raise Wrong("the step is as many times too long as there are points; the loss is a mean")
    if np.allclose(moved[:2], slope[:2], atol=1e-6):
        raise Wrong(
            "w is right, b is not: it acts like a weight of an input that is always 1, and uses "
            "the same p, from before the step"
        )
    extended = np.column_stack([x, np.ones(len(x))])
    if np.allclose(moved, (z - t) @ extended / len(t), atol=1e-6):
        raise Wrong("the weighted sum was taken for the probability; where is the logistic curve?")
    p = 1 / (1 + np.exp(-z))
    if np.allclose(moved, ((p - t) * p * (1 - p)) @ extended / len(t), atol=1e-6):
        raise Wrong(
            "that is the gradient of half the squared error; the slope of the cross-entropy's "
            "logarithm cancels the slope of the logistic curve"
        )


def _slope_of_loss(weights: np.ndarray, x: np.ndarray, t: np.ndarray, h: float = 1e-6):
    """The gradient of section 7's loss by finite differences, which give no solution away."""

    def loss(weights: np.ndarray) -> float:
        p = 1 / (1 + np.exp(-(x @ weights[:2] + weights[2])))
        return -(t * np.log(p) + (1 - t) * np.log(1 - p)).mean()

    return np.array([(loss(weights + e) - loss(weights - e)) / (2 * h) for e in h * np.eye(3)])


def _compiled(answer: Callable) -> Callable:
    """The function that an answer compiles."""
    function = answer()
    if not callable(function):
        raise Wrong(
            f"what comes back is a {type(function).__name__}; compile it with theano.function, "
            "and return that"
        )
    return function


def _single(result: object) -> object:
    """The one result of a compiled function, which is in a list if its output was given as one."""
    return result[0] if isinstance(result, list) and len(result) == 1 else result
