"""Pictures in folders, one sub-folder for each class: read, checked, and told about.

    my-classes/
        upright/    at least 5 pictures
        grand/      at least 5 pictures
        who-knows.jpg

Pictures that lie beside the sub-folders belong to no class: they are the unseen ones.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import numpy as np
from PIL import Image

from . import preprocessing
from .errors import WorkshopError
from .photos import PhotoError, read_photo
from .progress import Progress

SIDE = 224  # pixels of GoogLeNet's square
LEAST, MOST = 5, 40  # pictures of a class: fewer teach nothing, more take too long
HIDDEN = (".", "__MACOSX", "Thumbs.db", "desktop.ini")  # how such names begin


class FolderError(WorkshopError):
    """The folder cannot be used as it is."""


@dataclass(frozen=True)
class Pictures:
    """Squares out of the middle of photos, as GoogLeNet sees them.

    classes: k names.
    images: (n, 224, 224, 3) uint8, red, green, blue; names: n texts; labels: (n,) 0 to k - 1.
    unseen: (m, 224, 224, 3) uint8, of no known class; unseen_names: m texts.
    standin: why these are not the cars of the lesson, else ''.
    """

    classes: Sequence[str]
    images: np.ndarray
    labels: np.ndarray
    names: Sequence[str]
    unseen: np.ndarray
    unseen_names: Sequence[str]
    standin: str = ""

    @property
    def sizes(self) -> np.ndarray:
        """(k,) integers: how many pictures each class has."""
        return np.bincount(self.labels, minlength=len(self.classes))


@dataclass(frozen=True)
class Finding:
    """A sentence without a full stop. stops: it must be put right first."""

    text: str
    stops: bool = False

    def __str__(self) -> str:
        return f"{'Put right' if self.stops else 'Skipped'}: {self.text}."


@dataclass
class Report:
    """What is in a folder, and what is odd about it; a notebook shows it as a list."""

    folder: Path
    findings: list[Finding] = field(default_factory=list)
    found: Pictures | None = None

    def skip(self, text: str) -> None:
        self.findings.append(Finding(text))

    def stop(self, text: str) -> None:
        self.findings.append(Finding(text, stops=True))

    @property
    def faults(self) -> list[Finding]:
        """The findings that must be put right."""
        return [finding for finding in self.findings if finding.stops]

    @property
    def pictures(self) -> Pictures:
        """The pictures.

        Raises:
            FolderError: something must be put right first.
        """
        if self.faults:
            count = len(self.faults)
            more = f" (and {count - 1} more, see the list)" if count > 1 else ""
            raise FolderError(f"{self.faults[0].text}{more}; then run this cell again")
        return self.found

    def _lines(self) -> Iterator[str]:
        if self.found is not None:
            pairs = zip(self.found.classes, self.found.sizes, strict=True)
            classes = ", ".join(f"{name} {count}" for name, count in pairs)
            yield f"Pictures: {classes}; of no class: {len(self.found.unseen)}."
        yield from map(str, self.findings)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        title = f"What is in {printable(self.folder)}"
        items = "".join(f"<li>{escape(line)}</li>" for line in self._lines())
        return {
            "text/html": f'<div role="status"><b>{escape(title)}</b><ul>{items}</ul></div>',
            "text/plain": "\n".join([f"{title}:", *(f"- {line}" for line in self._lines())]),
        }


@dataclass(frozen=True)
class _Picture:
    path: Path
    digest: str  # of the pixels, so that another name or other EXIF data hide nothing
    square: np.ndarray


def examine(folder: str | Path) -> Report:
    """Read a folder of classes; whatever is wrong with it becomes a finding, never an error."""
    report = Report(Path(folder))
    if not report.folder.is_dir():
        report.stop(
            f"{printable(folder)} is no folder; make it beside this notebook, with one sub-folder "
            "for each class"
        )
        return report
    entries = _entries(report.folder, report)
    classes = {path: _files(path, report) for path in entries if path.is_dir()}
    loose = [path for path in entries if not path.is_dir()]
    total = len(loose) + sum(map(len, classes.values()))
    with Progress(max(1, total), f"Reading {printable(folder)}") as progress:
        first: dict[str, Path] = {}
        members = {
            path: list(_distinct(_read(files, report, progress), first, report))
            for path, files in classes.items()
        }
        unseen = list(_distinct(_read(loose, report, progress), first, report))
        progress.advance(progress.total - progress.done)
    if progress.interrupted:
        report.stop(f"reading {printable(folder)} was stopped")
    elif _enough(members, report):
        report.found = _pictures(members, unseen)
    return report


def printable(path: str | Path) -> str:
    """A path as text; names from old archives may not be UTF-8."""
    return str(path).encode("utf-8", "replace").decode()


def _entries(folder: Path, report: Report) -> list[Path]:
    """What is in a folder, in order of name, without hidden entries."""
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        report.stop(f"{printable(folder)} cannot be opened ({error.strerror})")
        return []
    hidden = [path for path in entries if path.name.startswith(HIDDEN)]
    for path in hidden:
        report.skip(f"{printable(path)} is hidden; programs leave such files, they are no pictures")
    return [path for path in entries if path not in hidden]


def _files(folder: Path, report: Report) -> list[Path]:
    """The files of one class, `MOST` at most."""
    files = []
    for path in _entries(folder, report):
        if path.is_dir():
            report.skip(
                f"{printable(path)} is a folder within a class; move its pictures up into "
                f"{folder.name} if they belong there"
            )
        else:
            files.append(path)
    if len(files) > MOST:
        report.skip(
            f"{printable(folder)} has {len(files)} files, and the first {MOST} in order of name "
            "are taken; more take long and add little"
        )
    return files[:MOST]


def _read(paths: Iterable[Path], report: Report, progress: Progress) -> Iterator[_Picture]:
    """The pictures among these files; the others are told."""
    for path in paths:
        try:
            photo = read_photo(path)
        except PhotoError as error:
            report.skip(printable(error))
        else:
            digest = hashlib.sha256(f"{photo.size}".encode() + photo.tobytes()).hexdigest()
            yield _Picture(path, digest, square(photo))
        progress.advance()


def square(photo: Image.Image) -> np.ndarray:
    """(224, 224, 3) uint8: the middle of a photo, to which GoogLeNet's first steps add nothing."""
    return np.asarray(preprocessing.resize(preprocessing.crop(photo, 1), SIDE))


