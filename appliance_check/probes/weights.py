"""Are the weights of each pretrained network whole, and does it recognise a photo with them?

The photo is scikit-learn's china.jpg, which is in the appliance: the Summer Palace in Beijing.
"""

from pathlib import Path

import numpy
import sklearn
from workshop.classifier import NETWORKS, Classifier
from workshop.errors import WorkshopError
from workshop.photos import read_photo

from . import reply

PHOTO = Path(sklearn.__file__).parent / "datasets" / "images" / "china.jpg"
RIGHT = [663, 698]  # ImageNet's classes "monastery" and "palace"


def examine(name: str) -> dict:
    """`error`, or `standin`, or what it sees: its first answer, and how sure of the right ones."""
    try:
        network = Classifier(name)
    except WorkshopError as error:
        return {"error": str(error)}
    if network.is_standin:
        return {"standin": network.standin}
    probabilities = network.probabilities(network.prepare(read_photo(PHOTO))[numpy.newaxis])[0]
    right = float(probabilities[RIGHT].sum())
    return {
        "answer": network.labels[int(probabilities.argmax())],
        "right": right if numpy.isfinite(right) else 0.0,  # JSON has no NaN
    }


if __name__ == "__main__":
    reply({name: examine(name) for name in NETWORKS})
