"""The attendee's work as one file to take home.

Only the standard library is used.
"""

import os
import zipfile
from pathlib import Path
from typing import BinaryIO


def write(folder: Path, file: BinaryIO) -> None:
    """Write a ZIP of all that is in a folder, but for hidden files and what links point at.

    What changes or goes while it is read is left out.
    """
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
        for place, folders, names in os.walk(folder):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                path = Path(place, name)
                if name.startswith(".") or path.is_symlink() or not path.is_file():
                    continue
                try:
                    archive.write(path, path.relative_to(folder.parent))
                except OSError:
                    continue
