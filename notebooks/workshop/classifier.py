"""The pretrained networks, ready to use: definition, weights, preprocessing, labels.

network = Classifier("googlenet")
for index, label, probability in network.top(network.prepare(photo)[None])[0]:
    print(f"{100 * probability:5.1f} %  {label}")
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from lasagne.layers import Layer, get_all_params, get_output
from PIL import Image

from . import compiling, preprocessing, weights
from .googlenet import googlenet
from .inception_v3 import inception_v3
from .labels import load_labels

#: So many pictures are computed at once: 16 of 224 pixels take two thirds of the memory that they
#: take together, and a tenth less time.
GROUP = 4


@dataclass(frozen=True)
class Network:
    """How to build a network, and how to prepare photos for its weights."""

    define: Callable[..., dict[str, Layer]]
    steps: Sequence[preprocessing.Step]


NETWORKS = {
    "googlenet": Network(googlenet, preprocessing.GOOGLENET),
    "inception-v3": Network(inception_v3, preprocessing.INCEPTION_V3),
}


class Classifier:
    """A network with its weights.

    Args:
        name: one of `NETWORKS`.
        folder: of the data; `data.data_folder()` unless given.

    Attributes:
        name: as given.
        layers: by name, from `data` to `prob`.
        steps: the preprocessing.
        labels: of the 1,000 classes.
        standin: why the weights are random, or ''.

    Raises:
        WorkshopError: a file of weights or labels is damaged.
    """

    def __init__(self, name: str, folder: Path | None = None) -> None:
        self.name, network = name, NETWORKS[name]
        loaded = weights.load(name, folder)
        self.standin = loaded.standin
        self.labels = load_labels(folder)
        self.steps = network.steps
        self.layers = network.define()
        set_weights(self.layers, loaded.arrays)

    @property
    def is_standin(self) -> bool:
        """True when the weights are random."""
        return bool(self.standin)

    def caption(self, text: str) -> str:
        """A figure's title, which says so where the weights are random."""
        return f"{text} (STAND-IN: random weights of {self.name})" if self.is_standin else text

    def prepare(self, photo: Image.Image) -> np.ndarray:
        """(3, side, side) float32: the network's input for one photo."""
        return preprocessing.prepare(self.steps, photo)

    @cached_property
    def probabilities(self) -> Callable[[np.ndarray], np.ndarray]:
        """The function from (n, 3, height, width) to (n, 1000); compiled at its first use.

        One for every n, height and width: nothing is compiled again for another batch.
        """
        function = compiled(self.layers, ["prob"])

        def of_all(batch: np.ndarray) -> np.ndarray:
            groups = (batch[start : start + GROUP] for start in range(0, len(batch), GROUP))
            return np.concatenate([function(group) for group in groups])

        return of_all

    def top(self, batch: np.ndarray, count: int = 5) -> list[list[tuple[int, str, float]]]:
        """For each picture of a batch the `count` likeliest classes: index, label, probability."""
        return [
            [
                (int(i), self.labels[i], float(row[i]))
                for i in np.argsort(-row, kind="stable")[:count]
            ]
            for row in self.probabilities(batch)
        ]


def set_weights(layers: Mapping[str, Layer], arrays: Mapping[str, np.ndarray]) -> None:
    """Give each parameter of a network the array of its name."""
    for parameter in get_all_params(layers["prob"]):
        parameter.set_value(arrays[parameter.name])


def compiled(layers: Mapping[str, Layer], names: Sequence[str]) -> Callable:
    """One function from a batch to the outputs of the named layers (a list if several)."""
    outputs = get_output([layers[name] for name in names], deterministic=True)
    outputs = outputs[0] if len(names) == 1 else outputs
    return compiling.function([layers["data"].input_var], outputs)
