"""VirtualBox's installers: which are there, and are they as VirtualBox publishes them?

Nothing is downloaded: the organiser puts them into a folder, with the `SHA256SUMS` that stands
beside them on VirtualBox's download page.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import BuildError
from ..papers.sums import SUMS
from .copying import Item
from .reading import Tick, sha256, unseen

FOLDER = "virtualbox"
README = "README.txt"

#: Systems that can run the appliance, and what VirtualBox calls their installers.
SYSTEMS = {
    "Windows": re.compile(r"VirtualBox-[\d.]+-\d+-Win\.exe"),
    "macOS (Intel)": re.compile(r"VirtualBox-[\d.]+-\d+-OSX\.dmg"),
    "Linux": re.compile(
        r"VirtualBox-[\d.]+-\d+-Linux_amd64\.run|virtualbox-[\d.]+_.+_amd64\.deb"
        r"|VirtualBox-[\d.]+-.+\.x86_64\.rpm"
    ),
}
#: For people: what the name of each ends in.
ENDINGS = {
    "Windows": "-Win.exe",
    "macOS (Intel)": "-OSX.dmg",
    "Linux": "-Linux_amd64.run",
}
LINE = re.compile(r"([0-9a-fA-F]{64}) [ *](\S.*)")  # with a star, as VirtualBox writes it


@dataclass
class Found:
    """What is in a folder of installers.

    Attributes:
        whole: SHA-256 by name, as published and as found.
        damaged: names whose bytes are others than published.
        unknown: names of which the list says nothing.
    """

    whole: dict[str, str] = field(default_factory=dict)
    damaged: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def look(
    folder: Path,
    published: Mapping[str, str] | None,
    skipped: Collection[str] = (),
    tick: Tick = unseen,
) -> Found:
    """Compare all that is in a folder with a list, as the medium has it.

    Args:
        published: SHA-256 by name; None where there is no list.
        skipped: names that are looked at elsewhere.

    Raises:
        OSError: whatever the medium says.
    """
    found = Found()
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name in (README, SUMS, *skipped) or path.name.startswith(".") or not path.is_file():
            continue
        digest = (published or {}).get(path.name)
        if digest is None:
            found.unknown.append(path.name)
        elif sha256(path, tick) == digest:
            found.whole[path.name] = digest
        else:
            found.damaged.append(path.name)
    return found


def published(sums: Path) -> dict[str, str] | None:
    """What a list says: SHA-256 by name; None where there is no list.

    Raises:
        BuildError: it is no such list.
    """
    try:
        lines = sums.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        lines = ["?"]
    said = [LINE.fullmatch(line) for line in lines if line.strip()]
    if not said or not all(said):
        raise BuildError(
            f"{sums} is damaged: not each line is a SHA-256 and a file name; get it again from "
            "VirtualBox's download page"
        )
    return {match[2]: match[1].lower() for match in said}


def collected(folder: Path) -> list[Item]:
    """The installers of an organiser's folder and their list, for copying.

    Raises:
        BuildError: there is no such folder or list, or a file is not as published.
    """
    if not folder.is_dir():
        raise BuildError(f"INSTALLERS names {folder}, which is no folder; correct the path")
    digests = published(folder / SUMS)
    if digests is None:
        raise BuildError(
            f"{folder} has no {SUMS}; put the one there that stands beside the installers on "
            "VirtualBox's download page"
        )
    found = look(folder, digests)
    if found.damaged:
        raise BuildError(
            f"{folder / found.damaged[0]} is not as VirtualBox published it; download it again"
        )
    return [Item.of(f"{FOLDER}/{name}", folder / name) for name in (*found.whole, SUMS)]


def by_system(names: Iterable[str]) -> dict[str, str]:
    """The newest installer of each system."""
    found = {}
    for system, pattern in SYSTEMS.items():
        if fitting := [name for name in names if pattern.fullmatch(name)]:
            found[system] = max(fitting, key=_version)
    return found


def _version(name: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", name)]
