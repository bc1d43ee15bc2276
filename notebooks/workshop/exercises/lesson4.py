"""The exercises of lesson 4: weights of convolutions, what they see, folding, two opinions."""

import numpy as np

from . import Wrong, exercise


@exercise
def weights(answer):
    """answer(inputs, filters, height, width): weights of a convolution without a bias."""
    for inputs, filters, height, width in ((192, 192, 1, 7), (64, 96, 3, 3), (3, 32, 5, 2)):
        found, right = answer(inputs, filters, height, width), inputs * filters * height * width
        if found == right:
            continue
        layer = f"{filters} filters of {height} by {width} on {inputs} channels"
        if found == right + filters:
            raise Wrong("batch normalisation follows, and its shift does what a bias would do")
        if found in (inputs * height * width, filters * height * width):
            raise Wrong("every filter has its own weights for every channel: count both")
        if found in (inputs * filters * height**2, inputs * filters * width**2):
            raise Wrong("that filter would be square; these have a height and another width")
        raise Wrong(f"for {layer} you say {found:,}; draw one filter and count its weights")
    return "a row and a column of 7 have 14 weights for each pair of channels, not 49"


@exercise
def sees(answer):
    """answer(sizes): how many pixels wide a stack of convolutions with stride 1 sees."""
    for sizes in ([3], [3, 3], [5, 3], [3, 3, 3], [7, 1, 7]):
        found, right = answer(list(sizes)), 1 + sum(size - 1 for size in sizes)
        if found == right:
            continue
        stack = " then ".join(map(str, sizes))
        if found == sum(sizes):
            raise Wrong(
                f"{stack}: the second filter's middle lies on what the first one saw already"
            )
        if found == np.prod(sizes):
            raise Wrong(f"{stack}: that many it would see if the filters stood apart")
        if found == max(sizes):
            raise Wrong(f"{stack}: the second filter looks at neighbours, which saw other pixels")
        raise Wrong(f"{stack}: you say {found}; what does each filter add on both sides?")
    return "each filter adds its size less one"


@exercise
def fold(answer):
    """answer(W, gamma, beta, mean, variance, epsilon): filters and biases that do both."""
    rng = np.random.RandomState(4)
    filters = rng.standard_normal((4, 3, 2, 2))
    gamma, beta, mean = rng.uniform(0.5, 2, (3, 4))
    variance, epsilon = rng.uniform(0.01, 0.1, 4), 0.02
    given = (filters, gamma, beta, mean, variance, epsilon)
    result = answer(*(np.copy(each) for each in given))
    if not isinstance(result, tuple | list) or len(result) != 2:
        raise Wrong("return two things: the new filters and the biases")
    new, bias = (np.asarray(each) for each in result)
    if new.shape != filters.shape or bias.shape != (4,):
        raise Wrong(
            f"the filters came back as {new.shape}, the biases as {bias.shape}; they should be "
            f"{filters.shape} and (4,): a number for each filter goes along the first axis"
        )
    scale = gamma / np.sqrt(variance + epsilon)

    def is_scaled(by):
        return np.allclose(new, filters * by[:, None, None, None])

    if not is_scaled(scale):
        if is_scaled(gamma / np.sqrt(variance)):
            raise Wrong("epsilon is missing; it counts where the variance is small")
        if is_scaled(gamma / (variance + epsilon)):
            raise Wrong("divide by the standard deviation, not by the variance")
        if is_scaled(1 / np.sqrt(variance + epsilon)):
            raise Wrong("gamma is missing in the filters")
        raise Wrong("the filters are not what they should be: by what is each of them multiplied?")
    if np.allclose(bias, beta):
        raise Wrong("the filters are right; the mean has to be subtracted somewhere, too")
    if np.allclose(bias, beta - mean):
        raise Wrong("the filters are right; the mean is scaled as everything else is")
    if not np.allclose(bias, beta - mean * scale):
        raise Wrong("the filters are right; put a picture of zeros in: what should come out?")
    return "so a trained network needs no batch normalisation at all; it saves time in a phone"


@exercise
def both(answer):
    """answer(p, q): what two networks say together; each (photos, classes)."""
    p = np.array([[0.6, 0.3, 0.1], [0.2, 0.5, 0.3]])
    q = np.array([[0.2, 0.7, 0.1], [0.4, 0.4, 0.2]])
    found = np.asarray(answer(p.copy(), q.copy()), float)
    if found.shape != p.shape:
        raise Wrong(f"two tables of shape {p.shape} became one of {found.shape}; keep the shape")
    if np.allclose(found, p + q):
        raise Wrong("these add up to 2; probabilities add up to 1")
    if np.allclose(found, p) or np.allclose(found, q):
        raise Wrong("that is the opinion of one network alone")
    if np.allclose(found, np.maximum(p, q)) or np.allclose(found, p * q):
        raise Wrong("these do not add up to 1 for each photo any more")
    if not np.allclose(found, (p + q) / 2):
        raise Wrong("both networks should count the same, with their probabilities as they are")
    return "two that err in different ways are together better than each: an ensemble"
