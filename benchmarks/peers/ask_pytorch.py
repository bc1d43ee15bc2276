"""The same networks in PyTorch, as one writes them there, not compiled. Runs in its environment.

NETWORK is a folder with the network's name and our weights in it.
"""

import protocol


def load(folder):
    import torch
    from pytorch_networks import loaded

    network = loaded(folder)

    def ask(batch):
        with torch.inference_mode():
            return network(torch.from_numpy(batch)).numpy()

    return ask


protocol.serve("torch", load)
