"""Lesson 6's dream and its style transfer. Runs in the appliance.

A step is one evaluation of what a picture is changed by: values and gradient. The picture is not
changed, so that each step is the same.
"""

import protocol
from workshop.classifier import Classifier
from workshop.objectives import Dreamer, StyleTransfer
from workshop.style import Losses


def dream(network, inputs):
    """Lesson 6's `objective`."""
    objective = Dreamer(network.layers, "inception_4c/output").strength()
    return lambda: float(objective(inputs["photo"])[0])


def style(network, inputs):
    """Lesson 6's `losses`."""
    layers = "conv1/7x7_s2", "conv2/3x3", "inception_3a/output", "inception_3b/output"
    transfer = StyleTransfer(network.layers, "inception_4b/output", layers)
    losses = transfer.of(inputs["photo"], inputs["painting"])
    weights = Losses(content=1, style=30, variation=1e-4)
    return lambda: losses(inputs["painting"], weights)[0].times(weights)


KINDS = {"dream": dream, "style": style}
protocol.learn(lambda name, inputs, _: KINDS[name](Classifier("googlenet"), inputs))
