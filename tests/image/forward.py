"""Runs in the appliance: photos or numbers through one of our networks, its outputs into files.

usage: python3 forward.py JOB.json

A job has `network`; `photos`, a list of files, or `batch`, an .npy file; `weights`, an .npz, or
the shipped ones; and `runs`, a list of `layers` (their outputs go `to` an .npz), with
`count`, of the first so many pictures only; `mutation`, a mistake that people make; `options` of
the network's definition.
"""

import json
import sys
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from unittest.mock import patch

import numpy as np
from lasagne.layers import MaxPool2DLayer
from workshop import googlenet, layers, preprocessing, weights
from workshop.classifier import NETWORKS, compiled, set_weights
from workshop.photos import read_photo

conv2d = layers.conv2d
VGG_MEAN = (103.939, 116.779, 123.68)  # of the same pictures, as others subtract it


def flipping(*arguments, filter_flip, **keywords):
    """A convolution, as Lasagne's own layer asks for it."""
    return conv2d(*arguments, filter_flip=True, **keywords)


#: Mistakes in the definition, in force while the network is built and compiled.
IN_NETWORK = {
    "flipped filters": partial(patch.object, layers, "conv2d", flipping),
    "floor pooling": partial(patch.object, googlenet, "CeilMaxPool2DLayer", MaxPool2DLayer),
    "wrong concat order": partial(
        patch.object, googlenet, "BRANCHES", ("1x1", "5x5", "3x3", "pool_proj")
    ),
    "LRN alpha not divided by 5": partial(patch.dict, googlenet.LRN, alpha=1e-4),
    "LRN with Lasagne's k": partial(patch.dict, googlenet.LRN, k=2),
}


def without_bgr(steps: list) -> list:
    return [step for step in steps if step.name != "BGR"]


def other_mean(steps: list) -> list:
    subtract = preprocessing.Step("centre", "", partial(preprocessing.centre, mean=VGG_MEAN))
    return [subtract if step.name == "centre" else step for step in steps]


#: Mistakes in the preprocessing.
IN_STEPS = {"swapped BGR": without_bgr, "wrong mean": other_mean}


def main(job: dict) -> None:
    network = NETWORKS[job["network"]]
    photos = [read_photo(path) for path in job.get("photos", [])]
    arrays = (
        dict(np.load(job["weights"])) if "weights" in job else weights.load(job["network"]).arrays
    )
    for run in job["runs"]:
        mutation = run.get("mutation")
        steps = IN_STEPS.get(mutation, list)(network.steps)
        if photos:
            batch = np.stack([preprocessing.prepare(steps, photo) for photo in photos])
        else:
            batch = np.load(job["batch"])
        names = [*run["layers"], "data"]  # more than one, so that outputs are a list
        with IN_NETWORK.get(mutation, nullcontext)():
            net = network.define(**run.get("options", {}))
            set_weights(net, arrays)
            outputs = compiled(net, names)(batch[: run.get("count")])
        np.savez(run["to"], **dict(zip(names, outputs, strict=True)))


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text()))
