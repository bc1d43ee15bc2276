"""Training a network that reads digits: what lesson 1 builds step by step, for images.

Momentum: Y. Nesterov's, in the form of I. Sutskever et al., "On the importance of
initialization and momentum in deep learning" (2013).
"""

import numpy as np

from .data import Part
from .progress import Progress

AT_ONCE = 500  # digits that go through a network together when it is only asked


class Model:
    """A network with what trains it.

    Args:
        name: what figures call it.
        network: its last layer, a softmax over the ten digits; its input layer takes
            (n, 1, 28, 28).
        rate: how far the first steps of a training go.

    Attributes:
        history: for each epoch {"train": (loss, share of right digits), "valid": (the same)}.
        step: (images, labels) -> loss; changes the weights a little.
    """

    def __init__(self, name: str, network, rate: float):
        import lasagne
        import theano
        import theano.tensor as T

        self.name, self.network, self.first_rate, self.history = name, network, rate, []
        self.rate = theano.shared(np.float32(rate))
        x, y = T.tensor4("x"), T.ivector("y")
        inputs = {lasagne.layers.get_all_layers(network)[0]: x}
        noisy = lasagne.layers.get_output(network, inputs)
        loss = lasagne.objectives.categorical_crossentropy(noisy, y).mean()
        weights = lasagne.layers.get_all_params(network, trainable=True)
        updates = lasagne.updates.nesterov_momentum(loss, weights, self.rate)
        self.step = theano.function([x, y], loss, updates=updates)
        clean = lasagne.layers.get_output(network, inputs, deterministic=True)
        self._ask = theano.function([x], clean)

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """(n, 10) for images (n, 28, 28); changes nothing."""
        starts = range(0, len(images), AT_ONCE)
        return np.concatenate([self._ask(images[i : i + AT_ONCE, None]) for i in starts])

    def measure(self, part: Part, limit: int = 10_000) -> tuple[float, float]:
        """Loss and share of right answers on the first digits of a part."""
        p, truth = self.probabilities(part.images[:limit]), part.labels[:limit]
        loss = -np.log(p[np.arange(len(truth)), truth] + 1e-9).mean()
        return float(loss), float((p.argmax(axis=1) == truth).mean())


def fit(model: Model, train: Part, valid: Part, epochs: int, batch: int = 128, seed: int = 1):
    """Train until the model has so many epochs; interrupted and run again, it goes on.

    The steps get shorter from `model.first_rate` down to nothing at the end of the last epoch.
    """
    from . import plots  # only here: all else works without matplotlib

    batches = -(-len(train) // batch)
    missing = epochs - len(model.history)
    if missing <= 0:
        return print(f"The {model.name} has its {epochs} epochs; ask for more to go on.")
    live = plots.Live(alt=f"Loss and wrong digits of the {model.name} after each epoch.")
    with Progress(missing * batches, f"Training the {model.name}") as progress:
        while (done := len(model.history)) < epochs:
            order = np.random.RandomState(1000 * seed + done).permutation(len(train))
            for number, chosen in enumerate(np.array_split(order, batches)):
                left = 1 - (done + number / batches) / epochs
                model.rate.set_value(np.float32(model.first_rate * left))
                model.step(train.images[chosen, None], train.labels[chosen])
                progress.advance()
            known, new = model.measure(train, 5_000), model.measure(valid)
            model.history.append({"train": known, "valid": new})
            progress.advance(0, note=f"{100 * new[1]:.2f} % of validation digits right")
            live.show(plots.learning_curves(model.history, epochs, f"The {model.name}"))
