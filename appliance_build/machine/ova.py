"""Reads a finished OVA: a ustar archive of `.ovf`, `.mf` (SHA-256 manifest) and `.vmdk`."""

import hashlib
import re
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ..errors import BuildError

_BLOCK = 1 << 20
_DIGEST = re.compile(r"^SHA256 ?\((?P<name>[^)/]+)\) ?= ?(?P<digest>[0-9a-f]{64})$")


@dataclass(frozen=True)
class Ova:
    """An OVA whose table of contents was read and whose descriptor fits the manifest."""

    path: Path
    disk: str
    """Name of the one disk among the archive's members."""
    digest: str
    """SHA-256 that the manifest gives for the disk, in hex."""

    @property
    def identity(self) -> str:
        """A name for machines made from this very file: another build has another one."""
        return f"{self.path.stem}-{self.digest[:12]}"

    def extract_disk(self, target: Path) -> None:
        """Write the disk to `target`, whole and as the manifest has it, or not at all.

        Raises:
            BuildError: the disk is not the manifest's, or cannot be written.
        """
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(target.name + ".part")
        try:
            with _opened(self.path) as archive, part.open("wb") as out:
                found = _copy(_member(archive, self.disk, self.path), out)
            if found != self.digest:
                raise _damaged(
                    self.path,
                    f"{self.disk} has the SHA-256 {found}, its manifest says {self.digest}",
                )
            part.replace(target)
        except OSError as error:
            raise BuildError(f"{target} cannot be written: {error.strerror}") from None
        finally:
            part.unlink(missing_ok=True)


def find(folder: Path) -> Path:
    """The one OVA in a build folder.

    Raises:
        BuildError: there is none, or more than one.
    """
    found = sorted(folder.glob("*.ova"))
    if not found:
        raise BuildError(f"there is no OVA in {folder}; build it first with `make ova`")
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        raise BuildError(f"{folder} holds more than one OVA ({names}); keep the one that you want")
    return found[0]


def read(path: Path) -> Ova:
    """Open an OVA and check its descriptor against its manifest; the disk is checked when taken.

    Raises:
        BuildError: no such file, no archive, cut short, a part is missing or not the manifest's.
    """
    try:
        with _opened(path) as archive:
            names = archive.getnames()
            descriptor = _only(names, ".ovf", path)
            manifest = _only(names, ".mf", path)
            disk = _only(names, ".vmdk", path)
            text = _member(archive, manifest, path).read().decode("ascii", "replace")
            digests = dict(
                m.group("name", "digest") for m in map(_DIGEST.match, text.split("\n")) if m
            )
            for name in (descriptor, disk):
                if name not in digests:
                    raise _damaged(path, f"its manifest has no SHA-256 of {name}")
            if _copy(_member(archive, descriptor, path)) != digests[descriptor]:
                raise _damaged(path, f"{descriptor} is not the one that its manifest describes")
    except (tarfile.TarError, EOFError) as error:
        raise _damaged(path, f"it is not a complete tar archive ({error})") from None
    return Ova(path, disk, digests[disk])


def _opened(path: Path) -> tarfile.TarFile:
    try:
        return tarfile.open(path, "r:")
    except OSError as error:
        raise BuildError(f"{path} cannot be opened: {error.strerror}") from None


def _only(names: list[str], suffix: str, path: Path) -> str:
    found = [name for name in names if name.endswith(suffix)]
    if len(found) != 1:
        raise _damaged(path, f"it holds {len(found)} {suffix} files instead of one")
    return found[0]


def _member(archive: tarfile.TarFile, name: str, path: Path) -> IO[bytes]:
    content = archive.extractfile(name)
    if content is None:
        raise _damaged(path, f"{name} is not a plain file in it")
    return content


def _copy(source: IO[bytes], target: IO[bytes] | None = None) -> str:
    """The SHA-256 of what `source` yields, written to `target` on the way."""
    digest = hashlib.sha256()
    while block := source.read(_BLOCK):
        digest.update(block)
        if target:
            target.write(block)
    return digest.hexdigest()


def _damaged(path: Path, what: str) -> BuildError:
    return BuildError(
        f"{path} is damaged: {what}; build it again with `make ova`, or copy it again"
    )
