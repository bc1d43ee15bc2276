"""What the layers of a pretrained network say about pictures, as one row for each picture."""

from collections.abc import Sequence

import numpy as np
from lasagne.layers import get_output
from PIL import Image

from . import compiling
from .classifier import Classifier
from .errors import WorkshopError
from .progress import Progress

PIXELS = "pixels"
BATCH = 9  # pictures at a time: 0.5 GB of memory, where 27 at a time take 1.0 GB


class StoppedError(WorkshopError):
    """The computation was interrupted."""


class Features:
    """Rows of features; what was computed once is not computed again.

    Layers that still have the form of a picture are averaged over it. One function for all
    layers and all numbers of pictures; it is compiled here.

    Args:
        network: whose layers.
        layers: their names.
    """

    def __init__(self, network: Classifier, layers: Sequence[str]) -> None:
        self.network, self.layers = network, tuple(layers)
        outputs = get_output([network.layers[name] for name in layers], deterministic=True)
        flat = [out.mean(axis=(2, 3)) if out.ndim == 4 else out for out in outputs]
        self._function = compiling.function([network.layers["data"].input_var], flat)
        self._known: dict[bytes, tuple[np.ndarray, ...]] = {}

    def __call__(self, images: np.ndarray) -> dict[str, np.ndarray]:
        """Rows by layer, and the network's own input under 'pixels'.

        Args:
            images: (n, height, width, 3) uint8.

        Returns:
            (n, values) float32 for each layer.

        Raises:
            StoppedError: interrupted; what was computed is kept.
        """
        keys = [image.tobytes() for image in images]
        new = [i for i, key in enumerate(keys) if key not in self._known]
        if new:
            self._compute(images, keys, new)
        rows = zip(*(self._known[key] for key in keys), strict=True)
        answer = {name: np.stack(r) for name, r in zip(self.layers, rows, strict=True)}
        answer[PIXELS] = self._prepared(images).reshape(len(images), -1)
        return answer

    def _prepared(self, images: np.ndarray) -> np.ndarray:
        return np.stack([self.network.prepare(Image.fromarray(image)) for image in images])

    def _compute(self, images: np.ndarray, keys: list[bytes], new: list[int]) -> None:
        with Progress(len(new), "Asking the network") as progress:
            for start in range(0, len(new), BATCH):
                batch = new[start : start + BATCH]
                outputs = self._function(self._prepared(images[batch]))
                self._known.update(
                    zip((keys[i] for i in batch), zip(*outputs, strict=True), strict=True)
                )
                progress.advance(len(batch))
        if progress.interrupted:
            raise StoppedError(
                f"stopped after {progress.done} of {len(new)} pictures, which are kept; run this "
                "cell again to go on"
            )
