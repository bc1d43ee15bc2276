"""Write the name and version of every installed Python package to a JSON file."""

import json
import sys
from importlib.metadata import distributions

versions = {}
for distribution in distributions():  # the first on the path is the one that is imported
    versions.setdefault(distribution.metadata["Name"], distribution.version)
with open(sys.argv[1], "w", encoding="utf-8") as file:
    json.dump(dict(sorted(versions.items())), file, indent=1)
    file.write("\n")
