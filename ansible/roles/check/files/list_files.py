"""Write size and SHA-256 of every file in some folders to a JSON file, by path from its folder.

usage: list_files.py FILE.json FOLDER...
"""

import hashlib
import json
import os
import sys
from pathlib import Path

target, *folders = map(Path, sys.argv[1:])
files = {}
for path in (path for folder in folders for path in folder.rglob("*")):
    if path.is_file() and "__pycache__" not in path.parts:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        name = os.path.relpath(path, target.parent)
        files[name] = {"size": path.stat().st_size, "sha256": sha256}
part = target.with_suffix(".part")
part.write_text(json.dumps(dict(sorted(files.items())), indent=1) + "\n", encoding="utf-8")
part.replace(target)
