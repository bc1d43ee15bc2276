"""GoogLeNet as Caffe defines it, run by OpenCV: the reference for ours."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np

FOLDER = "googlenet/weights/"


def caffemodel(assets: Mapping[str, Path]) -> bytes:
    """Caffe's file of weights, made from the published .bin files.

    It is in the form of protocol buffers (`caffe.proto`): for each layer its name (1), type (2)
    and two blobs (7), each with its shape (7) and numbers (5). The .bin files have their filters
    as (out, y, x, in), Caffe as (out, in, y, x).
    """
    content = b""
    for path in sorted(path for path in assets if path.endswith("_filter.bin")):
        name = path.removeprefix(FOLDER).removesuffix("_filter.bin")
        bias = np.fromfile(assets[path.replace("_filter", "_bias")], "<f4")
        numbers = np.fromfile(assets[path], "<f4")
        if name == "loss3/classifier":
            kind, filters = "InnerProduct", numbers.reshape(1000, 1024)
        else:
            part = name.split("/")[1]
            side = 1 if part.endswith(("reduce", "proj")) else int(part[0])
            filters = numbers.reshape(len(bias), side, side, -1).transpose(0, 3, 1, 2)
            kind = "Convolution"
        blobs = b"".join(_field(7, _blob(array)) for array in (filters, bias))
        content += _field(100, _field(1, name.encode()) + _field(2, kind.encode()) + blobs)
    return content


def _blob(array: np.ndarray) -> bytes:
    shape = b"".join(_varint(size) for size in array.shape)
    return _field(7, _field(1, shape)) + _field(5, array.astype("<f4").tobytes())


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    low, high = number & 127, number >> 7
    return bytes([low | 128]) + _varint(high) if high else bytes([low])


class Caffe:
    """The network with the published weights.

    Args:
        assets: the files of `locks/assets.lock` by their path there.
    """

    def __init__(self, assets: Mapping[str, Path]) -> None:
        prototxt = assets["googlenet/deploy.prototxt"].read_bytes()
        buffers = (np.frombuffer(content, np.uint8) for content in (prototxt, caffemodel(assets)))
        self.net = cv2.dnn.readNetFromCaffe(*buffers)
        self.net.enableFusion(False)  # else layers in the middle have no output of their own

    def outputs(self, photos: Sequence[np.ndarray], layers: Sequence[str]) -> list[np.ndarray]:
        """What our layers of these names should say to photos, each (224, 224, 3) uint8 RGB."""
        blob = cv2.dnn.blobFromImages(photos, 1, (224, 224), (104, 117, 123), swapRB=True)
        self.net.setInput(blob)
        return list(self.net.forward([_theirs(name) for name in layers]))


def _theirs(name: str) -> str:
    """Caffe's name; the ReLU, part of a layer of ours, is a layer of its own there."""
    special = {"conv1/7x7_s2": "conv1/relu_7x7", "pool5": "pool5/7x7_s1"}
    group, _, part = name.partition("/")
    if group.startswith(("conv", "inception")) and part not in ("pool", "norm2", "output"):
        return special.get(name, f"{group}/relu_{part}")
    return special.get(name, name)
