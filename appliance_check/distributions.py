"""Which Python packages an interpreter finds, read from its files.

Starting it and asking would take seconds where the processor is emulated.
"""

import base64
import csv
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

# Where Debian's Python looks for packages: what an administrator installed, and Debian's own.
DEBIAN = "/usr/lib/python3/dist-packages"
SYSTEM = ("/usr/local/lib/python{}/dist-packages", DEBIAN, "/usr/lib/python{}/dist-packages")


@dataclass(frozen=True)
class Distribution:
    """An installed package: its metadata's folder (or file), and what stands in them."""

    path: Path
    name: str
    version: str

    @property
    def folder(self) -> Path:
        """Where it is installed, such as `…/site-packages`."""
        return self.path.parent

    def damaged(self) -> list[str]:
        """What its RECORD has otherwise, a sentence each; a package without one has no answer.

        Source: Python packaging user guide, "Recording installed projects".
        """
        record = self.path / "RECORD"
        if not record.is_file():
            return []
        found = []
        with record.open(encoding="utf-8", newline="") as file:
            for name, hashed, _ in csv.reader(file):
                algorithm, _, expected = hashed.partition("=")
                path = self.folder / name
                if not path.is_file():
                    found.append(f"{path} is missing")
                elif expected:
                    with path.open("rb") as content:
                        actual = hashlib.file_digest(content, algorithm).digest()
                    if base64.urlsafe_b64encode(actual).rstrip(b"=").decode() != expected:
                        found.append(f"{path} was changed")
        return found


def normal(name: str) -> str:
    """A package's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def folders(python: Path, home: Path) -> list[Path]:
    """Where the interpreter of a virtual environment looks for packages, the first one first.

    Source: Python's and Debian's site.py; that this is what it really does, tests/image compares.
    """
    environment = python.parent.parent
    sites = sorted((environment / "lib").glob("python3.*/site-packages"))
    settings = environment / "pyvenv.cfg"
    text = settings.read_text(encoding="utf-8") if settings.is_file() else ""
    if text and not re.search(r"(?mi)^include-system-site-packages\s*=\s*true", text):
        return sites
    versions = [site.parent.name.removeprefix("python") for site in sites]
    own = [home / ".local" / "lib" / f"python{each}" / "site-packages" for each in versions]
    system = [Path(folder.format(each)) for each in versions for folder in SYSTEM]
    return [*sites, *own, *system]


def installed(folders: list[Path]) -> dict[str, Distribution]:
    """The packages by normal name; of several with one name the one that is imported."""
    found: dict[str, Distribution] = {}
    for folder in folders:
        for path in sorted([*folder.glob("*.dist-info"), *folder.glob("*.egg-info")]):
            distribution = _read(path)
            found.setdefault(normal(distribution.name), distribution)
    return found


def _read(path: Path) -> Distribution:
    """Name and version from the metadata; where these cannot be read, '' is the version."""
    fields = {"Name": path.stem.partition("-")[0], "Version": ""}
    candidates = [path] if path.is_file() else [path / "METADATA", path / "PKG-INFO"]
    for file in filter(Path.is_file, candidates):
        with file.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if not line.strip():  # the description follows
                    break
                key, _, value = line.partition(": ")
                if key in fields:
                    fields[key] = value.strip()
    return Distribution(path, fields["Name"], fields["Version"])
