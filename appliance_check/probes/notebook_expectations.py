"""Judges a cell's outputs by what its metadata expect of them.

Outputs are those of nbformat 4: streams, results, shown data.
"""

import base64
import binascii
import io
import math
import re
from collections.abc import Iterator, Sequence

from ..declared import kind

NUMBER = re.compile(
    r"(?<![\w.])[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|nan|inf)(?![\w])", re.IGNORECASE
)
PICTURES = ("image/png", "image/jpeg")
# As `workshop.plots.show` puts a figure on the page: with a text for those who cannot see it.
INLINE = re.compile(r"data:image/(?:png|jpeg);base64,([A-Za-z0-9+/=\s]+)")


def unmet(expectations: Sequence[dict], outputs: Sequence[dict]) -> str | None:
    """The first expectation that the outputs do not meet, as a sentence; None when all are met."""
    judges = {"number": _number, "picture": _picture, "text": _text}
    for expectation in expectations:
        if why := judges[kind(expectation)](expectation, outputs):
            return why
    return None


def text_of(outputs: Sequence[dict]) -> str:
    """What a cell printed and what its results are as plain text, in order."""
    parts = []
    for output in outputs:
        if output["output_type"] == "stream" and output["name"] == "stdout":
            parts.append(output["text"])
        elif plain := output.get("data", {}).get("text/plain"):
            parts.append(plain + "\n")
    return "".join(parts)


def ink(picture: bytes) -> float:
    """The share of a picture's pixels that are not of its commonest colour: 0 when it is blank.

    What is transparent counts as white, as a page shows it.

    Raises:
        ValueError: it cannot be read.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        image = Image.open(io.BytesIO(picture)).convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError) as error:
        raise ValueError(str(error)) from None
    shown = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    pixels = image.width * image.height
    return 1 - max(count for count, _ in shown.getcolors(pixels)) / pixels


def _number(expectation: dict, outputs: Sequence[dict]) -> str | None:
    text, pattern = text_of(outputs), expectation.get("text")
    if pattern:
        match = re.search(pattern, text, re.MULTILINE)
        if not match:
            return f"its output has no text like {pattern!r}"
        numbers = NUMBER.findall(match[1] or "")
    else:
        numbers = NUMBER.findall(text)
    wanted = f"{expectation['number']} ± {expectation['tolerance']}"
    if not numbers:
        return f"expected {wanted}, and its output has no number"
    # Not a number (nan) is near nothing; 0.98 is 0.97 ± 0.01, though not in binary.
    off, tolerance = abs(float(numbers[-1]) - expectation["number"]), expectation["tolerance"]
    if off <= tolerance or math.isclose(off, tolerance):
        return None
    return f"expected {wanted}, found {numbers[-1]}"


def _text(expectation: dict, outputs: Sequence[dict]) -> str | None:
    if re.search(expectation["text"], text_of(outputs), re.MULTILINE):
        return None
    return f"its output has no text like {expectation['text']!r}"


def _picture(expectation: dict, outputs: Sequence[dict]) -> str | None:
    found = list(_pictures(outputs))
    if not found:
        return "expected a picture, and it shows none (PNG or JPEG)"
    for number, encoded in enumerate(found, 1):
        which = f"picture {number} of {len(found)}"
        try:
            share = ink(base64.b64decode(encoded))
        except (ValueError, binascii.Error):
            return f"{which} cannot be read"
        if share == 0:
            return f"{which} is blank: all of it has one colour"
        if share < (least := expectation.get("ink", 0)):
            return f"{which} is nearly blank: {share:.1%} is drawn, expected at least {least:.1%}"
    return None


def _pictures(outputs: Sequence[dict]) -> Iterator[str]:
    """Each picture among the outputs, in base64."""
    for output in outputs:
        data = output.get("data", {})
        own = [data[mime] for mime in PICTURES if mime in data]
        yield from own or INLINE.findall(data.get("text/html", ""))
