"""Makes the dream and the painting of part 13, with the code and the weights of lesson 6.

usage: python3 dream.py FOLDER      (inside the appliance, as user; takes some minutes)
"""

import sys
from pathlib import Path

from workshop.canvas import fit, to_canvas, to_picture
from workshop.classifier import Classifier
from workshop.dream import Dream
from workshop.motifs import load_motif
from workshop.objectives import Dreamer, StyleTransfer
from workshop.style import Losses, Painting

SIDE = 560  # pixels: as wide as on the slide
ITERATIONS = 60
CONTENT = "inception_4b/output"
STYLE = ("conv1/7x7_s2", "conv2/3x3", "inception_3b/output", "inception_4d/output")


def main(folder: Path) -> None:
    """Write the photo, its dream and its painting as JPEG."""
    network = Classifier("googlenet")
    if network.is_standin:
        sys.exit("these are no real weights: nothing worth showing would come of them")
    photo = fit(load_motif("sky.jpg").picture, SIDE)
    keep(photo, folder / "sky.jpg")
    keep(dreamt(network, photo), folder / "dream.jpg")
    keep(painted(network, photo), folder / "painted.jpg")


def dreamt(network, photo):
    """As in section 3 of the lesson."""
    objective = Dreamer(network.layers, "inception_4c/output").strength()
    dream = Dream(objective, to_canvas(photo), octaves=4, steps=12, seed=1)
    while dream.done < dream.total:
        dream.step()
    return to_picture(dream.canvas)


def painted(network, photo):
    """As in section 8 of the lesson."""
    transfer = StyleTransfer(network.layers, CONTENT, STYLE)
    start = to_canvas(photo)
    losses = transfer.of(start, to_canvas(fit(load_motif("starry-night.jpg").picture, SIDE)))
    painting = Painting(losses, start)
    painting.paint(Losses(content=1, style=10, variation=1e-4), ITERATIONS)
    return to_picture(painting.canvas)


def keep(picture, file: Path) -> None:
    picture.save(file, quality=85, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
