"""What a network is made of: its stages, the sizes of their outputs, and what they cost."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import lasagne
import numpy as np
from lasagne.layers import Layer


@dataclass(frozen=True)
class Stage:
    """Layers that share the first part of their name, such as a whole Inception module.

    Attributes:
        shape: of what it hands on for one picture: channels, height, width; or numbers.
        parameters: how many numbers it has learned.
        multiplications: how often it multiplies for one picture, in convolutions and dense layers.
    """

    name: str
    shape: tuple[int, ...]
    parameters: int
    multiplications: int


def stages(layers: Mapping[str, Layer], side: int) -> list[Stage]:
    """The stages of a network for pictures of `side` by `side` pixels, in order.

    Args:
        layers: by name, as `googlenet` and `inception_v3` return them.
    """
    picture = {layers["data"]: (1, 3, side, side)}
    shapes = lasagne.layers.get_output_shape(list(layers.values()), picture)
    found: dict[str, Stage] = {}
    for (name, layer), shape in zip(layers.items(), shapes, strict=True):
        stage = re.split(r"[/.]", name)[0]
        before = found.get(stage, Stage(stage, (), 0, 0))
        found[stage] = Stage(
            stage,
            shape[1:],
            before.parameters + sum(w.get_value(borrow=True).size for w in layer.get_params()),
            before.multiplications + _multiplications(layer, shape),
        )
    return list(found.values())


def _multiplications(layer: Layer, shape: tuple[int, ...]) -> int:
    """Each weight is used once for each place of the output."""
    weights = getattr(layer, "W", None)
    return 0 if weights is None else weights.get_value(borrow=True).size * int(np.prod(shape[2:]))


def table(found: list[Stage]) -> str:
    """The stages as text, a line each, with their sums."""
    lines = [f"{'stage':15} {'output':>15} {'parameters':>11} {'multiplications':>16}"]
    for stage in found:
        shape = " x ".join(map(str, stage.shape))
        lines.append(
            f"{stage.name:15} {shape:>15} {stage.parameters:11,} {stage.multiplications:16,}"
        )
    sums = [sum(getattr(s, part) for s in found) for part in ("parameters", "multiplications")]
    return "\n".join([*lines, f"{'all':15} {'':15} {sums[0]:11,} {sums[1]:16,}"])
