"""Debian's archive: where it is, what it offers, and a small one made of locked packages."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from ..errors import BuildError
from .debian import Deb
from .fetch import Fetcher, File, Tick, digest

SNAPSHOT = "https://snapshot.debian.org/archive"

#: mmdebstrap up to the point where its own choice of sources is written.
SOURCES_ONLY = [
    "mmdebstrap",
    "--quiet",
    "--mode=root",
    "--variant=custom",
    "--skip=update,cleanup,check/qemu,chroot/mount,output/dev",
    "--format=directory",
]


def sources(suite: str) -> str:
    """The lines of sources.list that mmdebstrap writes by itself: release, updates, security."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        done = subprocess.run(
            [*SOURCES_ONLY, "--components=main", suite, str(tree)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            last = done.stderr.strip().splitlines()[-1:]
            raise BuildError(f"mmdebstrap cannot tell where Debian's archive is: {' '.join(last)}")
        lines = (tree / "etc" / "apt" / "sources.list").read_text().splitlines()
        return "".join(f"{line}\n" for line in lines if line.startswith("deb "))


def addresses(suite: str) -> dict[str, str]:
    """The address of each archive, `debian` and `debian-security`, by name."""
    found = {}
    for line in sources(suite).splitlines():
        url, distribution = re.sub(r"\[[^]]*\]", "", line).split()[1:3]
        name = "debian-security" if distribution.endswith("-security") else "debian"
        found.setdefault(name, url.rstrip("/"))
    return found


def files(debs: Iterable[Deb], suite: str, resolved: str) -> list[File]:
    """The packages as files to fetch: from the archive, else as it was when they were locked."""
    base = addresses(suite)
    return [
        File(
            deb.file,
            deb.size,
            deb.sha256,
            (
                f"{base[deb.archive]}/{deb.filename}",
                f"{SNAPSHOT}/{deb.archive}/{resolved}/{deb.filename}",
            ),
        )
        for deb in debs
    ]


def fetch(
    debs: Sequence[Deb], suite: str, resolved: str, warn: Callable[[str], None], tick: Tick
) -> tuple[dict[Deb, Path], Mapping[str, list[str]]]:
    """Bring packages into the cache.

    Returns:
        The file of each package that could be had, and for each other's path why not.
    """
    fetcher = Fetcher("debs", warn)
    found = fetcher.fetch(files(debs, suite, resolved), tick)
    return {deb: found[deb.file] for deb in debs if deb.file in found}, fetcher.reasons


def repository(
    debs: Mapping[Deb, Path], suite: str, folder: Path, seen_at: Path | None = None
) -> str:
    """Lay packages out as an archive of their own; returns its line for sources.list.

    It is trusted because each file's hash is the lock's. The index is written from the
    packages themselves.

    Args:
        folder: a new one; on the disk of the packages it takes no room.
        seen_at: where apt finds the folder, if that is not its own path.
    """
    folder.mkdir()
    stanzas = []
    for deb, path in debs.items():
        _link(path, folder / path.name)
        words = ["dpkg-deb", "--field", str(path)]
        control = subprocess.run(words, capture_output=True, text=True, check=True).stdout
        control = re.sub(r"(?m)^Priority: .*\n", "", control).rstrip()
        found = f"Filename: ./{path.name}\nSize: {deb.size}\nSHA256: {deb.sha256}\n"
        stanzas.append(f"{control}\nPriority: {deb.priority}\n{found}")
    index = folder / "Packages"
    index.write_text("\n".join(stanzas), encoding="utf-8")
    listed = f"SHA256:\n {digest(index)} {index.stat().st_size} Packages\n"
    # mmdebstrap asks for the essential packages of a suite by its name.
    (folder / "Release").write_text(f"Suite: {suite}\nCodename: {suite}\n{listed}")
    return f"deb [trusted=yes] copy:{seen_at or folder} ./\n"


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk
        shutil.copyfile(source, target)
