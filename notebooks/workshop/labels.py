"""What the 1,000 classes of ImageNet are called.

Source: the list `synset_words.txt` of ILSVRC 2012, as distributed with Caffe.
"""

from pathlib import Path

from .data import data_folder
from .errors import WorkshopError

CLASSES = 1000
FILE = Path("googlenet", "synset_words.txt")


class LabelsError(WorkshopError):
    """The list of labels is not what it should be."""


def load_labels(folder: Path | None = None) -> list[str]:
    """The label of each class, such as 'tench, Tinca tinca' of class 0.

    Args:
        folder: holds `googlenet/synset_words.txt`; `data_folder()` unless given.

    Returns:
        1,000 labels; 'class 0' and so on, announced in a printed line, when the file is absent.

    Raises:
        LabelsError: the file is there, but not such a list.
    """
    path = (folder or data_folder()) / FILE
    if not path.exists():
        print(f"STAND-IN: classes have numbers instead of names, because {path} is not there")
        return [f"class {number}" for number in range(CLASSES)]
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise LabelsError(f"{path} cannot be read ({error}); put the original file back") from None
    labels = [line.partition(" ")[2] for line in lines]
    if len(labels) != CLASSES or not all(labels):
        raise LabelsError(
            f"{path} has {sum(map(bool, labels))} labels, not {CLASSES}; put the original file back"
        )
    return labels
