"""Answers to the exercises of lesson 9; they need NumPy alone."""

from collections.abc import Callable

import numpy as np

from . import Wrong, exercise, number, numbers

ROUNDING = 2.0**-24
RANDOM = np.random.RandomState(0)
A, B = RANDOM.randn(3, 5), RANDOM.randn(5, 4)
SHAPE, SECONDS = (30, 20, 50), 0.001  # m, k, n of a product, and how long it took


@exercise
def bound(answer: Callable) -> str:
    """Is this the bound of the error of each number of a product?"""
    right = A.shape[1] * ROUNDING * (np.abs(A) @ np.abs(B))
    found = numbers(answer(A.copy(), B.copy()), right.shape)
    factor = found / right
    if np.allclose(factor, 2):
        raise Wrong(
            "twice too large: np.finfo(np.float32).eps is the step from 1 to the next number, and "
            "rounding is wrong by half a step at most"
        )
    if np.allclose(factor, np.finfo(float).eps / np.finfo(np.float32).eps):
        raise Wrong("that is the bound for numbers of 64 bits; these have 32, so u is 2 ** -24")
    if np.allclose(factor, 1 / A.shape[1]):
        raise Wrong("one rounding alone; how many terms are added up?")
    for wrong, of in zip((*A.shape, *B.shape), ("a", "a", "b", "b"), strict=True):
        if wrong != A.shape[1] and np.allclose(factor, wrong / A.shape[1]):
            raise Wrong(f"you multiply by {wrong}, a side of {of} that is not added up over")
    if np.allclose(factor, 1 / ROUNDING):
        raise Wrong("u, the rounding of one operation, is missing")
    for product in (A @ B, np.abs(A @ B)):
        if np.allclose(found, A.shape[1] * ROUNDING * product):
            raise Wrong(
                "large terms can cancel in the result, but not their roundings: take absolute "
                "values before you multiply"
            )
    if not np.allclose(found, right, rtol=1e-4, atol=0):
        raise Wrong(f"the first number should be {right[0, 0]:.3g}, and is {found[0, 0]:.3g}")
    return "a result within that is as right as 32 bits can promise, in any order of adding"


@exercise
def gflops(answer: Callable) -> str:
    """Is this how many thousand million operations a product does in a second?"""
    m, k, n = SHAPE
    right = 2 * m * k * n / SECONDS / 1e9
    found = number(answer(m, k, n, SECONDS))
    if np.isclose(found, right / 2):
        raise Wrong("you count the multiplications; the additions are operations, too")
    if np.isclose(found, right * 1e9):
        raise Wrong("these are FLOP/s; a G is a thousand million of them")
    if np.isclose(found, right * 1e9 / 2**30):
        raise Wrong("a G is 10 ** 9 here, not 2 ** 30: that is for the sizes of memory")
    if np.isclose(found, right * SECONDS) or np.isclose(found, right * SECONDS**2):
        raise Wrong("speed is operations divided by seconds")
    if np.isclose(found, right / k) or np.isclose(found, 2 * m * n / SECONDS / 1e9):
        raise Wrong("that counts one multiplication for each number of the result; it needs k")
    if any(np.isclose(found, 2 * side**3 / SECONDS / 1e9) for side in SHAPE):
        raise Wrong("that is right for square matrices; these need not be square")
    if not np.isclose(found, right):
        raise Wrong(f"{m} by {k} times {k} by {n} in {SECONDS:g} s: {right:g}; yours is {found:g}")
    return "for square matrices that is 2 n ** 3 operations, which is what the next cell counts"


@exercise
def at_least(answer: Callable) -> str:
    """Is this the shortest time of a step, of operations and bytes at these speeds?"""
    calculates, delivers = (6e9, 1e9, 2e9, 1e9), (1e9, 8e9, 2e9, 1e9)
    found = [number(answer(*given)) for given in (calculates, delivers)]
    if np.allclose(found, [4, 8.5]):
        raise Wrong("you wait for one after the other; both happen at the same time")
    if np.allclose(found, [1, 0.5]):
        raise Wrong("after that time one of them is done; the step has to wait for the other")
    if np.allclose(found, [3, 0.5]):
        raise Wrong("that is how long the operations take; the bytes can take longer")
    if np.allclose(found, [1, 8]):
        raise Wrong("that is how long the bytes take; the operations can take longer")
    if np.allclose(found, [1 / 3, 2]) or np.allclose(found, [1, 2]):
        raise Wrong("seconds are operations divided by operations in a second")
    if not np.allclose(found, [3, 8]):
        raise Wrong(
            "6e9 operations and 1e9 bytes, at 2e9 operations and 1e9 bytes in a second, take 3 s "
            f"at least; yours is {found[0]:g}"
        )
    return "section 6 draws just that, and calls it the roof"
