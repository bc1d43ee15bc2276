"""Writes a network of PyTorch as a file that OpenCV reads.

usage: make_onnx.py FOLDER SIDE TARGET.onnx    (FOLDER has the name of the network, and its weights)
"""

import sys

import onnx
import torch
from pytorch_networks import loaded

folder, side, target = sys.argv[1:]
torch.onnx.export(
    loaded(folder),
    (torch.zeros(1, 3, int(side), int(side)),),
    target,
    input_names=["data"],
    dynamic_axes={"data": {0: "pictures"}},
    dynamo=False,  # the newer exporter needs still more packages
)
# OpenCV takes it for granted that PyTorch counts the padding in average pooling.
model = onnx.load(target)
model.producer_name = ""
onnx.save(model, target)
