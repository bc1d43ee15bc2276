"""An attendee's own text: what lies in a folder beside the notebook, checked, and told about."""

import codecs
from collections import Counter
from contextlib import suppress
from pathlib import Path

from ..errors import WorkshopError

FOLDER = Path("my-text")
LEAST, MOST = 20_000, 5_000_000  # characters: fewer teach nothing, more take too long
SYMBOLS = 120  # different characters; rarer ones are left out
SPOILT = 0.01  # share of control characters above which a file is no text
MARKS = {  # bytes at the start of a file that tell its encoding
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


class TextError(WorkshopError):
    """There is no text that a network could learn from."""


def read_folder(folder: Path = FOLDER) -> tuple[str, list[str]]:
    """Read the `.txt` files of a folder, in alphabetical order; make the folder if there is none.

    Line ends become newlines and tabs spaces; characters beyond the `SYMBOLS` most frequent are
    left out. Hidden files are passed over.

    Returns:
        The text, '' if there is no file at all, and a sentence about whatever is odd.

    Raises:
        TextError: there are files, but together they are too short to learn from.
    """
    with suppress(OSError):  # then there is none, and nothing to read
        folder.mkdir(exist_ok=True)
    files = sorted(path for path in folder.glob("*") if not path.name.startswith("."))
    parts, findings = [], []
    for path in files:
        try:
            text, finding = read(path)
        except TextError as error:
            findings.append(str(error))
            continue
        parts.append(text)
        findings += [finding] if finding else []
    if not files:
        return "", []
    text, more = _tidy("\n".join(parts), folder)
    findings += more
    if len(text) < LEAST:
        raise TextError(
            f"{folder} has {len(text):,} characters of text, and {LEAST:,} are the least to learn "
            f"from; put more .txt files there{'. ' if findings else ''}{'; '.join(findings)}"
        )
    return text, findings


def read(path: Path) -> tuple[str, str]:
    """The text of a file, and a sentence about its encoding if that had to be guessed, else ''.

    Raises:
        TextError: it cannot be read, or is no plain text.
    """
    if path.suffix.lower() != ".txt":
        raise TextError(f"{path} is left out: save it as plain text, with a name that ends in .txt")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise TextError(f"{path} cannot be read: {error.strerror}") from None
    text, finding = _decode(content, path)
    control = sum(symbol < " " and symbol not in "\n\r\t\f" for symbol in text)
    if control > SPOILT * len(text):
        raise TextError(f"{path} is no plain text, whatever its name says; save it as plain text")
    return text, finding


def _decode(content: bytes, path: Path) -> tuple[str, str]:
    encoding = next((name for mark, name in MARKS.items() if content.startswith(mark)), "utf-8")
    try:
        return content.decode(encoding), ""
    except UnicodeDecodeError as error:
        return content.decode("cp1252", "replace"), (
            f"{path} is not {encoding.removesuffix('-sig').upper()} (byte {error.start:,}); read "
            "as Windows' Western European: if letters look wrong, save it as UTF-8"
        )


def _tidy(text: str, folder: Path) -> tuple[str, list[str]]:
    findings = []
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").expandtabs(4)
    if len(text) > MOST:
        findings.append(f"of {folder} the first {MOST:,} of {len(text):,} characters are taken")
        text = text[:MOST]
    rare = [symbol for symbol, _ in Counter(text).most_common()[SYMBOLS:]]
    if rare:
        before = len(text)
        text = text.translate(dict.fromkeys(map(ord, rare)))
        findings.append(
            f"{before - len(text):,} characters of {folder} are left out, of {len(rare)} rare "
            f"kinds such as {', '.join(map(repr, rare[:3]))}"
        )
    return text, findings
