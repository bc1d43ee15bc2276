"""What torchvision's Inception v3 says with seeded weights, for machines without PyTorch.

usage: make_reference.py TARGET [--whole]

Writes into the folder TARGET: `inception-v3.npz`, a sample of the output after every block, with
and without counted padding; `small.pth`, a checkpoint of two layers, and `legacy.pth`, the same in
PyTorch's old format. With --whole also `whole.npz`, all numbers of all blocks, and
`inception-v3.pth`, a checkpoint as torchvision publishes it.

Needs the packages of locks/peers.lock; this folder has what it wrote.
"""

import argparse
import sys
from collections import OrderedDict
from pathlib import Path
from unittest.mock import patch

import numpy as np
import parameters
import torch
import torch.nn.functional as F
from torchvision.models import inception_v3
from torchvision.models.inception import BasicConv2d

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "notebooks"))
import seeded
from workshop import weights


def network() -> torch.nn.Module:
    """torchvision's network with the seeded weights; its extra classifier is left at random."""
    torch.manual_seed(seeded.SEED)
    net = inception_v3(weights=None, init_weights=False, aux_logits=True).eval()
    parameters.fill(net, seeded.arrays(weights.shapes("inception-v3")))
    return net


def outputs(net: torch.nn.Module, count_padding: bool) -> dict[str, np.ndarray]:
    """The output of each block, by torchvision's name, and `prob`.

    torchvision counts the zeros beyond the border in its average pooling; Google does not.
    """
    average = F.avg_pool2d

    def pool(*arguments, **keywords):
        return average(*arguments, **keywords, count_include_pad=count_padding)

    found = {}
    for name, block in net.named_children():
        if name not in ("AuxLogits", "dropout"):
            block.register_forward_hook(
                lambda block, given, output, name=name: found.update({name: output.numpy()})
            )
    with torch.no_grad(), patch.object(F, "avg_pool2d", pool):
        found["prob"] = F.softmax(net(torch.from_numpy(seeded.batch())), 1).numpy()
    found["avgpool"] = found["avgpool"].reshape(len(found["avgpool"]), -1)
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("target", type=Path)
    parser.add_argument("--whole", action="store_true")
    options = parser.parse_args()
    found = {}
    for count_padding in (False, True):
        net = network()
        kind = "counted" if count_padding else "not counted"
        found |= {f"{kind}/{name}": o for name, o in outputs(net, count_padding).items()}
    samples = {name: seeded.sample(output).astype(np.float32) for name, output in found.items()}
    np.savez_compressed(options.target / "inception-v3.npz", **samples)
    torch.manual_seed(seeded.SEED)
    small = BasicConv2d(3, 4, kernel_size=(1, 3)).state_dict()
    small["transposed"] = torch.arange(6.0).reshape(2, 3).T
    small["parameter"] = torch.nn.Parameter(torch.ones(2))
    np.savez(options.target / "small.npz", **{n: t.detach().numpy() for n, t in small.items()})
    torch.save(OrderedDict(small), options.target / "small.pth")
    torch.save(small, options.target / "legacy.pth", _use_new_zipfile_serialization=False)
    if options.whole:
        np.savez(options.target / "whole.npz", **found)
        torch.save(network().state_dict(), options.target / "inception-v3.pth")


if __name__ == "__main__":
    main()
