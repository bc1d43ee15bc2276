"""GoogLeNet of Caffe and Inception v3 of torchvision, as modules of PyTorch, with our weights.

torchvision's own GoogLeNet is another network: it has batch normalisation and no normalisation
across channels.
"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np
import parameters
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torchvision.models import inception_v3

Arrays = Mapping[str, np.ndarray]


class GoogLeNet(nn.Module):
    """From (n, 3, 224, 224) to probabilities."""

    def __init__(self, arrays: Arrays) -> None:
        super().__init__()
        self.weights = {name: torch.from_numpy(array) for name, array in arrays.items()}

    def conv(self, x: Tensor, name: str, stride: int = 1) -> Tensor:
        filters = self.weights[f"{name}.W"]
        x = F.conv2d(x, filters, self.weights[f"{name}.b"], stride, filters.shape[-1] // 2)
        return F.relu_(x)

    def module(self, x: Tensor, name: str) -> Tensor:
        conv = self.conv
        branches = (
            conv(x, f"{name}/1x1"),
            conv(conv(x, f"{name}/3x3_reduce"), f"{name}/3x3"),
            conv(conv(x, f"{name}/5x5_reduce"), f"{name}/5x5"),
            conv(F.max_pool2d(x, 3, stride=1, padding=1), f"{name}/pool_proj"),
        )
        return torch.cat(branches, 1)

    def forward(self, x: Tensor) -> Tensor:
        pool = partial(F.max_pool2d, kernel_size=3, stride=2, ceil_mode=True)
        norm = partial(F.local_response_norm, size=5, alpha=1e-4, beta=0.75, k=1)
        x = norm(pool(self.conv(x, "conv1/7x7_s2", stride=2)))
        x = pool(norm(self.conv(self.conv(x, "conv2/3x3_reduce"), "conv2/3x3")))
        for group in ("3ab", "4abcde", "5ab"):
            for letter in group[1:]:
                x = self.module(x, f"inception_{group[0]}{letter}")
            x = pool(x) if group != "5ab" else x.mean((2, 3))
        x = x @ self.weights["loss3/classifier.W"] + self.weights["loss3/classifier.b"]
        return F.softmax(x, 1)


def inception_v3_of_google(arrays: Arrays) -> nn.Module:
    """torchvision's; its average pooling does not count the padding, as our weights want it."""
    F.avg_pool2d = partial(F.avg_pool2d, count_include_pad=False)
    net = inception_v3(weights=None, init_weights=False, aux_logits=False, transform_input=False)
    parameters.fill(net, arrays)
    return nn.Sequential(net, nn.Softmax(1))


NETWORKS = {"googlenet": GoogLeNet, "inception-v3": inception_v3_of_google}


def loaded(folder: str) -> nn.Module:
    """The network that a folder is named after, with the weights in it."""
    with np.load(Path(folder, "weights.npz")) as archive:
        return NETWORKS[Path(folder).name](dict(archive)).eval()
