"""Shakespeare's plays and poems, and how a text becomes numbers and blocks to learn from.

Source of the plays: "tinyshakespeare", which A. Karpathy compiled for char-rnn (2015); of the
poems: M. Görner's tensorflow-rnn-shakespeare (2017). The stand-in is the part of Python's own
manual that `help()` shows.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..data import DataError, data_folder

PLAYS = ("tinyshakespeare.txt",)
POEMS = (
    "sonnets.txt",
    "rapeoflucrece.txt",
    "venusandadonis.txt",
    "various.txt",
    "loverscomplaint.txt",  # the last one is held out
)
LAST_PLAY = "Master:\nBoatswain!"  # with these words The Tempest begins, the last of the plays
LAST_POEM = "    A LOVER'S COMPLAINT"
#: Every character of the plays and the poems, in the order in which our networks number them.
SHAKESPEARE = "\n !$&',-.3:;?ABCDEFGHIJKLMNOPQRSTUVWXYZ[]abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Corpus:
    """A text in two parts, of which the second is not learnt from.

    `standin` says why this is not the text that was asked for, else ''.
    """

    name: str
    train: str
    held_out: str
    standin: str = ""

    @property
    def is_standin(self) -> bool:
        """True when another text stands in for this one."""
        return bool(self.standin)


class Alphabet:
    """Numbers for characters and back.

    Args:
        symbols: each character once; its place is its number.
    """

    def __init__(self, symbols: Iterable[str]):
        self.symbols = "".join(symbols)
        self._codes = {symbol: code for code, symbol in enumerate(self.symbols)}
        if len(self._codes) != len(self.symbols):
            raise ValueError("an alphabet has each character once")

    @classmethod
    def of(cls, text: str) -> "Alphabet":
        """The alphabet of a text, in the order of Unicode and so the same in every session."""
        return cls(sorted(set(text)))

    def __len__(self) -> int:
        return len(self.symbols)

    def encode(self, text: str) -> np.ndarray:
        """(n,) int32.

        Raises:
            DataError: a character is not in the alphabet.
        """
        if unknown := sorted(set(text) - set(self.symbols)):
            raise DataError(
                f"the network never saw {', '.join(map(repr, unknown[:5]))}; leave "
                f"{'it' if len(unknown) == 1 else 'them'} out: it knows {self.symbols!r}"
            )
        return np.array([self._codes[symbol] for symbol in text], np.int32)

    def decode(self, codes: Iterable[int]) -> str:
        """The text of these numbers."""
        return "".join(self.symbols[code] for code in codes)


def load_plays(folder: Path | None = None) -> Corpus:
    """Plays of Shakespeare's; held out is The Tempest, as far as the file has it.

    Args:
        folder: holds `text/*.txt`; `data_folder()` unless given.

    Returns:
        The plays; a labelled stand-in, announced in a printed line, when the file is absent.

    Raises:
        DataError: a file is there, but is not the text that its name promises.
    """
    return _shakespeare("Shakespeare's plays", PLAYS, LAST_PLAY, folder)


def load_poems(folder: Path | None = None) -> Corpus:
    """Shakespeare's poems; held out is A Lover's Complaint. All else is as with the plays."""
    return _shakespeare("Shakespeare's poems", POEMS, LAST_POEM, folder)


def _shakespeare(name: str, files: tuple[str, ...], last: str, folder: Path | None) -> Corpus:
    folder = (folder or data_folder()) / "text"
    if absent := [file for file in files if not (folder / file).exists()]:
        corpus = _standin(name, f"{', '.join(absent)} not found in {folder}")
        print(f"STAND-IN: {corpus.standin}")
        return corpus
    text = "\n".join(map(_read, (folder / file for file in files)))
    train, begin, rest = text.rpartition(last)
    unknown = set(text) - set(SHAKESPEARE)
    if not train or unknown:
        found = f"has the characters {sorted(unknown)}" if unknown else f"lacks {last.strip()!r}"
        raise DataError(f"the text in {folder} {found}; put the original files back")
    return Corpus(name, train, begin + rest)


def _read(path: Path) -> str:
    """A file of Shakespeare's, with spaces for tabs."""
    try:
        return path.read_text(encoding="ascii").expandtabs(4)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}; put the original back") from None
    except UnicodeDecodeError:
        raise DataError(f"{path} is not plain ASCII; put the original file back") from None


def _standin(name: str, reason: str) -> Corpus:
    """Half of Python's manual for the plays, half for the poems; only characters of Shakespeare."""
    from pydoc_data.topics import topics  # only here: it is large

    half = slice(None, None, 2) if "plays" in name else slice(1, None, 2)
    text = "\n\n".join(topics[topic] for topic in sorted(topics)[half])
    text = "".join(symbol for symbol in text if symbol in SHAKESPEARE)
    cut = 9 * len(text) // 10
    return Corpus(
        name,
        text[:cut],
        text[cut:],
        standin=f"this is not {name}, but a part of Python's manual, because {reason}; what is "
        "written, and figures, differ from what the text says",
    )


def blocks(codes: np.ndarray, streams: int, steps: int) -> Iterator[np.ndarray]:
    """A text cut into streams, and these into blocks that a network reads one after the other.

    The text is cut into `streams` equally long pieces that are read side by side. A block is
    (steps + 1, streams): what is read is all but its last row, what is to be predicted all but its
    first. The next block begins with the row that this one ended with, so that a state carried
    over from block to block fits. The last block may be shorter; what is left when the text is cut,
    fewer characters than streams, is left out.
    """
    length = len(codes) // streams
    rows = codes[: length * streams].reshape(streams, length).T
    for start in range(0, length - 1, steps):
        yield rows[start : start + steps + 1]


def share_of_speeches(text: str) -> float:
    """Of the paragraphs of a text, the share that is shaped like a speech in the plays.

    The first line is a name in capitals or with a capital and ends with a colon, and at least one
    more line follows. The first and the last paragraph may be cut off and do not count.
    """
    paragraphs = [part for part in re.split(r"\n\n+", text) if part.strip()][1:-1]
    speech = re.compile(r"[A-Z][A-Za-z' -]*:\n.*\S")
    return sum(bool(speech.match(part)) for part in paragraphs) / max(1, len(paragraphs))
