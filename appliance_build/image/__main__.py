"""Packs finished layers into an image's archive; Packer runs it (packer/product.pkr.hcl).

usage: python3 -m appliance_build.image JOB.json

The job names `form`, `layers` (name and folder of each blob, the lowest first) and `target`.
"""

import json
import sys
from pathlib import Path

from ..description import load
from ..errors import BuildError
from . import archive, blob, config


def main(job: Path) -> None:
    """Write the archive that the job asks for."""
    task = json.loads(job.read_text())
    description, form = load(), task["form"]
    blobs = [Path(folder) for folder in task["layers"].values()]
    diff_ids = [(folder / blob.DIFF_ID).read_text().strip() for folder in blobs]
    text = config.config(description, form, list(task["layers"]), diff_ids)
    tag = f"{description.name}:{form}"
    archive.write(Path(task["target"]), text, blobs, tag, description.epoch)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except BuildError as error:
        sys.exit(f"error: {error}")
