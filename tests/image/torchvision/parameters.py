"""Puts arrays with our names into torchvision's Inception v3."""

from collections.abc import Mapping

import numpy as np
import torch

THEIRS = {
    "conv.W": "conv.weight",
    "bn.gamma": "bn.weight",
    "bn.beta": "bn.bias",
    "bn.mean": "bn.running_mean",
    "bn.variance": "bn.running_var",
    "fc.W": "fc.weight",
    "fc.b": "fc.bias",
}


def fill(net: torch.nn.Module, arrays: Mapping[str, np.ndarray]) -> None:
    """Give each parameter its array; what has none, such as the extra classifier, stays."""
    state = net.state_dict()
    for name, array in arrays.items():
        ours = ".".join(name.split(".")[-2:])
        tensor = torch.from_numpy(array.T.copy() if ours == "fc.W" else array)
        state[name.removesuffix(ours) + THEIRS[ours]].copy_(tensor)
