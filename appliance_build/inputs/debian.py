"""`locks/debian.lock`: every Debian package that gets into the appliance or shapes its bytes.

The lock has the form of a Packages index (deb822), cut down to what identifies a file:
a header stanza, then one stanza a package. Standard library alone, because the tools
tree is made with it before anything is installed.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import BuildError
from ..paths import PROJECT

LOCK = PROJECT / "locks" / "debian.lock"
FORMAT = "1"

#: `base` is what mmdebstrap's minbase variant has; `tools` is all of the tree in which the build
#: runs; each other one is what the layer of that name adds.
SETS = ("base", "system", "vm", "container", "cuda", "opencl", "tools")


@dataclass(frozen=True)
class Deb:
    """A binary package: one file of the archive. `size` in bytes, `filename` below the archive.

    `priority` is the archive's, which decides what minbase has; in the file it may differ.
    """

    name: str
    version: str
    architecture: str
    priority: str
    source: str
    source_version: str
    archive: str
    filename: str
    size: int
    sha256: str
    sets: tuple[str, ...]

    @property
    def file(self) -> str:
        """Its name in the cache and in a mirror: the archive's name and its path there."""
        return f"{self.archive}/{self.filename}"


@dataclass(frozen=True)
class Lock:
    """All of a lock.

    Attributes:
        resolved: when, as `20261125T040000Z`, the form of Debian's snapshot service.
        requested: the packages that were asked for, by set; the others are dependencies.
        ground: of additions to another lock: a hash of what they stand on.
    """

    suite: str
    resolved: str
    requested: Mapping[str, tuple[str, ...]]
    debs: tuple[Deb, ...]
    ground: str = ""

    def of(self, *sets: str) -> list[Deb]:
        """The packages that are in one of these sets."""
        return [deb for deb in self.debs if set(sets) & set(deb.sets)]


def load(path: Path = LOCK, sets: Sequence[str] = SETS[1:]) -> Lock:
    """Read a lock; `sets` are those for which packages are asked for.

    Raises:
        BuildError: it is missing or damaged.
    """
    try:
        header, *stanzas = _stanzas(path.read_text(encoding="utf-8"))
        if header["Format"] != FORMAT:
            raise ValueError(f"its format is {header['Format']}, this build reads {FORMAT}")
        lock = Lock(
            header["Suite"],
            header["Resolved"],
            # A set that is newer than the lock is empty in it, and `make lock` fills it.
            {name: tuple(header.get(f"Requested-{name.title()}", "").split()) for name in sets},
            tuple(_deb(stanza) for stanza in stanzas),
            header.get("Ground", ""),
        )
        twice = {deb.file for deb in lock.debs if not _plain(deb)} or _repeated(lock.debs)
        if twice:
            raise ValueError(f"the entry of {min(twice)} is not as `make lock` writes it")
    except FileNotFoundError:
        raise BuildError(f"{path} is missing; restore it with git") from None
    except KeyError as error:
        raise BuildError(f"{path} is damaged ({error} is missing); restore it with git") from None
    except ValueError as error:
        raise BuildError(f"{path} is damaged ({error}); restore it with git") from None
    return lock


def text(lock: Lock) -> str:
    """The lock as `locks/debian.lock` has it, sorted."""
    header = {"Format": FORMAT, "Suite": lock.suite, "Resolved": lock.resolved}
    header |= {"Ground": lock.ground} if lock.ground else {}
    header |= {f"Requested-{n.title()}": " ".join(names) for n, names in lock.requested.items()}
    stanzas = [_fields(deb) for deb in sorted(lock.debs, key=lambda d: (d.name, d.version))]
    written = ("".join(f"{key}: {value}\n" for key, value in s.items()) for s in (header, *stanzas))
    return "\n".join(written)


def _fields(deb: Deb) -> dict[str, str]:
    source = {} if deb.source == deb.name else {"Source": deb.source}
    if deb.source_version != deb.version:
        source = {"Source": f"{deb.source} ({deb.source_version})"}
    return {
        "Package": deb.name,
        "Version": deb.version,
        "Architecture": deb.architecture,
        "Priority": deb.priority,
        **source,
        "Archive": deb.archive,
        "Filename": deb.filename,
        "Size": str(deb.size),
        "SHA256": deb.sha256,
        "Sets": " ".join(deb.sets),
    }


def _stanzas(content: str) -> list[dict[str, str]]:
    blocks = [block for block in content.split("\n\n") if block.strip()]
    return [
        dict(line.split(": ", 1) if ": " in line else (line.rstrip(":"), "") for line in lines)
        for lines in (block.strip().splitlines() for block in blocks)
    ]


def _deb(stanza: Mapping[str, str]) -> Deb:
    name, version = stanza["Package"], stanza["Version"]
    source = re.fullmatch(r"(\S+)(?: \((\S+)\))?", stanza.get("Source", name))
    return Deb(
        name,
        version,
        stanza["Architecture"],
        stanza["Priority"],
        source.group(1) if source else name,
        (source and source.group(2)) or version,
        stanza["Archive"],
        stanza["Filename"],
        int(stanza["Size"]),
        stanza["SHA256"],
        tuple(stanza["Sets"].split()),
    )


def _plain(deb: Deb) -> bool:
    """Whether an entry can be trusted with a place in the cache."""
    path = re.fullmatch(r"debian(-security)?/pool/[\w.+~:%/-]+\.deb", deb.file)
    return bool(path) and ".." not in deb.file and bool(re.fullmatch(r"[0-9a-f]{64}", deb.sha256))


def _repeated(debs: Iterable[Deb]) -> set[str]:
    seen: set[str] = set()
    return {deb.file for deb in debs if deb.file in seen or seen.add(deb.file)}
