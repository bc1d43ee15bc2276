"""The last layer: what the appliance is made of and where that comes from, inside it.

Both papers are about the other layers: the SBOM lists what they contain, the provenance
names them by hash. Beside the file that is handed out lies the same SBOM, and a provenance
of that file itself.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from .. import photos, tree
from ..description import Description
from ..inputs import assets, npm, wheels
from ..inputs.debian import Deb
from ..inputs.fetch import digest
from ..store import work_folder

#: Where they are inside.
FOLDER = Path("usr/share/workshop")
SBOM, PROVENANCE = "sbom.spdx.json", "provenance.json"

#: The layers with Debian packages, whose copyright files tell the licences.
DEBIAN = ("system", "vm", "container", "cuda")


def write(
    description: Description,
    debs: Sequence[Deb],
    standins: list[dict[str, str]],
    layers: Mapping[str, Path],
    upper: Path,
    log: Path,
) -> None:
    """Write the layer's tree.

    Args:
        debs: the Debian packages in the other layers.
        layers: the squashfs of each of them, by name.
        upper: a new folder, for the tree.
    """
    from . import provenance, sbom  # their libraries take long to import

    folder = upper / FOLDER
    folder.mkdir(parents=True)
    with work_folder("copyright-") as work:
        trees = []
        for name in filter(DEBIAN.__contains__, layers):
            trees.append(work / name)
            parts = ("usr/share/doc", "usr/lib/os-release")
            tree.unpack(layers[name], trees[-1], log, parts)
        folders = [wheels.python_wheels(), wheels.source_wheels()]
        entries = [*assets.locked_assets(), *photos.listed(wheels.photos_wheel())]
        text = sbom.sbom(description, debs, folders, npm.libraries(), entries, standins, trees)
    (folder / SBOM).write_text(text, encoding="utf-8")
    hashes = {f"{name}.squashfs": digest(path) for name, path in layers.items()}
    statement = provenance.provenance(description, hashes, standins)
    (folder / PROVENANCE).write_text(statement, encoding="utf-8")
