"""What the build left of itself: the lists that checks compare the machine with."""

import hashlib
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

FILES, BILL, PYTHON = "files.json", "sbom.spdx.json", "python.json"
# What an organiser changed on purpose; customised.py writes it.
CUSTOMISED = "customised.json"
REMEDY = "Import the appliance again: a file of its own is missing or damaged."


class NoList(Exception):
    """A list that the build left is missing or damaged, so that nobody knows what shipped."""


@dataclass(frozen=True)
class File:
    """A file as it shipped; `name` is its path from the shared folder, `path` where it is."""

    name: str
    path: Path
    size: int
    sha256: str

    def fault(self, thorough: bool = True) -> str | None:
        """What is wrong with it now; without `thorough` its size alone is looked at."""
        try:
            if (size := self.path.stat().st_size) != self.size:
                return f"has {size} bytes, not {self.size}"
            if thorough and digest(self.path) != self.sha256:
                return "has the right size and other bytes than it shipped with"
        except FileNotFoundError:
            return "is missing"
        except OSError as error:
            return f"cannot be read ({error.strerror})"
        return None


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def listed(share: Path, belongs: Callable[[str], bool]) -> list[File]:
    """The files that the build wrote down, those of the asking check, in order of their names.

    Args:
        belongs: whether a name, such as `data/text/sonnets.txt`, is the check's affair.

    Raises:
        NoList: the list is missing or damaged.
    """
    try:
        return [
            File(name, Path(os.path.normpath(share / name)), entry["size"], entry["sha256"])
            for name, entry in amended(share, FILES, read(share / FILES)).items()
            if belongs(name)
        ]
    except (AttributeError, KeyError, TypeError) as error:
        raise NoList(f"{share / FILES} is not a list of files ({error!r})") from None


def python(share: Path) -> dict[str, str]:
    """The versions of the Python packages by name.

    Raises:
        NoList: the list is missing or damaged.
    """
    return amended(share, PYTHON, read(share / PYTHON))


def debian(share: Path) -> dict[str, str]:
    """The versions of Debian's packages by name.

    Raises:
        NoList: the bill of materials is missing or damaged.
    """
    entries = [each for each in bill(share) if each["SPDXID"].startswith("SPDXRef-deb-")]
    return amended(share, BILL, {each["name"]: each["versionInfo"] for each in entries})


def amended(share: Path, name: str, expected: dict) -> dict:
    """A list with what an organiser changed on purpose, if anything: other values, or none.

    Raises:
        NoList: what was changed cannot be read.
    """
    if not (share / CUSTOMISED).exists():
        return expected
    meant = read(share / CUSTOMISED).get(name, {})
    return {key: value for key, value in (expected | meant).items() if value is not None}


def bill(share: Path) -> list[dict]:
    """The packages of the bill of materials (SPDX 2.3).

    Raises:
        NoList: it is missing or damaged.
    """
    packages = read(share / BILL)
    try:
        return packages["packages"]
    except (KeyError, TypeError):
        raise NoList(f"{share / BILL} is not a bill of materials") from None


def faults(files: Iterable[File], thorough: bool = True) -> dict[str, str]:
    """What is wrong with which file, by its path."""
    found = ((file.path, file.fault(thorough)) for file in files)
    return {str(path): fault for path, fault in found if fault}


def first(sentences: Iterable[str], count: int = 4) -> str:
    """The first of some sentences as one, with the number of the others."""
    sentences = list(sentences)
    more = f"; and {len(sentences) - count} more" if len(sentences) > count else ""
    return "; ".join(sentences[:count]) + more


def read(path: Path) -> dict:
    """One of the lists, whose form is the caller's affair.

    Raises:
        NoList: it is missing, or no JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise NoList(f"{path} cannot be read ({error.strerror})") from None
    except ValueError as error:
        raise NoList(f"{path} is damaged ({error})") from None
