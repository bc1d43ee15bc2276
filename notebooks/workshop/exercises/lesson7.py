"""The exercises of lesson 7: returns, the step of Q-learning, targets of a batch, paired games."""

from collections.abc import Callable, Sequence

import numpy as np

from . import Wrong, exercise, number, numbers


def _near(found: object, expected: object) -> bool:
    return bool(np.allclose(found, expected, rtol=1e-6, atol=1e-9))


@exercise
def discounted(answer: Callable[[Sequence[float], float], float]) -> str:
    """answer(rewards, gamma): the return, sum of gamma ** t * rewards[t]."""
    rewards, gamma = [2, 0, 20, 6], 0.5
    found = number(answer(list(rewards), gamma))
    powers = gamma ** np.arange(4.0)
    if _near(found, sum(rewards)):
        raise Wrong("that is all rewards as they are; later ones should count less")
    if _near(found, gamma * powers @ rewards):
        raise Wrong("the first reward comes now and counts in full; begin with gamma ** 0")
    if _near(found, powers @ rewards[::-1]):
        raise Wrong("there the last reward counts most; it should be the first")
    if _near(found, powers @ rewards / 4):
        raise Wrong("a return is a sum, not a mean: a longer game gives more of it")
    if _near(found, rewards[0] + gamma * sum(rewards[1:])):
        raise Wrong("each later reward has one factor gamma more than the one before")
    if not _near(found, powers @ rewards):
        raise Wrong(f"for the rewards {rewards} and gamma {gamma} yours gives {found:g}")
    if not _near(answer([], 0.9), 0):
        raise Wrong("a game that is over has no rewards, and a return of 0")
    return "the same, as a recursion: the reward now, plus gamma times the return from then on"


@exercise
def update(answer: Callable[..., float]) -> str:
    """answer(q, reward, best_next, gamma, rate): Q after one step of Q-learning."""
    q, reward, best, gamma, rate = 10.0, 6.0, 20.0, 0.9, 0.25
    found = number(answer(q, reward, best, gamma, rate))
    target = reward + gamma * best
    if _near(found, target):
        raise Wrong("that jumps to the target; go only the part `rate` of the way to it")
    if _near(found, q + rate * target):
        raise Wrong("that grows for ever; what moves Q is the difference between target and Q")
    if _near(found, rate * (target - q)):
        raise Wrong("that is how much Q changes; asked for is what it is afterwards")
    if _near(found, q - rate * (target - q)):
        raise Wrong("that moves away from the target")
    if _near(found, q + rate * (reward + best - q)):
        raise Wrong("what comes next counts gamma times as much as what comes now")
    if _near(found, q + rate * (gamma * (reward + best) - q)):
        raise Wrong("the reward comes now, so it counts in full")
    if _near(found, rate * q + (1 - rate) * target):
        raise Wrong("`rate` is the part of the target, and 1 - rate what stays of the old Q")
    if not _near(found, q + rate * (target - q)):
        raise Wrong(
            f"with Q {q:g}, reward {reward:g}, best next {best:g}, gamma {gamma:g} and rate "
            f"{rate:g} yours gives {found:g}"
        )
    return "if Q is the target already nothing changes: that is Bellman's equation"


@exercise
def targets(answer: Callable[[np.ndarray, np.ndarray, int], np.ndarray]) -> str:
    """answer(q, which, count): the highest q of each board, 0 for boards that `which` lacks."""
    q, which = np.array([4.0, 9.0, 7.0, 2.0, 3.0]), np.array([0, 0, 2, 3, 3])
    found = numbers(answer(q.copy(), which.copy(), 5), (5,))
    if np.isnan(found).any() or np.isinf(found).any():
        raise Wrong("boards 1 and 4 have no choice: the game is over, and nothing is to come")
    if _near(found, [9, 9, 9, 9, 9]):
        raise Wrong("that is the best of all boards; each board has a best choice of its own")
    if _near(found, [13, 0, 7, 5, 0]):
        raise Wrong("the player takes one of the choices, not all of them: no sum")
    if _near(found, [6.5, 0, 7, 2.5, 0]):
        raise Wrong("the mean is what a random player may expect; ours takes the best")
    if _near(found, [1, 0, 2, 4, 0]) or _near(found, [1, 0, 0, 1, 0]):
        raise Wrong("that is where the best one stands; asked for is how high it is")
    if not _near(found, [9, 0, 7, 3, 0]):
        raise Wrong(
            f"for q {q.tolist()} on the boards {which.tolist()}, of 5, yours is {found.tolist()}"
        )
    return "the zeros are how the network learns what an end is: nothing else tells it"


@exercise
def paired(answer: Callable[[np.ndarray, np.ndarray], Sequence[float]]) -> str:
    """answer(one, other): mean of one - other, and the standard error of that mean."""
    rng = np.random.RandomState(7)
    luck = rng.normal(500, 200, 50)
    one, other = luck + rng.normal(30, 20, 50), luck + rng.normal(0, 20, 50)
    mean, error = numbers(answer(one.copy(), other.copy()), (2,))
    difference = one - other
    if _near(mean, -difference.mean()):
        raise Wrong("that is how much better the other one is")
    if not _near(mean, difference.mean()):
        raise Wrong("the first of the two should be the mean of `one - other`")
    for ddof in (0, 1):
        apart = np.sqrt((one.var(ddof=ddof) + other.var(ddof=ddof)) / 50)
        if _near(error, apart):
            raise Wrong(
                "that is right for two players in different games; here the luck of a game is the "
                "same for both, and goes out when you subtract first"
            )
        if _near(error, difference.std(ddof=ddof)):
            raise Wrong(
                "that is how much a single game varies; the mean of 50 varies less. Divide by the "
                "root of their number"
            )
        if _near(error, difference.std(ddof=ddof) / 50):
            raise Wrong("four times the games make the error half as large: a root is missing")
        if _near(error, difference.std(ddof=ddof) / np.sqrt(50)):
            return (
                "unpaired it would be "
                f"{apart / error:.0f} times as large here: as good as {(apart / error) ** 2:.0f} "
                "times fewer games"
            )
    raise Wrong("the second is off: divide the standard deviation of the differences by a root")
