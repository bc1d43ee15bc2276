"""Write the name and version of every installed Python package to a JSON file."""

import json
import sys
from importlib.metadata import distributions
from pathlib import Path

versions = {}
for distribution in distributions():  # the first on the path is the one that is imported
    versions.setdefault(distribution.metadata["Name"], distribution.version)
text = json.dumps(dict(sorted(versions.items())), indent=1)
Path(sys.argv[1]).write_text(text + "\n", encoding="utf-8")
