"""Are the weights of each pretrained network whole, and what does it see on a photo with them?

The photo is scikit-learn's china.jpg, which is in the appliance: the Summer Palace in Beijing.
Arguments: the classes of ImageNet whose probabilities are reported.
"""

import math
import sys
from pathlib import Path

import numpy
import sklearn
from workshop.classifier import NETWORKS, Classifier
from workshop.errors import WorkshopError
from workshop.photos import read_photo

from . import reply

PHOTO = Path(sklearn.__file__).parent / "datasets" / "images" / "china.jpg"


def examine(name: str, classes: list[int]) -> dict:
    """`error`, or `standin`, or what it sees: its first answer, and the classes' probabilities."""
    try:
        network = Classifier(name)
    except WorkshopError as error:
        return {"error": str(error)}
    if network.is_standin:
        return {"standin": network.standin}
    probabilities = network.probabilities(network.prepare(read_photo(PHOTO))[numpy.newaxis])[0]
    values = [float(probabilities[index]) for index in classes]
    return {
        "answer": network.labels[int(probabilities.argmax())],
        # JSON has no NaN
        "probabilities": [round(v, 4) if math.isfinite(v) else None for v in values],
    }


if __name__ == "__main__":
    classes = [int(argument) for argument in sys.argv[1:]]
    reply({name: examine(name, classes) for name in NETWORKS})
