"""Makes the dream of part 13, with the code and the weights of lesson 6.

usage: python3 dream.py FOLDER      (inside the appliance, as user; takes some minutes)
"""

import sys
from pathlib import Path

from workshop.canvas import fit, to_canvas, to_picture
from workshop.classifier import Classifier
from workshop.dream import Dream
from workshop.motifs import load_motif
from workshop.objectives import Dreamer

SIDE = 560  # pixels: as wide as on the slide


def main(folder: Path) -> None:
    """Write the photo and its dream as JPEG."""
    network = Classifier("googlenet")
    if network.is_standin:
        sys.exit("these are no real weights: nothing worth showing would come of them")
    photo = fit(load_motif("sky.jpg").picture, SIDE)
    keep(photo, folder / "sky.jpg")
    keep(dreamt(network, photo), folder / "dream.jpg")


def dreamt(network, photo):
    """As in section 3 of the lesson."""
    objective = Dreamer(network.layers, "inception_4c/output").strength()
    dream = Dream(objective, to_canvas(photo), octaves=4, steps=12, seed=1)
    while dream.done < dream.total:
        dream.step()
    return to_picture(dream.canvas)


def keep(picture, file: Path) -> None:
    picture.save(file, quality=85, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
