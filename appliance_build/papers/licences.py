"""Licences in SPDX's terms: of Debian packages by their copyright files, of wheels by METADATA.

How sure each is:

- A wheel's `License-Expression` is the authors' own word in SPDX's terms.
- A wheel's `License` field or classifier is the authors' word too, in terms of their own: it
  counts as an SPDX id only where it can mean one licence alone ("BSD License" is several).
- A Debian package's file is read where it is in the machine-readable format (DEP-5). Its short
  names become SPDX ids by the name; the texts are not compared. It speaks of the whole source
  package, its tests and build scripts included, so that it says too much rather than too little.
- What has a name that SPDX has not gets a `LicenseRef-` with the text that was found.
- A Debian package whose file is prose for people gets nothing.
"""

import logging
import re
import zipfile
from functools import cache
from hashlib import sha256
from pathlib import Path

from debian.copyright import Copyright, NotMachineReadableError
from packaging.metadata import RawMetadata
from spdx_tools.common.spdx_licensing import spdx_licensing

#: DEP-5's short names (and Debian's habits) for which SPDX has other ones.
DEP5 = {
    "expat": "MIT",
    "cc0": "CC0-1.0",
    "gfdl-niv-1.2+": "GFDL-1.2-no-invariants-or-later",
    "gfdl-niv-1.3": "GFDL-1.3-no-invariants-only",
    "gfdl-niv-1.3+": "GFDL-1.3-no-invariants-or-later",
}

#: What authors of wheels write, where it can mean one licence alone.
WRITTEN = {
    "apache 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "bsd 2-clause license": "BSD-2-Clause",
    "bsd 3-clause license": "BSD-3-Clause",
    "isc license": "ISC",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
}

# They warn about each oddity in the files of others.
for name in ("debian.copyright", "debian.deb822"):
    logging.getLogger(name).setLevel(logging.CRITICAL)


class Licences:
    """Makes licence expressions, and keeps the texts of the licences that SPDX does not know.

    Attributes:
        texts: name and text by `LicenseRef-` id, of all expressions made so far.
    """

    def __init__(self) -> None:
        self.texts: dict[str, tuple[str, str]] = {}
        self._read: dict[str, str | None] = {}  # packages of one source share what takes long

    def named(self, name: str, text: str = "") -> str:
        """The SPDX id of one licence, or a `LicenseRef-` with its text."""
        return spdx_id(name) or self._reference(name, text)

    def expression(self, declared: str) -> str:
        """An expression that authors meant to be SPDX's, as it is if it is valid."""
        return _valid(declared) or self._reference(declared, "")

    def of_deb(self, file: Path) -> str | None:
        """The expression for all that a copyright file lists; None if it is not in DEP-5's form."""
        content = file.read_text(encoding="utf-8", errors="replace")
        if content not in self._read:
            self._read[content] = self._of_dep5(content)
        return self._read[content]

    def of_wheel(self, metadata: RawMetadata, text: str) -> str | None:
        """The expression that METADATA declares; None if it declares none.

        Args:
            text: of the licence files in the wheel.
        """
        if expression := metadata.get("license_expression"):
            return expression if _valid(expression) else self._reference(expression, text)
        field = metadata.get("license", "").strip()
        told = [c.rpartition(" :: ")[2] for c in metadata.get("classifiers", [])
                if c.startswith("License :: ")]  # fmt: skip
        first = field.partition("\n")[0].strip()
        for word in [first, *told] if len(told) < 2 else [first]:
            if known := WRITTEN.get(word.lower()) or _valid(word):
                return known
        name = " and ".join(told) or first
        return self._reference(name, text or field) if name else None

    def _of_dep5(self, content: str) -> str | None:
        try:
            document = Copyright(content.splitlines(), strict=False)
            paragraphs = [p.license for p in document.all_paragraphs() if p.license]
            listed = [p.license for p in document.all_files_paragraphs() if p.license]
        except (NotMachineReadableError, ValueError):
            return None
        texts = {p.synopsis.lower(): p.text for p in reversed(paragraphs) if p.text}
        names = sorted({p.synopsis for p in listed if p.synopsis})
        return " AND ".join(f"({self._of_names(name, texts)})" for name in names) or None

    def _of_names(self, synopsis: str, texts: dict[str, str]) -> str:
        """DEP-5's `A or B, and C` as an expression: a comma binds weaker than a word."""
        whole = texts.get(synopsis.lower(), "")
        parts = re.split(r",\s+(and|or)\s+", synopsis)
        for place, part in enumerate(parts[::2]):
            words = re.split(r"\s+(and|or)\s+", part.strip(" ,"), flags=re.IGNORECASE)
            words[::2] = [self.named(n, texts.get(n.lower(), whole)) for n in words[::2]]
            parts[2 * place] = f"({' '.join(words)})"
        return " ".join(parts)

    def _reference(self, name: str, text: str) -> str:
        """The id is the text's own: one name often stands for several texts."""
        text = text.strip() or f"The package names the licence {name!r} and has no text for it."
        slug = re.sub(r"[^A-Za-z0-9.]+", "-", name)[:40].strip("-")
        reference = f"LicenseRef-{slug}-{sha256(text.encode()).hexdigest()[:12]}"
        self.texts[reference] = (name, text)
        return reference


@cache
def spdx_id(name: str) -> str | None:
    """SPDX's id for a short name: `GPL-2+` is GPL-2.0-or-later; None where it has none."""
    if name.lower() in DEP5:
        return DEP5[name.lower()]
    return _valid(name) or _valid(re.sub(r"-(\d)(\+?)$", r"-\1.0\2", name))


def copyright_file(package: str, trees: list[Path]) -> Path | None:
    """The copyright file of a Debian package in the first tree that has it.

    A package's folder may be a link to another's, which may be in another tree.
    """
    for tree in trees:
        folder = tree / "usr" / "share" / "doc" / package
        if folder.is_symlink():
            target = folder.readlink().name
            return copyright_file(target, trees) if target != package else None
        if (file := folder / "copyright").is_file() and not file.is_symlink():
            return file
    return None


def wheel_licence_text(wheel: zipfile.ZipFile) -> str:
    """The licence files in a wheel's `.dist-info`, one after the other."""
    named = re.compile(r"[^/]+\.dist-info/(licenses/)?[^/]*(LICEN[CS]E|COPYING)[^/]*", re.I)
    files = sorted(name for name in wheel.namelist() if named.fullmatch(name))
    return "\n\n".join(wheel.read(name).decode("utf-8", "replace") for name in files)


def _valid(expression: str) -> str | None:
    """The expression in SPDX's own spelling; None if the library does not find it valid."""
    if not re.fullmatch(r"[\w.+() -]+", expression):
        return None
    return spdx_licensing.validate(expression).normalized_expression
