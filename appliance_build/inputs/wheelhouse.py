"""Python packages of a mirror: those whose hash stands in a lock, and no others."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

from ..paths import mirrors
from .fetch import digest

#: The folder of a mirror that has wheels and source archives, as `make mirror` lays it out.
FOLDER = "python"


def gather(lock: Path, target: Path, warn: Callable[[str], None]) -> None:
    """Copy what the mirrors have for a pip lock into a new folder, for `--find-links`.

    pip itself takes the first file of the right name and stops when its hash is wrong;
    so a lying mirror is found out here, by name, and the next source is asked.
    """
    hashes = set(re.findall(r"--hash=sha256:([0-9a-f]{64})", lock.read_text()))
    names = set(re.findall(r"(?m)^([A-Za-z0-9._-]+)==", lock.read_text()))
    known = {re.sub(r"[-_.]+", "-", name).lower() for name in names}
    target.mkdir(parents=True)
    for mirror in mirrors():
        for file in sorted(Path(mirror, FOLDER).glob("*")):
            name = re.sub(r"[-_.]+", "-", file.name.split("-")[0]).lower()
            if name not in known or (target / file.name).exists():
                continue
            if digest(file) in hashes:
                shutil.copyfile(file, target / file.name)
            else:
                warn(f"{file} is refused: its SHA-256 is not in {lock.name}")