def _distinct(
    pictures: Iterable[_Picture], first: dict[str, Path], report: Report
) -> Iterator[_Picture]:
    """Each picture once; `first` remembers where it was met first."""
    for picture in pictures:
        path, other = picture.path, first.setdefault(picture.digest, picture.path)
        pair = f"{printable(other)} and {printable(path)} are the same picture"
        if other == path:
            yield picture
        elif other.parent == path.parent:
            report.skip(f"{pair}; it counts once")
        elif path.parent == report.folder:
            report.skip(f"{pair}, so that the second one is not unseen")
        else:
            report.stop(f"{pair} in two classes; delete the one that is in the wrong class")


def _enough(members: dict[Path, list[_Picture]], report: Report) -> bool:
    """Whether there is nothing to put right, once the pictures are counted."""
    if len(members) < 2:
        has = f"has one class, {next(iter(members)).name}" if members else "has no sub-folder"
        report.stop(
            f"{printable(report.folder)} {has}; at least two classes are needed, each a sub-folder "
            "with its pictures"
        )
    for path, pictures in members.items():
        if len(pictures) < LEAST:
            report.stop(
                f"{printable(path)} has {len(pictures)} different picture"
                f"{'' if len(pictures) == 1 else 's'} that can be read; a class needs at least "
                f"{LEAST}, add some"
            )
    return not report.faults


def _pictures(members: dict[Path, list[_Picture]], unseen: list[_Picture]) -> Pictures:
    known = [picture for pictures in members.values() for picture in pictures]
    return Pictures(
        classes=[printable(path.name) for path in members],
        images=np.stack([picture.square for picture in known]),
        labels=np.repeat(np.arange(len(members)), [len(m) for m in members.values()]),
        names=[printable(picture.path.name) for picture in known],
        unseen=np.array([p.square for p in unseen], np.uint8).reshape(-1, SIDE, SIDE, 3),
        unseen_names=[printable(picture.path.name) for picture in unseen],
    )
